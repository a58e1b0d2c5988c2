import { EVENTS, type EventKind, KINDS, NONE } from '../../../journal/schema.ts';
import { type EventStore, recordAt } from '../../../journal/store.ts';

/** Whether events of a kind name a device, by code. In all of those, it is the lower half of word 2. */
export const NAMES_DEVICE: readonly boolean[] = KINDS.map((kind: EventKind | undefined) =>
  kind === undefined ? false : 'dev' in EVENTS[kind].fields,
);

/** How far back the device is looked for whose work a nameless access to memory is. */
const REACH = 256;

/**
 * Number of the device at work before event `index`: that of the nearest event before it, or of itself, that
 * names one. A device acts to completion before another does, so that what it writes is told to be its own.
 */
export function deviceBehind(store: EventStore, index: number): number | undefined {
  const end = Math.max(store.first, index - REACH);
  for (let i = index; i >= end; i--) {
    const words = store.words(i);
    const at = recordAt(i);
    if (!words || !NAMES_DEVICE[(words[at] ?? 0) & 0xff]) continue;
    const dev = (words[at + 2] ?? 0) & 0xffff;
    if (dev !== NONE) return dev;
  }
  return undefined;
}
