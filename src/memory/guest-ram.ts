import { assert } from '../base/assert.ts';

/**
 * Guest RAM: one contiguous shared buffer that starts at a guest-physical address.
 * Views are created once; the buffer is the one of a shared WebAssembly memory where the
 * embedder has it. Hosts are little-endian, as every platform that runs JavaScript today.
 */
export class GuestRam {
  readonly buffer: SharedArrayBuffer | ArrayBuffer;
  /** Guest-physical address of byte 0. */
  readonly base: number;
  /** Bytes. */
  readonly size: number;
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;

  /** `base`: guest-physical address of byte 0; `size`: bytes, a multiple of 4096, at most the buffer's length. */
  constructor(buffer: SharedArrayBuffer | ArrayBuffer, base = 0, size = buffer.byteLength) {
    this.buffer = buffer;
    this.base = base;
    this.size = size;
    assert(size % 4096 === 0 && size <= buffer.byteLength, `bad RAM size ${size}`);
    this.u8 = new Uint8Array(buffer, 0, size);
    this.u16 = new Uint16Array(buffer, 0, size >> 1);
    this.u32 = new Uint32Array(buffer, 0, size >> 2);
  }

  /** Whether `length` bytes from guest-physical `addr` lie wholly inside. */
  contains(addr: number, length: number): boolean {
    return addr >= this.base && length <= this.size && addr - this.base <= this.size - length;
  }

  /** Byte offset into the views of guest-physical `addr`, or -1 where `length` bytes are not all RAM. */
  offsetOf(addr: number, length: number): number {
    return this.contains(addr, length) ? addr - this.base : -1;
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
