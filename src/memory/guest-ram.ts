import { assert } from '../base/assert.ts';
import { smallInt } from '../base/bits.ts';

/** A piece of guest-physical addresses behind which RAM lies; all in bytes. */
export interface RamWindow {
  /** Guest-physical address of its first byte. */
  readonly base: number;
  readonly size: number;
  /** Where the piece begins in the buffer. */
  readonly offset: number;
}

/**
 * Guest RAM: one shared buffer, and the windows through which guest-physical addresses reach it.
 * Views are created once; the buffer is the one of a shared WebAssembly memory where the
 * embedder has it. Hosts are little-endian, as every platform that runs JavaScript today.
 */
export class GuestRam {
  readonly buffer: SharedArrayBuffer | ArrayBuffer;
  /** Bytes. */
  readonly size: number;
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  /** What to take from an address to get its view offset in the main window, the largest. */
  mainDelta = 0;
  /** View offsets that the main window covers: from here, */
  mainStart = 0;
  /** up to here. */
  mainEnd = 0;
  #windows: readonly RamWindow[] = [];

  /**
   * `base`: guest-physical address of byte 0, where RAM is one piece; `size`: bytes, a multiple of
   * 4096, at most the buffer's length.
   */
  constructor(
    buffer: SharedArrayBuffer | ArrayBuffer,
    base = 0,
    size = buffer.byteLength,
    windows: readonly RamWindow[] = [{ base, size, offset: 0 }],
  ) {
    this.buffer = buffer;
    this.size = size;
    assert(size % 4096 === 0 && size <= buffer.byteLength, `bad RAM size ${size}`);
    this.u8 = new Uint8Array(buffer, 0, size);
    this.u16 = new Uint16Array(buffer, 0, size / 2);
    this.u32 = new Uint32Array(buffer, 0, size / 4);
    this.windows = windows;
  }

  /** Ascending by address; they move when a chipset shows or hides parts of RAM. */
  get windows(): readonly RamWindow[] {
    return this.#windows;
  }

  set windows(windows: readonly RamWindow[]) {
    this.#windows = windows;
    let main: RamWindow = { base: 0, size: 0, offset: 0 };
    for (const window of windows) if (window.size > main.size) main = window;
    this.mainDelta = smallInt(main.base - main.offset);
    this.mainStart = smallInt(main.offset);
    this.mainEnd = smallInt(main.offset + main.size);
  }

  /** Lowest guest-physical address of RAM. */
  get base(): number {
    return this.#windows[0]?.base ?? 0;
  }

  /** Whether `length` bytes from guest-physical `addr` lie wholly inside. */
  contains(addr: number, length: number): boolean {
    return this.offsetOf(addr, length) >= 0;
  }

  /** Byte offset into the views of guest-physical `addr`, or -1 where `length` bytes are not all RAM. */
  offsetOf(addr: number, length: number): number {
    const offset = addr - this.mainDelta;
    if (offset >= this.mainStart && offset <= this.mainEnd - length) return offset;
    return this.#offsetElsewhere(addr, length);
  }

  /** `length` bytes from guest-physical `addr`, as they are; undefined where they are not all RAM. */
  bytesAt(addr: number, length: number): Uint8Array | undefined {
    const at = this.offsetOf(addr, length);
    return at < 0 ? undefined : this.u8.subarray(at, at + length);
  }

  /** Guest-physical address of the byte at a view offset; -1 where no window shows it. */
  addressOf(offset: number): number {
    if (offset >= this.mainStart && offset < this.mainEnd) return offset + this.mainDelta;
    for (const window of this.#windows)
      if (offset >= window.offset && offset < window.offset + window.size)
        return offset - window.offset + window.base;
    return -1;
  }

  #offsetElsewhere(addr: number, length: number): number {
    for (const { base, size, offset } of this.#windows)
      if (addr >= base && addr - base <= size - length) return addr - base + offset;
    return -1;
  }

  /** Little-endian read of 1, 2 or 4 bytes at a view offset, aligned or not. */
  readAt(offset: number, size: number): number {
    const { u8 } = this;
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + (u8[offset + i] ?? 0);
    return value;
  }

  /** Little-endian write of 1, 2 or 4 bytes at a view offset, aligned or not. */
  writeAt(offset: number, size: number, value: number): void {
    for (let i = 0, v = value; i < size; i++, v = Math.floor(v / 256))
      this.u8[offset + i] = v & 0xff;
  }
}
