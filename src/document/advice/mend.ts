import type { DocumentOption, MachineDocument } from '../document.ts';
import { optionByKey } from '../edits.ts';
import { entriesOf, entryOf, withEntry } from '../entries.ts';
import type { Fix } from './advice.ts';
import { keyMeant } from './property-names.ts';
import { changeOption, type Refusal } from './refusal.ts';

/** Where a complaint's value stands on the line. */
export interface Spot {
  readonly option: DocumentOption;
  readonly key: string;
  readonly value: string;
}

/** Options that a complaint without a place may be about. */
const UNPLACED = ['M', 'machine', 'm', 'smp', 'accel', 'cpu'];

/** The entry that a complaint speaks of: of the refused option, of a `-global` for it, of the machine's options. */
export function spotOf(refusal: Refusal, spoken: string): Spot | undefined {
  const { option, doc } = refusal;
  const own = option && keyMeant(refusal, spoken);
  if (option && own !== undefined) return { option, key: own, value: entryOf(option, own) ?? '' };
  for (const other of doc.options) {
    if (other.name === 'global') {
      const entry = entriesOf(other).find(({ key }) => key.endsWith(`.${spoken}`));
      if (entry) return { option: other, ...entry };
    } else if (!option && UNPLACED.includes(other.name)) {
      const entry = entriesOf(other).findLast(({ key }) => key === spoken);
      if (entry) return { option: other, ...entry };
    }
  }
  return undefined;
}

/** The entry of `-M` that a complaint speaks of. */
export function machineSpot({ doc }: Refusal, key: string): Spot | undefined {
  const option = doc.options.findLast(
    (one) => (one.name === 'M' || one.name === 'machine') && entryOf(one, key) !== undefined,
  );
  return option && { option, key, value: entryOf(option, key) ?? '' };
}

/** The document without a `-global` or with an entry less. */
export function withoutSpot(doc: MachineDocument, { option, key }: Spot): MachineDocument {
  if (option.name === 'global')
    return { ...doc, options: doc.options.filter((other) => other.key !== option.key) };
  return changeOption(doc, option.key, { [key]: undefined });
}

/** Leaves out what a complaint is about. */
export function leaveOut(
  refusal: Refusal,
  spot: Spot,
  words = 'QEMU takes the value that it has by itself.',
): Fix[] {
  const first = entriesOf(spot.option)[0]?.key;
  // Without its first word an option means another thing.
  if (spot.key === first && ['driver', 'qom-type', 'backend', 'fsdriver'].includes(spot.key))
    return [];
  const all = spot.option.name !== 'global' && entriesOf(spot.option).length <= 1;
  const doc = all
    ? { ...refusal.doc, options: refusal.doc.options.filter(({ key }) => key !== spot.option.key) }
    : withoutSpot(refusal.doc, spot);
  const what = all ? `-${spot.option.name}` : shortKey(spot);
  return [{ label: `Leave out ${what}`, words, doc, ...refusal.anew }];
}

/** Writes another value; `type`: QEMU's name of it, which JSON notation needs. */
export function write(
  refusal: Refusal,
  spot: Spot,
  value: string,
  words: string,
  type?: string,
): Fix[] {
  const option = optionByKey(refusal.doc, spot.option.key);
  if (!option || (value === spot.value && type === undefined)) return [];
  const next = withEntry(option, spot.key, value, type);
  if (next === option) return [];
  const options = refusal.doc.options.map((other) => (other === option ? next : other));
  return [
    {
      label: `Use ${shortKey(spot)}=${value}`,
      words,
      doc: { ...refusal.doc, options },
      ...refusal.anew,
    },
  ];
}

/** A key as a button can show it. */
export function shortKey({ key }: { readonly key: string }): string {
  return key.length > 40 ? `${key.slice(0, 39)}…` : key;
}

/** Anything of the line or of QEMU's that a sentence quotes, shortened where it is long. */
export function quote(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
