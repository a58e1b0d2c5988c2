import type { MemoryRange } from '../dma.ts';

/**
 * A buffer in the making: the pieces of guest memory that one descriptor chain will name, those
 * that the device reads before those that it writes (VIRTIO 1.4 §2.7.4.2). Made once and used
 * again, it costs no memory per request.
 */
export class Chain {
  /** Guest-physical addresses of the pieces. */
  readonly addr: Float64Array;
  /** Bytes of the pieces. */
  readonly len: Uint32Array;
  /** How many pieces there are. */
  count = 0;
  /** How many of them, from the first on, the device may only read. */
  readableCount = 0;

  /** `capacity`: the most pieces that it can hold. */
  constructor(capacity: number) {
    this.addr = new Float64Array(capacity);
    this.len = new Uint32Array(capacity);
  }

  /** Forgets all pieces; returns the chain. */
  clear(): this {
    this.count = 0;
    this.readableCount = 0;
    return this;
  }

  /** Appends a piece that the device reads. Throws after a writable one, and where the chain is full. */
  readable({ addr, length }: MemoryRange): this {
    if (this.readableCount !== this.count)
      throw new Error('what the device reads comes before what it writes (VIRTIO 1.4 §2.7.4.2)');
    this.#append(addr, length);
    this.readableCount = this.count;
    return this;
  }

  /** Appends a piece that the device writes. Throws where the chain is full. */
  writable({ addr, length }: MemoryRange): this {
    this.#append(addr, length);
    return this;
  }

  #append(addr: number, length: number): void {
    if (!Number.isSafeInteger(addr) || addr < 0) throw new RangeError(`${addr} is not an address`);
    if (!Number.isInteger(length) || length < 0 || length >= 2 ** 32)
      throw new RangeError(`${length} is not a length of 32 bits`);
    if (this.count === this.addr.length)
      throw new RangeError(`a chain of ${this.count} pieces is full`);
    this.addr[this.count] = addr;
    this.len[this.count] = length;
    this.count++;
  }
}
