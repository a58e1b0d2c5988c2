import type { Machine } from '../../engine/machine/machine.ts';
import { areasOf, memoryDifference, type Rings } from './areas.ts';
import { firstJsonDifference, firstTextDifference } from './compare.ts';
import { maskJson, maskText, withoutFolder } from './mask.ts';

/** Notes of a recording that are answers of the human monitor, where their names do not say the command. */
const COMMANDS: Readonly<Record<string, string>> = {
  pci_after: 'info pci',
  qtree_after: 'info qtree',
  mtree_f_after: 'info mtree -f',
};

/** A note of a recording: how the machine differs from it now, or undefined. */
interface Note {
  readonly name: string;
  difference(): string | undefined;
  /** The last difference; undefined once the machine was as noted. */
  last: string | undefined;
  met: boolean;
}

/**
 * Notes of a recording that do not say when they were taken: each must hold at one of its marks, which `look` is
 * called at.
 */
export function momentaryTexts(
  machine: Machine,
  extra: Readonly<Record<string, unknown>>,
): { look(): void; difference(): string | undefined } {
  const notes = Object.entries(extra).flatMap(([name, value]): Note[] => {
    const difference = noteDifference(machine, name, value);
    return difference ? [{ name, difference, last: undefined, met: false }] : [];
  });
  return {
    look() {
      for (const note of notes) {
        if (note.met) continue;
        note.last = note.difference();
        note.met = note.last === undefined;
      }
    },
    difference() {
      const missed = notes.find(({ met }) => !met);
      return missed && `${missed.name}: ${missed.last}`;
    },
  };
}

/** How to compare a note with the machine; undefined where it is not about what the machine shows. */
function noteDifference(
  machine: Machine,
  name: string,
  value: unknown,
): (() => string | undefined) | undefined {
  const command = COMMANDS[name] ?? (name.startsWith('info ') ? name : undefined);
  if (command !== undefined && typeof value === 'string') {
    const kind = command === 'info mtree -f' ? 'mtree-f' : '';
    return () =>
      firstTextDifference(
        maskText(kind, machine.monitor(command)),
        maskText(kind, withoutFolder(value)),
      );
  }
  const [, query] = /^(query-[\w-]+)/.exec(name) ?? [];
  if (query !== undefined)
    return () => {
      const answer = machine.qmp({ execute: query });
      const got = 'return' in answer ? answer.return : { error: answer.error };
      return firstJsonDifference(maskJson(got), maskJson(value));
    };
  if (name !== 'rings_before_reset') return undefined;
  return () => memoryDifference(machine, areasOf(value as Rings));
}
