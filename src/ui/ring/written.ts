import { EVENTS } from '../../journal/schema.ts';
import { type EventStore, recordAt } from '../../journal/store.ts';

/** Some bytes of guest memory. */
export interface Stretch {
  readonly addr: number;
  readonly length: number;
}

/** What is written is told in grains of so many bytes: thousands of writes a frame leave a mark each, and no object. */
export const GRAIN = 32;

const MEM_WRITE = EVENTS.memWrite.code;
const DATA_WRITE = EVENTS.dataWrite.code;
const ADDR = EVENTS.memWrite.fields.addr.at;
const LENGTH = EVENTS.dataWrite.fields.length.at;

/** The parts of some stretches of memory that the events between two counts wrote to, grain by grain. */
export function written(
  store: EventStore,
  from: number,
  to: number,
  kept: readonly Stretch[],
): Stretch[] {
  const marks = kept.map(({ length }) => new Uint8Array(Math.ceil(length / GRAIN)));
  const end = Math.max(from, to);
  let words: Uint32Array | undefined;
  for (let i = Math.min(from, to); i < end; i++) {
    const at = recordAt(i);
    if (at === 0 || !words) words = store.words(i);
    if (!words) continue;
    const head = words[at] as number;
    const kind = head & 0xff;
    if (kind !== MEM_WRITE && kind !== DATA_WRITE) continue;
    const addr = (words[at + ADDR] as number) + (words[at + ADDR + 1] as number) * 2 ** 32;
    const length = kind === MEM_WRITE ? (head >>> 12) & 15 || 16 : (words[at + LENGTH] as number);
    for (let k = 0; k < kept.length; k++) {
      const one = kept[k] as Stretch;
      const first = Math.max(addr - one.addr, 0);
      const last = Math.min(addr + length - one.addr, one.length) - 1;
      if (first <= last) marks[k]?.fill(1, Math.floor(first / GRAIN), Math.floor(last / GRAIN) + 1);
    }
  }
  return kept.flatMap((one, k) => marked(one, marks[k] as Uint8Array));
}

/** Grains that are marked, those beside one another as one. */
function marked({ addr, length }: Stretch, marks: Uint8Array): Stretch[] {
  const found: Stretch[] = [];
  for (let from = marks.indexOf(1); from >= 0; ) {
    const next = marks.indexOf(0, from);
    const to = next < 0 ? marks.length : next;
    found.push({ addr: addr + from * GRAIN, length: Math.min(to * GRAIN, length) - from * GRAIN });
    from = next < 0 ? -1 : marks.indexOf(1, next);
  }
  return found;
}
