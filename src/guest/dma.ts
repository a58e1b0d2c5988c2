import { alignUp, hex, isPowerOfTwo, smallInt, swapBytes, TWO_32 } from '../base/bits.ts';
import { utf8Decode, utf8Encode } from '../base/utf8.ts';
import type { GuestMemory } from './guest-memory.ts';

/** A piece of guest-physical memory, as a descriptor names it. */
export interface MemoryRange {
  /** Guest-physical address. */
  readonly addr: number;
  /** Bytes. */
  readonly length: number;
}

/** Where buffers begin on a guest with enough memory: above what a firmware and a kernel would use. */
const POOL_START = 16 << 20;
/** Default alignment: a cache line, so that driver and device never share one by accident. */
const CACHE_LINE = 64;

/**
 * Memory that the device can reach: a guest-physical range with typed access. Offsets are bytes
 * from its start, values are little-endian as virtio wants them (VIRTIO 1.4 §1.4), or big-endian where
 * it was allocated so for a legacy device. Every write is recorded in the journal; an offset beyond the
 * end throws RangeError.
 */
export class DmaBuffer implements MemoryRange {
  /** Guest-physical address. */
  readonly addr: number;
  /** Bytes. */
  readonly length: number;
  readonly #memory: GuestMemory;
  readonly #bigEndian: boolean;

  /** @internal */
  constructor(memory: GuestMemory, addr: number, length: number, bigEndian = false) {
    this.#memory = memory;
    this.#bigEndian = bigEndian;
    this.addr = smallInt(addr);
    this.length = smallInt(length);
  }

  /** Reads the byte at `offset`. */
  u8(offset: number): number;
  /** Writes the byte at `offset`; returns the buffer, to go on writing. */
  u8(offset: number, value: number): this;
  u8(offset: number, value?: number): number | this {
    const at = this.#at(offset, 1);
    if (value === undefined) return this.#memory.read8(at);
    this.#memory.write8(at, value);
    return this;
  }

  /** Reads 16 bits at `offset`. */
  u16(offset: number): number;
  /** Writes 16 bits at `offset`; returns the buffer. */
  u16(offset: number, value: number): this;
  u16(offset: number, value?: number): number | this {
    const at = this.#at(offset, 2);
    if (value === undefined) return this.#order(this.#memory.read16(at), 2);
    this.#memory.write16(at, this.#order(value, 2));
    return this;
  }

  /** Reads 32 bits at `offset`. */
  u32(offset: number): number;
  /** Writes 32 bits at `offset`; returns the buffer. */
  u32(offset: number, value: number): this;
  u32(offset: number, value?: number): number | this {
    const at = this.#at(offset, 4);
    if (value === undefined) return this.#order(this.#memory.read32(at), 4);
    this.#memory.write32(at, this.#order(value, 4));
    return this;
  }

  /** Reads 64 bits at `offset`; throws RangeError where the value is 2^53 or more. */
  u64(offset: number): number;
  /** Writes 64 bits at `offset`: an integer below 2^53. Returns the buffer. */
  u64(offset: number, value: number | bigint): this;
  u64(offset: number, value?: number | bigint): number | this {
    const at = this.#at(offset, 8);
    if (value === undefined) return this.#read64(at);
    const number = Number(value);
    if (!Number.isSafeInteger(number) || number < 0)
      throw new RangeError(`${value} is not a whole number from 0 to 2^53 - 1`);
    if (!this.#bigEndian) this.#memory.write64(at, number);
    else this.u32(offset, Math.floor(number / TWO_32)).u32(offset + 4, number % TWO_32);
    return this;
  }

  /** A copy of `length` bytes from `offset` on. */
  bytes(offset = 0, length = this.length - offset): Uint8Array {
    return this.#memory.readBytes(this.#at(offset, length), length);
  }

  /** The text that starts at `offset`, up to a zero byte or `length` bytes, as UTF-8. */
  text(offset = 0, length = this.length - offset): string {
    const bytes = this.bytes(offset, length);
    const end = bytes.indexOf(0);
    return utf8Decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  /** Copies bytes, or a text as UTF-8, to `offset`; returns the buffer. */
  write(content: ArrayLike<number> | string, offset = 0): this {
    const bytes = typeof content === 'string' ? utf8Encode(content) : Uint8Array.from(content);
    this.#memory.writeBytes(this.#at(offset, bytes.length), bytes);
    return this;
  }

  /** Sets every byte to `value`; returns the buffer. */
  fill(value: number): this {
    this.#memory.fill(this.addr, this.length, value);
    return this;
  }

  /** A part of this buffer that shares its memory. */
  part(offset: number, length: number = this.length - offset): DmaBuffer {
    return new DmaBuffer(this.#memory, this.#at(offset, length), length, this.#bigEndian);
  }

  toString(): string {
    return `${this.length} bytes at ${hex(this.addr)}`;
  }

  #read64(at: number): number {
    if (!this.#bigEndian) return this.#memory.read64(at);
    const value =
      this.#order(this.#memory.read32(at), 4) * TWO_32 +
      this.#order(this.#memory.read32(at + 4), 4);
    if (!Number.isSafeInteger(value))
      throw new RangeError(`${hex(at)} holds a value of 2^53 or more`);
    return value;
  }

  /** A number of 2 or 4 bytes, from the buffer's byte order to the memory's or back. */
  #order(value: number, size: 2 | 4): number {
    return this.#bigEndian ? swapBytes(value, size) : value;
  }

  #at(offset: number, length: number): number {
    const inside = offset >= 0 && length >= 0 && offset + length <= this.length;
    if (!inside || !Number.isInteger(offset) || !Number.isInteger(length))
      throw new RangeError(
        `${length} bytes from offset ${offset} on are not in a buffer of ${this.length}`,
      );
    return this.addr + offset;
  }
}

/**
 * Hands out guest-physical memory for rings and buffers: first fit on a list of free ranges
 * that is kept in the order of addresses. Memory comes zeroed.
 */
export class DmaAllocator {
  readonly #memory: GuestMemory;
  /** Free ranges, ascending, never adjacent. */
  readonly #free: { start: number; end: number }[];
  /** Ends of the allocated ranges by their start. */
  readonly #used: Map<number, number>;
  /** Whether buffers hold big-endian numbers. */
  readonly #swaps: boolean;
  #swapped: DmaAllocator | undefined;

  /** @internal `end`: where the guest's own memory ends, if not at the end of RAM. `twin`: shares its memory. */
  constructor(memory: GuestMemory, end = Number.POSITIVE_INFINITY, twin?: DmaAllocator) {
    this.#memory = memory;
    this.#swaps = twin !== undefined;
    if (twin) {
      this.#free = twin.#free;
      this.#used = twin.#used;
      return;
    }
    this.#used = new Map();
    const { base, size, windows } = memory.ram;
    const lowest = base + (size > 2 * POOL_START ? POOL_START : alignUp(size / 2, 4096));
    this.#free = windows
      .map((window) => ({
        start: Math.max(lowest, window.base),
        end: Math.min(end, window.base + window.size),
      }))
      .filter((range) => range.start < range.end);
  }

  /** The same memory, with buffers that hold big-endian numbers: what legacy devices of such guests use. */
  get bigEndian(): DmaAllocator {
    this.#swapped ??= new DmaAllocator(this.#memory, 0, this);
    return this.#swapped;
  }

  /**
   * `length` zeroed bytes, aligned to `align` (a power of two, in bytes).
   * Throws RangeError where no free range is large enough.
   */
  alloc(length: number, align = CACHE_LINE): DmaBuffer {
    if (!Number.isSafeInteger(length) || length < 1)
      throw new RangeError(`cannot allocate ${length} bytes`);
    if (!isPowerOfTwo(align)) throw new RangeError(`alignment ${align} is not a power of two`);
    for (let i = 0; i < this.#free.length; i++) {
      const range = this.#free[i]!;
      const start = alignUp(range.start, align);
      const end = start + length;
      if (end > range.end) continue;
      this.#free.splice(i, 1, ...split(range, start, end));
      this.#used.set(start, end);
      this.#clear(start, length);
      return new DmaBuffer(this.#memory, start, length, this.#swaps);
    }
    throw new RangeError(`no ${length} bytes of guest memory are free in one piece`);
  }

  /** Gives the memory of a buffer back. Throws where it was not allocated here, or was freed before. */
  free(buffer: MemoryRange): void {
    const start = buffer.addr;
    const end = start + buffer.length;
    if (this.#used.get(start) !== end)
      throw new Error(`${buffer.length} bytes at ${hex(start)} are not allocated`);
    this.#used.delete(start);
    let i = this.#free.findIndex((range) => range.start > start);
    if (i < 0) i = this.#free.length;
    const before = this.#free[i - 1];
    const after = this.#free[i];
    const joined = {
      start: before?.end === start ? before.start : start,
      end: after?.start === end ? after.end : end,
    };
    const first = before?.end === start ? i - 1 : i;
    const last = after?.start === end ? i + 1 : i;
    this.#free.splice(first, last - first, joined);
  }

  /** Bytes that are free, in all pieces together. */
  get available(): number {
    return this.#free.reduce((sum, range) => sum + range.end - range.start, 0);
  }

  /** Zeroes what an earlier program left behind; memory that is zero already costs no write. */
  #clear(start: number, length: number): void {
    const { ram } = this.#memory;
    const from = ram.offsetOf(start, length);
    if (ram.u8.subarray(from, from + length).some((byte) => byte !== 0))
      this.#memory.fill(start, length, 0);
  }
}

function split(range: { start: number; end: number }, start: number, end: number) {
  const rest: { start: number; end: number }[] = [];
  if (range.start < start) rest.push({ start: range.start, end: start });
  if (end < range.end) rest.push({ start: end, end: range.end });
  return rest;
}
