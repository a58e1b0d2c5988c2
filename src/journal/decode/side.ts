import { join64 } from '../../base/bits.ts';
import type { GuestImage } from '../fold/guest-image.ts';
import type { ChainPiece } from '../fold/ring-view.ts';
import type { FieldPart } from './request.ts';

/** Most bytes of a field that are read. */
const MOST = 4096;

/**
 * One side of a chain, readable or writable, as one run of bytes: descriptors may cut it anywhere
 * (VIRTIO 1.4 §2.7.4).
 */
export class Side {
  /** Bytes. */
  readonly length: number;
  /** Who fills it in. */
  readonly by: 'driver' | 'device';
  /** Whether its numbers are big-endian. */
  readonly bigEndian: boolean;
  readonly #chain: readonly ChainPiece[];
  readonly #memory: GuestImage;

  constructor(
    chain: readonly ChainPiece[],
    writable: boolean,
    memory: GuestImage,
    bigEndian = false,
  ) {
    this.#chain = chain.filter((descriptor) => descriptor.writable === writable);
    this.#memory = memory;
    this.bigEndian = bigEndian;
    this.by = writable ? 'device' : 'driver';
    this.length = this.#chain.reduce((sum, { len }) => sum + len, 0);
  }

  /** Where `length` bytes from `offset` on lie; fewer where the side ends. */
  parts(offset: number, length: number): FieldPart[] {
    const parts: FieldPart[] = [];
    let start = 0;
    for (const { index, addr, len } of this.#chain) {
      const from = Math.max(offset, start);
      const to = Math.min(offset + length, start + len);
      if (from < to)
        parts.push({ descriptor: index, addr: addr + from - start, length: to - from });
      start += len;
    }
    return parts;
  }

  /** The bytes from `offset` on, at most 4,096; fewer where the side ends. */
  bytes(offset: number, length: number): Uint8Array {
    const count = Math.max(0, Math.min(length, MOST, this.length - offset));
    const bytes = new Uint8Array(count);
    let at = 0;
    for (const { addr, length: size } of this.parts(offset, count)) {
      bytes.set(this.#memory.bytes(addr, size), at);
      at += size;
    }
    return bytes;
  }

  /** A number at most 8 bytes wide, or undefined where the side is too short. */
  number(offset: number, width: number): number | undefined {
    const bytes = this.bytes(offset, width);
    if (offset < 0 || bytes.length < width) return undefined;
    if (this.bigEndian) bytes.reverse();
    const half = (at: number) =>
      [3, 2, 1, 0].reduce((sum, i) => sum * 256 + (bytes[at + i] ?? 0), 0);
    return join64(half(0), half(4));
  }
}
