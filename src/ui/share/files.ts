import { FILE_LIMIT } from '../../document/share/file.ts';
import { isRunFile, RUN_FILE } from '../../journal/run-file.ts';
import type { Session } from '../session/session.ts';
import { reportBad } from './opening.ts';
import { openRunFile } from './saved-runs.ts';
import { openAny, tooLong } from './texts.ts';

/** The text of a file of the person's, or why it is not read. */
export async function textOf(file: Blob): Promise<{ text: string } | { reason: string }> {
  if (file.size > FILE_LIMIT) return { reason: tooLong(file.size) };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    return text.includes('\0') ? { reason: 'This file is not a text.' } : { text };
  } catch {
    return { reason: 'This file is not a text, or the browser cannot read it.' };
  }
}

/** Whether a file is a saved run, whatever it is called. */
export async function isRun(file: Blob): Promise<boolean> {
  try {
    return isRunFile(new Uint8Array(await file.slice(0, RUN_FILE.head).arrayBuffer()));
  } catch {
    return false;
  }
}

/** Opens the machine or the run in a file of the person's, or says why it cannot be. */
export async function openFile(session: Session, file: File): Promise<void> {
  if (await isRun(file)) {
    await openRunFile(session, file);
    return;
  }
  const read = await textOf(file);
  const reason = 'reason' in read ? read.reason : await openAny(session, read.text);
  if (reason !== undefined) reportBad(`${file.name} cannot be opened`, reason);
}

/** Lets the person save a file. */
export function saveFile(name: string, content: Blob | string): void {
  const blob = typeof content === 'string' ? new Blob([content], { type: 'text/plain' }) : content;
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Not at once: the browser may still have to begin.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
