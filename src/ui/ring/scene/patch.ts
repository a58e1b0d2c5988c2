/**
 * What the page tells the painter about a queue, as one buffer of 32-bit words that is handed over rather than copied:
 * where the queue is, and the bytes of its structures that changed.
 */

import { assert } from '../../../base/assert.ts';
import { hi32, join64, lo32 } from '../../../base/bits.ts';
import type { PackedChain, QueueMoment } from '../../../journal/fold/moment.ts';
import type { RingStructure } from '../../../journal/fold/ring-areas.ts';

/** A stretch of guest memory, and what it holds now. */
export interface Bytes {
  readonly addr: number;
  readonly bytes: Uint8Array;
}

/** What travels: chains become available, are taken, or come back. */
export const DOT = { published: 0, taken: 1, returned: 2 } as const;
export type DotKind = (typeof DOT)[keyof typeof DOT];

/**
 * `count` chains that moved, one after another: from free-running index `first` on; of a packed queue, from
 * descriptor `first` on, as many as fit together.
 */
export interface Travel {
  readonly kind: DotKind;
  readonly first: number;
  readonly count: number;
}

/** Cells that are lit: entries `first` to `last` of a structure, as the event at the cursor touched them. */
export interface Lit {
  readonly structure: RingStructure;
  readonly first: number;
  readonly last: number;
}

/** One step of a queue's picture. */
export interface Patch {
  /** Count of events that it shows. */
  readonly at: number;
  /** Nothing of what was told before counts any more: `bytes` are whole structures. */
  readonly fresh: boolean;
  /** Whether used_event and avail_event were negotiated. */
  readonly eventIdx: boolean;
  readonly queue: QueueMoment;
  readonly bytes: readonly Bytes[];
  readonly travels: readonly Travel[];
  readonly lit: readonly Lit[];
}

const STRUCTURES: readonly RingStructure[] = ['desc', 'avail', 'used'];
/** Bits of the first word. */
const FLAG = {
  fresh: 1,
  eventIdx: 2,
  enabled: 4,
  packed: 8,
  inOrder: 16,
  ring: 32,
  bigEndian: 64,
} as const;
/** Words before the lists. */
const HEAD = 24;

/** The patch as words. Free descriptors of chains are left out: the painter reads them from the bytes. */
export function encodePatch(patch: Patch): Uint32Array<ArrayBuffer> {
  const { queue, bytes, travels, lit } = patch;
  const { ring, inFlight, filling } = queue;
  const chains = ring?.chains ?? [];
  let length = HEAD + inFlight.length + filling.size + 3 * chains.length;
  length += 3 * travels.length + 3 * lit.length;
  for (const { bytes: data } of bytes) length += 3 + Math.ceil(data.length / 4);
  const words = new Uint32Array(length);
  const flags =
    (patch.fresh ? FLAG.fresh : 0) |
    (patch.eventIdx ? FLAG.eventIdx : 0) |
    (queue.enabled ? FLAG.enabled : 0) |
    (queue.packed ? FLAG.packed : 0) |
    (queue.bigEndian ? FLAG.bigEndian : 0) |
    (queue.inOrder ? FLAG.inOrder : 0) |
    (ring ? FLAG.ring : 0);
  words.set([
    flags,
    patch.at,
    queue.size,
    ...[queue.desc, queue.driver, queue.device].flatMap((addr) => [lo32(addr), hi32(addr)]),
    queue.lastAvailIdx,
    queue.usedIdx,
    queue.availStaged,
    queue.usedStaged,
    queue.popped,
    queue.pushed,
    ring?.avail ?? 0,
    ring?.used ?? 0,
    inFlight.length,
    filling.size,
    chains.length,
    bytes.length,
    travels.length,
    lit.length,
  ]);
  let at = HEAD;
  words.set(inFlight, at);
  at += inFlight.length;
  for (const index of filling) words[at++] = index;
  for (const { id, descriptors } of chains) {
    words[at++] = id;
    words[at++] = descriptors[0]?.slot ?? 0;
    words[at++] = descriptors.length;
  }
  for (const { kind, first, count } of travels) {
    words[at++] = kind;
    words[at++] = first;
    words[at++] = count;
  }
  for (const { structure, first, last } of lit) {
    words[at++] = STRUCTURES.indexOf(structure);
    words[at++] = first;
    words[at++] = last;
  }
  const raw = new Uint8Array(words.buffer);
  for (const { addr, bytes: data } of bytes) {
    words[at++] = lo32(addr);
    words[at++] = hi32(addr);
    words[at++] = data.length;
    raw.set(data, at * 4);
    at += Math.ceil(data.length / 4);
  }
  assert(at === length, 'a patch is as long as was counted');
  return words;
}

/** The patch that words stand for. `bytes` are views on them. Counts that no picture shows are 0. */
export function decodePatch(words: Uint32Array): Patch {
  const word = (at: number): number => words[at] ?? 0;
  const flags = word(0);
  const size = word(2);
  const address = (at: number): number => join64(word(at), word(at + 1));
  let at = HEAD;
  const list = <T>(count: number, width: number, read: (at: number) => T): T[] => {
    const items = Array.from({ length: count }, (_, i) => read(at + i * width));
    at += count * width;
    return items;
  };
  const inFlight = list(word(17), 1, word);
  const filling = new Set(list(word(18), 1, word));
  const chains = list(word(19), 3, (i) => chainOf(word(i), word(i + 1), word(i + 2), size));
  const travels = list(word(21), 3, (i) => ({
    kind: word(i) as DotKind,
    first: word(i + 1),
    count: word(i + 2),
  }));
  const lit = list(word(22), 3, (i) => ({
    structure: STRUCTURES[word(i)] ?? 'desc',
    first: word(i + 1),
    last: word(i + 2),
  }));
  const bytes: Bytes[] = [];
  for (let i = 0; i < word(20); i++) {
    const length = word(at + 2);
    const data = new Uint8Array(words.buffer, words.byteOffset + (at + 3) * 4, length);
    bytes.push({ addr: address(at), bytes: data });
    at += 3 + Math.ceil(length / 4);
  }
  const queue: QueueMoment = {
    dev: 0,
    queue: 0,
    enabled: (flags & FLAG.enabled) !== 0,
    packed: (flags & FLAG.packed) !== 0,
    bigEndian: (flags & FLAG.bigEndian) !== 0,
    inOrder: (flags & FLAG.inOrder) !== 0,
    size,
    desc: address(3),
    driver: address(5),
    device: address(7),
    lastAvailIdx: word(9),
    usedIdx: word(10),
    availStaged: word(11),
    usedStaged: word(12),
    popped: word(13),
    pushed: word(14),
    inFlight,
    filling,
    ring: flags & FLAG.ring ? { avail: word(15), used: word(16), chains } : undefined,
    notificationsSent: 0,
    notificationsSuppressed: 0,
    interruptsRaised: 0,
    interruptsSuppressed: 0,
    returnedAt: 0,
  };
  return {
    at: word(1),
    fresh: (flags & FLAG.fresh) !== 0,
    eventIdx: (flags & FLAG.eventIdx) !== 0,
    queue,
    bytes,
    travels,
    lit,
  };
}

/** Descriptors of a packed chain follow one another in the ring (VIRTIO 1.4 §2.8.6). */
function chainOf(id: number, first: number, count: number, size: number): PackedChain {
  const descriptors = Array.from({ length: count }, (_, i) => ({
    slot: (first + i) % Math.max(1, size),
    ...{ addr: 0, len: 0, flags: 0 },
  }));
  return { id, descriptors };
}
