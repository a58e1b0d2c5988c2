import type { MachineDocument } from '../../document/document.ts';
import { entryOf } from '../../document/entries.ts';
import { lineOf, readDocument } from '../../document/read.ts';
import type { Bundle } from '../../document/share/bundle.ts';
import { DEFAULT_COMMAND_LINE } from '../../lessons/default-machine.ts';
import { EXAMPLES } from '../../lessons/examples.ts';
import { useDocument } from '../document/document-store.ts';
import { useScript } from '../state/script-store.ts';
import { useUi } from '../state/ui-store.ts';

/** What a bundle of the present work is made with. */
export interface BundleChoice {
  readonly name?: string | undefined;
  readonly script?: boolean;
  readonly presentation?: boolean;
}

/** The machine and script at hand as a bundle. */
export function presentBundle(choice: BundleChoice = {}): Bundle {
  const { name, script = true, presentation = false } = choice;
  return {
    version: 1,
    ...(name && { name }),
    commandLine: lineOf(useDocument.getState().doc),
    ...(script && { script: useScript.getState().source }),
    ...(useUi.getState().era === 'before' && { era: 'before' as const }),
    ...(presentation && { presentation }),
  };
}

/** Whether anything would be lost with a machine and its script: what every visitor finds is not. */
export function isOwnWork({ commandLine, script }: Bundle): boolean {
  return (
    commandLine !== DEFAULT_COMMAND_LINE ||
    (script !== undefined && !EXAMPLES.some(({ source }) => source === script))
  );
}

/** Whether two bundles make the same machine with the same script. */
export function sameWork(a: Bundle, b: Bundle): boolean {
  return a.commandLine === b.commandLine && (a.script ?? b.script) === (b.script ?? a.script);
}

/** A machine in few words: its type and what is plugged into it. */
export function describeMachine(doc: MachineDocument): string {
  const machine = entryAmong(doc, ['M', 'machine'], 'type');
  const counts = new Map<string, number>();
  for (const option of doc.options) {
    if (option.name !== 'device') continue;
    const driver = entryOf(option, 'driver') ?? '';
    counts.set(driver, (counts.get(driver) ?? 0) + 1);
  }
  const kinds = [...counts].map(([driver, count]) => (count > 1 ? `${count} × ${driver}` : driver));
  const shown = kinds.length > 4 ? [...kinds.slice(0, 3), `${kinds.length - 3} more`] : kinds;
  const arch = doc.program.replace('qemu-system-', '');
  return [machine ?? arch, shown.join(', ') || 'no devices'].join(' · ');
}

/** A name for a machine that the person gave none: its `-name`, else what it is. */
export function usualName(doc: MachineDocument): string {
  const guest = entryAmong(doc, ['name'], 'guest');
  if (guest) return guest.slice(0, 120);
  const machine =
    entryAmong(doc, ['M', 'machine'], 'type') ?? doc.program.replace('qemu-system-', '');
  const last = doc.options.findLast(({ name }) => name === 'device');
  const driver = last && entryOf(last, 'driver');
  return driver ? `${machine} with ${driver}` : machine;
}

/** As `describeMachine`, of a line; a line that cannot be read is shown as it begins. */
export function describeLine(line: string): string {
  try {
    return describeMachine(readDocument(line));
  } catch {
    return line.slice(0, 60);
  }
}

function entryAmong(
  doc: MachineDocument,
  names: readonly string[],
  key: string,
): string | undefined {
  for (const option of doc.options) {
    if (!names.includes(option.name)) continue;
    const found = entryOf(option, key);
    if (found !== undefined) return found;
  }
  return undefined;
}
