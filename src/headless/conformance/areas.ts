import type { Machine } from '../../engine/machine/machine.ts';
import { guestBytes } from '../qemu/guest-bytes.ts';
import { hexText } from '../qemu/numbers.ts';

/** A memory area with its content. */
interface Area {
  readonly addr: string;
  readonly hex: string;
}

/** Parts of each queue. */
export type Rings = Readonly<Record<string, Readonly<Record<string, Area>>>>;

/** A memory area that is called something. */
export interface NamedArea extends Area {
  readonly name: string;
}

/** The areas of all queues, each with a name. */
export function areasOf(rings: Rings): NamedArea[] {
  return Object.entries(rings).flatMap(([queue, parts]) =>
    Object.entries(parts).map(([part, area]) => ({ ...area, name: `${queue}.${part}` })),
  );
}

/** The first area whose bytes differ from what the machine has there; undefined where all agree. */
export function memoryDifference(
  machine: Machine,
  areas: readonly NamedArea[],
): string | undefined {
  for (const { name, addr, hex } of areas) {
    const bytes = new Uint8Array(hex.length / 2);
    guestBytes(machine).read(Number(addr), bytes);
    const got = hexText(bytes);
    if (got !== hex) return `${name} at ${addr} holds ${got} instead of ${hex}`;
  }
  return undefined;
}
