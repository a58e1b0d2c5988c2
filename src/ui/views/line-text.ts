import type { DocumentOption, MachineDocument } from '../../document/document.ts';
import { lineOf, optionText } from '../../document/read.ts';

/** The document as text to be edited: the program, then one option a row. */
export function rowsText({ program, options }: MachineDocument): string {
  return [program, ...options.map(optionText)].join('\n');
}

/** The document as one line that a shell takes. */
export function shellLine(doc: MachineDocument): string {
  return withProgram(doc, lineOf(doc));
}

/** The document as a script for a shell, one option a row. */
export function shellScript({ program, options }: MachineDocument): string {
  return `#!/bin/sh\nexec ${[program, ...options.map(optionText)].join(' \\\n  ')}\n`;
}

function withProgram({ program }: MachineDocument, line: string): string {
  if (line === '') return program;
  return line.startsWith(`${program} `) || line === program ? line : `${program} ${line}`;
}

/** The document with an option one place further up or down; the same where it stands at the end already. */
export function moved(doc: MachineDocument, key: number, by: 1 | -1): MachineDocument {
  const at = doc.options.findIndex((option) => option.key === key);
  const to = at + by;
  if (at < 0 || to < 0 || to >= doc.options.length) return doc;
  const options = [...doc.options];
  const [option] = options.splice(at, 1);
  options.splice(to, 0, option as DocumentOption);
  return { ...doc, options };
}

/** Which option a place of a text belongs to, counted from 0; -1 before the first. `starts`: where options begin. */
export function optionAt(starts: readonly number[], place: number): number {
  let option = -1;
  while ((starts[option + 1] ?? Number.POSITIVE_INFINITY) <= place) option++;
  return option;
}
