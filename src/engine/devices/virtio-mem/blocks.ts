import { VIRTIO_MEM_RESP as RESP, VIRTIO_MEM_STATE as STATE } from '../../../spec/mem.ts';
import type { State } from '../../qom/state.ts';

/** Blocks of a memory device, and which of them are plugged (VIRTIO 1.4 §5.15.6). */
export class Blocks {
  readonly #plugged: Uint8Array;
  readonly #blockSize: number;
  /** First address of the device's memory. */
  readonly #start: bigint;
  /** Bytes that a driver may use, from the first one on. */
  usable = 0;
  #count = 0;

  constructor(start: bigint, bytes: number, blockSize: number) {
    this.#start = start;
    this.#blockSize = blockSize;
    this.#plugged = new Uint8Array(bytes / blockSize);
  }

  saveState(): State {
    return { plugged: this.#plugged, usable: this.usable, count: this.#count };
  }

  loadState(state: State): void {
    this.#plugged.set(state.plugged as Uint8Array);
    this.usable = state.usable as number;
    this.#count = state.count as number;
  }

  /** Bytes that are plugged. */
  get pluggedBytes(): number {
    return this.#count * this.#blockSize;
  }

  /** Plugs or unplugs `count` blocks from `address` on, all of them or none; a response's type. `limit`: most bytes that may be plugged. */
  change(address: bigint, count: number, plug: boolean, limit: number): number {
    const first = this.#indexOf(address, count);
    if (first === undefined) return RESP.ERROR;
    if (plug && this.pluggedBytes + count * this.#blockSize > limit) return RESP.NACK;
    const range = this.#plugged.subarray(first, first + count);
    if (range.some((now) => (now === 1) === plug)) return RESP.ERROR;
    range.fill(plug ? 1 : 0);
    this.#count += plug ? count : -count;
    return RESP.ACK;
  }

  /** Unplugs everything. */
  clear(): void {
    this.#plugged.fill(0);
    this.#count = 0;
  }

  /** State of `count` blocks from `address` on; undefined where there are no such blocks. */
  state(address: bigint, count: number): number | undefined {
    const first = this.#indexOf(address, count);
    if (first === undefined) return undefined;
    const range = this.#plugged.subarray(first, first + count);
    if (range.every((now) => now === 1)) return STATE.PLUGGED;
    return range.some((now) => now === 1) ? STATE.MIXED : STATE.UNPLUGGED;
  }

  /** Index of the block at an address from which on `count` blocks are usable. */
  #indexOf(address: bigint, count: number): number | undefined {
    const offset = address - this.#start;
    const size = BigInt(count * this.#blockSize);
    if (count === 0 || address % BigInt(this.#blockSize) !== 0n) return undefined;
    if (offset < 0n || offset + size > BigInt(this.usable)) return undefined;
    return Number(offset) / this.#blockSize;
  }
}
