import { PACKED, SPLIT, VIRTQ_MAX_SIZE } from '../../spec/virtio.ts';
import { type QueueMoment, queueKey } from './moment.ts';

/**
 * Structures of a split virtqueue (VIRTIO 1.4 §2.7). Of a packed one (VIRTIO 1.4 §2.8): the descriptor
 * ring, and the event suppression structures of driver and device.
 */
export type RingStructure = 'desc' | 'avail' | 'used';

/** One structure of one virtqueue in guest memory: bytes from `start` to before `end`. */
export interface RingArea {
  readonly structure: RingStructure;
  readonly start: number;
  readonly end: number;
  readonly dev: number;
  readonly queue: number;
  /** `queueKey` of its queue. */
  readonly key: number;
  /** Entries of the queue. */
  readonly size: number;
  readonly packed: boolean;
  readonly bigEndian: boolean;
}

/** What tells where a queue's structures lie. */
export type QueuePlace = Pick<
  QueueMoment,
  'dev' | 'queue' | 'enabled' | 'packed' | 'bigEndian' | 'size' | 'desc' | 'driver' | 'device'
>;

/** The structures of a queue; none while it is not set up, or has a size that no queue has. */
export function ringAreas(queue: QueuePlace): readonly RingArea[] {
  const { dev, size, packed, bigEndian } = queue;
  if (!queue.enabled || size < 1 || size > VIRTQ_MAX_SIZE) return [];
  const key = queueKey(dev, queue.queue);
  const area = (structure: RingStructure, start: number, bytes: number): RingArea => ({
    structure,
    start,
    end: start + bytes,
    dev,
    queue: queue.queue,
    key,
    size,
    packed,
    bigEndian,
  });
  return [
    area('desc', queue.desc, SPLIT.descTable(size)),
    area('avail', queue.driver, packed ? PACKED.eventSize : SPLIT.availRing(size)),
    area('used', queue.device, packed ? PACKED.eventSize : SPLIT.usedRing(size)),
  ];
}

/** Bytes of the blocks by which areas are looked up. */
const BLOCK = 1 << 16;
const NO_AREAS: readonly RingArea[] = [];

/** Finds the ring structures at an address. Immutable. */
export class RingIndex {
  static readonly empty = new RingIndex([]);

  readonly #blocks = new Map<number, RingArea[]>();

  constructor(queues: Iterable<QueuePlace>) {
    for (const queue of queues)
      for (const area of ringAreas(queue))
        for (let block = Math.floor(area.start / BLOCK); block * BLOCK < area.end; block++) {
          const areas = this.#blocks.get(block);
          if (areas) areas.push(area);
          else this.#blocks.set(block, [area]);
        }
  }

  /** Areas that may hold the byte at `addr`: all that do are among them. */
  near(addr: number): readonly RingArea[] {
    return this.#blocks.get(Math.floor(addr / BLOCK)) ?? NO_AREAS;
  }

  /** Areas that share at least a byte with the `length` bytes from `addr`, each once. */
  over(addr: number, length: number): readonly RingArea[] {
    const first = Math.floor(addr / BLOCK);
    const last = Math.floor((addr + length - 1) / BLOCK);
    const found = new Set<RingArea>();
    for (let block = first; block <= last; block++)
      for (const area of this.#blocks.get(block) ?? NO_AREAS)
        if (addr < area.end && addr + length > area.start) found.add(area);
    return [...found];
  }
}
