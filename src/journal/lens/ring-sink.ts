import { hi32, lo32 } from '../../base/bits.ts';
import { FlatMemory } from '../fold/flat-memory.ts';
import { ACTOR, EVENTS, type EventKind } from '../schema.ts';
import type { EventStore } from '../store.ts';
import { CostCounter } from './cost.ts';

/** Who writes to rings. */
export type Side = 'driver' | 'device';

/**
 * What a driver and a device that are only thought of write into rings that are nowhere in guest memory: it is counted
 * and, where there is a store, recorded as if a machine had done it.
 */
export class RingSink {
  readonly cost = new CostCounter();
  readonly #memory = new FlatMemory();
  readonly #store: EventStore | undefined;
  readonly #dev: number;
  readonly #queue: number;

  constructor(dev: number, queue: number, store: EventStore | undefined) {
    this.#dev = dev;
    this.#queue = queue;
    this.#store = store;
  }

  /** The rings lie here from now on: where nothing has lain before, so that all is zero. */
  place(
    size: number,
    packed: boolean,
    areas: readonly { readonly addr: number; readonly length: number }[],
    accepted: number,
  ): void {
    this.#memory.keep([]);
    this.#memory.keep(areas);
    const [desc, driver, device] = areas.map(({ addr }) => addr);
    this.#record('features', 'driver', 0, 1, [this.#dev, 0, lo32(accepted), hi32(accepted)]);
    const halves = [desc, driver, device].flatMap((addr) => [lo32(addr ?? 0), hi32(addr ?? 0)]);
    const shape = (size | (packed ? 0x1_0000 : 0)) >>> 0;
    this.#record('queueConfig', 'driver', 0, 1, [this.#key, shape, ...halves]);
  }

  /** The device has forgotten the queue. */
  remove(): void {
    this.#record('queueConfig', 'device', 0, 0, [this.#key]);
  }

  /** A store of 2, 4, 8 or 16 bytes, as 32-bit words, lowest first. */
  write(side: Side, addr: number, size: number, words: readonly number[]): void {
    const old = Array.from({ length: 4 }, (_, i) => (i * 4 < size ? this.#word(addr, size, i) : 0));
    const bytes = new Uint8Array(new Uint32Array(words).buffer).subarray(0, size);
    this.#memory.write(addr, bytes);
    this.cost.write(side, addr, size);
    const now = Array.from({ length: 4 }, (_, i) => words[i] ?? 0);
    this.#record('memWrite', side, size % 16, 0, [lo32(addr), hi32(addr), ...old, ...now]);
  }

  /** The device took a chain. */
  popped(name: number, place: number, readable: number, writable: number, count: number): void {
    this.#record('chainPopped', 'device', 0, name, [this.#key, place, readable, writable, count]);
  }

  /** The device returned a chain. */
  pushed(name: number, place: number, length: number): void {
    this.#record('chainPushed', 'device', 0, name, [this.#key, place, length]);
  }

  get #key(): number {
    return ((this.#queue << 16) | this.#dev) >>> 0;
  }

  #word(addr: number, size: number, i: number): number {
    return size === 2 ? this.#memory.u16(addr) : this.#memory.u32(addr + 4 * i);
  }

  /** `words`: from the record's word 2 on. */
  #record(kind: EventKind, side: Side, size: number, aux: number, words: readonly number[]): void {
    if (!this.#store) return;
    const at = this.#store.extend();
    const { tail } = this.#store;
    tail[at] = (EVENTS[kind].code | (ACTOR[side] << 8) | (size << 12) | (aux << 16)) >>> 0;
    tail[at + 1] = this.#store.length;
    tail.set(words, at + 2);
  }
}
