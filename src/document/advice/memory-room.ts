import type { MachineDocument } from '../document.ts';
import { addOption } from '../edits.ts';
import { entriesOf, entryOf } from '../entries.ts';
import { changeOption } from './refusal.ts';

const UNITS: Readonly<Record<string, number>> = {
  '': 2 ** 20,
  B: 1,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
};
const MIB = 2 ** 20;
const USUAL_MIB = 128;

/** Bytes that `-m`'s notation means, or undefined; a number alone is MiB. */
export function ramBytes(text: string): number | undefined {
  const [, digits, unit = ''] =
    /^\s*(\d{1,12}(?:\.\d+)?)\s*([BKMGT]?)(?:i?B)?\s*$/i.exec(text) ?? [];
  const factor = UNITS[unit.toUpperCase()];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

/** The machine with addresses kept free for memory devices: `-m` with `maxmem` and `slots`. `more`: also where some are. */
export function withMemoryRoom(doc: MachineDocument, more = false): MachineDocument {
  const memory = doc.options.filter(({ name }) => name === 'm');
  if (!more && memory.some((option) => entryOf(option, 'maxmem') !== undefined)) return doc;
  const size = memory.map((option) => entryOf(option, 'size')).findLast((text) => text);
  const mib = Math.ceil((ramBytes(size ?? '') ?? USUAL_MIB * MIB) / MIB);
  const room = { slots: '4', maxmem: `${mib + 4096}M` };
  const last = memory.at(-1);
  if (last)
    return changeOption(doc, last.key, {
      ...(entriesOf(last).length === 0 && { size: `${USUAL_MIB}M` }),
      ...room,
    });
  return addOption(doc, 'm', `${USUAL_MIB}M,slots=${room.slots},maxmem=${room.maxmem}`);
}
