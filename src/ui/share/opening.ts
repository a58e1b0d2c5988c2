import { DocumentError, type MachineDocument } from '../../document/document.ts';
import { lineOf, readDocument } from '../../document/read.ts';
import { type Bundle, ShareError } from '../../document/share/bundle.ts';
import { dismissRefusal, useDocument } from '../document/document-store.ts';
import { type EditOptions, replaceDocument } from '../document/edit.ts';
import { undo } from '../document/undo.ts';
import type { Session } from '../session/session.ts';
import { useScript } from '../state/script-store.ts';
import { type Report, useShare } from '../state/share-store.ts';
import { useUi } from '../state/ui-store.ts';
import { adoptText } from './adopting.ts';
import { freshMachineId, KeepingError, keepMachine } from './machines-db.ts';
import { isOwnWork, presentBundle, sameWork, usualName } from './present.ts';

/** Where a bundle came from, and how it is spoken of. */
export interface Origin {
  readonly what: 'link' | 'file' | 'kept machine' | 'last visit';
  /** Whether the work at hand is put among the kept machines first; else undo alone brings it back. */
  readonly keepPresent?: boolean;
  /** Said in the place of the way back: there is nothing to go back to. */
  readonly said?: string;
}

/** A document that stands here, and what was changed for that. */
interface Standing {
  readonly doc: MachineDocument;
  readonly notes: readonly string[];
}

/**
 * Opens a bundle in the place of the work at hand, and reports what came of it. Nothing runs. Answers the
 * reason where it cannot be opened; then nothing has changed.
 */
export async function openBundle(
  session: Session,
  bundle: Bundle,
  origin: Origin,
): Promise<string | undefined> {
  let standing: Standing;
  try {
    standing = await standingOf(session, bundle.commandLine);
  } catch (error) {
    return reasonOf(error);
  }
  const { doc, notes } = standing;
  const name = bundle.name || usualName(doc);
  const kept = origin.keepPresent
    ? await keepPresent(name, { ...bundle, commandLine: lineOf(doc) })
    : undefined;
  const { source, example } = useScript.getState();
  const { script = source } = bundle;
  const outcome = await replace(session, `open “${name}”`, doc, {
    ...(script !== source && {
      script: { source: script, example: script === source ? example : '' },
    }),
  });
  if (typeof outcome === 'string') return outcome;
  const { era, presentation } = useUi.getState();
  // For this visit only: the next one begins as the person left their own.
  useUi.setState({
    era: bundle.era ?? 'since',
    presentation: bundle.presentation === true || presentation,
  });
  const { step } = outcome;
  report({
    title: `Opened “${name}” from ${ORIGINS[origin.what]}`,
    text: [
      step ? '' : 'It is what was here already.',
      bundle.script !== undefined && script !== source
        ? 'Its script is in the editor. Nothing runs until you press Run.'
        : 'Nothing runs until you press Run.',
      origin.said ?? kept ?? (step ? 'Undo brings back what was here.' : ''),
    ]
      .filter(Boolean)
      .join(' '),
    notes,
    ...(step &&
      origin.said === undefined && {
        undo: undoOf(session, step, () => useUi.setState({ era, presentation })),
      }),
  });
  return undefined;
}

const ORIGINS: Record<Origin['what'], string> = {
  link: 'a link',
  file: 'a file',
  'kept machine': 'your machines',
  'last visit': 'your last visit',
};

/** Imports a machine from a text that others wrote. Answers the reason where it cannot be. */
export async function openText(session: Session, text: string): Promise<string | undefined> {
  let standing: Standing;
  try {
    standing = await adoptText(session, text);
  } catch (error) {
    return reasonOf(error);
  }
  const { doc, notes } = standing;
  const name = usualName(doc);
  const outcome = await replace(session, `import ${name}`, doc);
  if (typeof outcome === 'string') return outcome;
  const { step } = outcome;
  report({
    title: `Imported ${name}`,
    text: step
      ? notes.length > 0
        ? 'What was changed so that it stands here:'
        : 'Every option was taken as it is.'
      : 'It is the machine that was here already.',
    notes,
    ...(step && { undo: undoOf(session, step) }),
  });
  return undefined;
}

/** Tells the person why something cannot be opened. */
export function reportBad(title: string, text: string): void {
  report({ title, text: `${text} Your work is as it was.`, bad: true });
}

/** The machine of a line of this page's own making: as it is where it stands, else mended. */
async function standingOf(session: Session, line: string): Promise<Standing> {
  const doc = readDocument(line, useDocument.getState().doc);
  const trial = await session.tryLine(line);
  if (trial.kind === 'stands') return { doc, notes: [] };
  return await adoptText(session, line);
}

/** What replacing the document came to: the step that leads back, if anything changed; or why it did not. */
async function replace(
  session: Session,
  label: string,
  doc: MachineDocument,
  options: EditOptions = {},
): Promise<{ step: object | undefined } | string> {
  const before = useDocument.getState().past.at(-1);
  const done = await replaceDocument(session, label, doc, options);
  const { past, refusal } = useDocument.getState();
  if (!done) {
    dismissRefusal();
    return refusal?.message ?? 'No machine can be built of it.';
  }
  // The report says more.
  useUi.setState({ notice: undefined });
  const step = past.at(-1);
  return { step: step === before ? undefined : step };
}

/** Puts the work at hand among the kept machines; answers what the report says about it. */
async function keepPresent(name: string, next: Bundle): Promise<string | undefined> {
  const present = presentBundle();
  if (!isOwnWork(present) || sameWork(present, next)) return undefined;
  const before = `Before opening ${name}`.slice(0, 120);
  try {
    await keepMachine({
      id: freshMachineId(),
      name: before,
      savedAt: Date.now(),
      auto: true,
      bundle: { ...present, name: before },
    });
    return `What was here is among your machines as “${before}”; undo brings it back too.`;
  } catch (error) {
    if (!(error instanceof KeepingError)) throw error;
    return 'Undo brings back what was here.';
  }
}

function undoOf(
  session: Session,
  step: object,
  also: () => void = () => {},
): NonNullable<Report['undo']> {
  return {
    isLast: () => useDocument.getState().past.at(-1) === step,
    act: () => {
      void undo(session).then((done) => done && also());
    },
  };
}

function report(next: Report): void {
  useShare.setState({ report: next });
}

function reasonOf(error: unknown): string {
  if (error instanceof DocumentError || error instanceof ShareError) return error.message;
  throw error;
}
