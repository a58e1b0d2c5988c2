import type { Arch } from '../boards/board.ts';
import { catalogOf } from './catalog.ts';
import { MACHINES } from './machine-table.ts';

/** What `-M help` says of the machines that QEMU 7.2's program of an architecture has, by name. */
export function knownMachines(arch: Arch): ReadonlyMap<string, string> {
  const { letter } = catalogOf(arch);
  return new Map(
    [...MACHINES.matchAll(/^(.) (\S+) (.*)$/gm)]
      .filter((match) => match[1] === letter)
      .map(([, , name = '', text = '']) => [name, text]),
  );
}
