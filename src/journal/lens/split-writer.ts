import { hi32, lo32, wrap16 } from '../../base/bits.ts';
import { SPLIT, VIRTQ_DESC_F_NEXT } from '../../spec/virtio.ts';
import type { RingSink } from './ring-sink.ts';
import { type RingWriter, totals } from './ring-writer.ts';
import type { WorkChain } from './workload.ts';

interface Known {
  readonly chain: WorkChain;
  /** Its descriptors, the head first. */
  readonly entries: readonly number[];
}

/** Where a split virtqueue's three parts lie. */
export interface SplitPlace {
  readonly desc: number;
  readonly driver: number;
  readonly device: number;
}

/**
 * A split virtqueue at work (VIRTIO 1.4 §2.7). Which descriptors are free is a list of the driver's: it takes the first
 * ones, and puts those that came back in front.
 */
export class SplitWriter implements RingWriter {
  leftOut = 0;
  readonly #sink: RingSink;
  readonly #size: number;
  readonly #at: SplitPlace;
  /** Free descriptors, the next one last. */
  readonly #free: number[];
  /** Chains that came back and that the driver has not looked at, as far as anybody can tell. */
  readonly #returned: Known[] = [];
  readonly #known = new Map<number, Known[]>();
  #availIdx = 0;
  #lastAvailIdx = 0;
  #usedIdx = 0;

  constructor(sink: RingSink, size: number, at: SplitPlace) {
    this.#sink = sink;
    this.#size = size;
    this.#at = at;
    this.#free = Array.from({ length: size }, (_, i) => size - 1 - i);
  }

  /** Descriptors, then heads, then the index that shows them all (VIRTIO 1.4 §2.7.13). */
  offer(chains: readonly WorkChain[]): void {
    const before = this.#availIdx;
    const { desc, driver } = this.#at;
    for (const chain of chains) {
      const { name, buffers } = chain;
      this.#reap(name, buffers.length);
      if (buffers.length === 0 || buffers.length > this.#free.length) {
        this.leftOut++;
        continue;
      }
      const entries = this.#allocate(name, buffers.length);
      buffers.forEach(({ addr, len, flags }, i) => {
        const next = entries[i + 1];
        const tail = next === undefined ? flags : flags | VIRTQ_DESC_F_NEXT | (next << 16);
        const at = desc + SPLIT.descSize * (entries[i] as number);
        this.#sink.write('driver', at, SPLIT.descSize, [lo32(addr), hi32(addr), len, tail >>> 0]);
      });
      const slot = this.#availIdx % this.#size;
      this.#sink.write('driver', driver + SPLIT.availEntry(slot), 2, [entries[0] as number]);
      this.#availIdx = wrap16(this.#availIdx + 1);
      const list = this.#known.get(name);
      if (list) list.push({ chain, entries });
      else this.#known.set(name, [{ chain, entries }]);
    }
    if (this.#availIdx === before) return;
    this.#sink.write('driver', driver + SPLIT.availIdx, 2, [this.#availIdx]);
    this.#sink.cost.step('driver');
  }

  take(name: number): void {
    const known = this.#known.get(name)?.at(-1);
    if (!known) return;
    const { cost } = this.#sink;
    const { desc, driver } = this.#at;
    cost.touch(driver + SPLIT.availIdx, 2);
    cost.touch(driver + SPLIT.availEntry(this.#lastAvailIdx % this.#size), 2);
    for (const entry of known.entries) cost.touch(desc + SPLIT.descSize * entry, SPLIT.descSize);
    cost.step('device');
    this.#lastAvailIdx = wrap16(this.#lastAvailIdx + 1);
    const { readable, writable } = totals(known.chain);
    const head = known.entries[0] as number;
    this.#sink.popped(head, this.#lastAvailIdx, readable, writable, known.entries.length);
  }

  /** An entry of the used ring, then the index that shows it (VIRTIO 1.4 §2.7.8). */
  give(name: number, length: number): void {
    const known = this.#known.get(name)?.shift();
    if (!known) return;
    const { device } = this.#at;
    const head = known.entries[0] as number;
    const slot = this.#usedIdx % this.#size;
    this.#sink.write('device', device + SPLIT.usedEntry(slot), 8, [head, length]);
    this.#usedIdx = wrap16(this.#usedIdx + 1);
    this.#sink.write('device', device + SPLIT.usedIdx, 2, [this.#usedIdx]);
    this.#sink.cost.step('device');
    this.#returned.push(known);
    this.#sink.pushed(head, this.#usedIdx, length);
  }

  /**
   * Puts what came back into the free list, as far as the driver must have: when it looks is in no journal, but which
   * descriptor is free first tells.
   */
  #reap(name: number, count: number): void {
    while (this.#returned.length > 0) {
      if (this.#free.at(-1) === name && this.#free.length >= count) return;
      const { entries } = this.#returned.shift() as Known;
      this.#free.push(...entries.toReversed());
    }
  }

  /** `count` free descriptors, the one named first where it is free. */
  #allocate(name: number, count: number): number[] {
    const at = this.#free.lastIndexOf(name);
    if (at >= 0 && at !== this.#free.length - 1) this.#free.push(...this.#free.splice(at, 1));
    return this.#free.splice(-count).toReversed();
  }
}
