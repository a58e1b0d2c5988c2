/** Keeping and sharing. One module, so that it arrives as one file, when it is first needed. */

import { lineOf } from '../../document/read.ts';
import type { Bundle } from '../../document/share/bundle.ts';
import type { Work } from '../../document/share/work.ts';
import type { Session } from '../session/session.ts';
import { freshMachineId, KeepingError, keepMachine } from './machines-db.ts';
import { openBundle, reportBad } from './opening.ts';
import { usualName } from './present.ts';
import { openAny } from './texts.ts';

export { openAddress } from './address.ts';
export { openFile } from './files.ts';
export { ShareLayer } from './share-layer.tsx';

/** Takes over a machine that was pasted as a text, or says why it cannot be. */
export function importText(session: Session, text: string): void {
  void openAny(session, text).then((reason) => {
    if (reason !== undefined) reportBad('This cannot be imported', reason);
  });
}

/** Opens the work of the last visit where its machine cannot be built as it was, which is kept for later. */
export async function openAgain(session: Session, bundle: Bundle): Promise<void> {
  const name = 'As it was at the last visit';
  const kept = await quietly({ id: freshMachineId(), name, bundle });
  const said = kept ? `As it was it cannot be built; so it is among your machines: “${name}”.` : '';
  const reason = await openBundle(session, bundle, { what: 'last visit', said });
  if (reason === undefined) return;
  reportBad('The machine of your last visit cannot be built', `${reason} ${said}`);
}

/** Keeps the work of another page, which this one took the place of. Whether the browser did it. */
export async function keepOther(work: Work): Promise<boolean> {
  const name = `Autosaved: ${usualName(work.doc)}`.slice(0, 120);
  const bundle: Bundle = { version: 1, commandLine: lineOf(work.doc), script: work.script.source };
  return await quietly({ id: `other:${work.by}`, name, bundle, savedAt: work.at });
}

async function quietly(machine: {
  id: string;
  name: string;
  bundle: Bundle;
  savedAt?: number;
}): Promise<boolean> {
  try {
    await keepMachine({ savedAt: Date.now(), auto: true, ...machine });
    return true;
  } catch (error) {
    if (error instanceof KeepingError) return false;
    throw error;
  }
}
