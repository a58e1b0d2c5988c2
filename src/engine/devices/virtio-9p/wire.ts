import { utf8Decode, utf8Encode } from '../../../base/utf8.ts';
import { P9_HEADER, P9_QID, P9_QID_BYTES } from '../../../spec/9p.ts';
import { FILE_KIND, type FileFacts } from '../../backends/files.ts';

/** A request that ends before its fields do. */
export class ShortRequest extends Error {}

/** Reads the fields of a 9P message in order; numbers are little-endian. Throws ShortRequest. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = P9_HEADER;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  u64(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true));
  }

  text(): string {
    return utf8Decode(this.bytes(this.u16()));
  }

  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) throw new ShortRequest();
    this.#at += length;
    return at;
  }
}

/** Writes the fields of a 9P message in order. */
export class Writer {
  readonly #bytes: number[] = [];

  u8(value: number): this {
    this.#bytes.push(value & 0xff);
    return this;
  }

  u16(value: number): this {
    return this.u8(value).u8(value >> 8);
  }

  u32(value: number): this {
    return this.u16(value & 0xffff).u16(value >>> 16);
  }

  u64(value: number): this {
    return this.u32(value % 2 ** 32).u32(Math.floor(value / 2 ** 32));
  }

  text(text: string): this {
    const bytes = utf8Encode(text);
    return this.u16(bytes.length).bytes(bytes);
  }

  bytes(bytes: Iterable<number>): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  /** What identifies a file: its kind, a version that moves when it changes, and its number. */
  qid({ mode, mtime, size, ino }: FileFacts): this {
    const kind = mode & FILE_KIND.mask;
    const type =
      kind === FILE_KIND.directory
        ? P9_QID.directory
        : kind === FILE_KIND.symlink
          ? P9_QID.symlink
          : P9_QID.file;
    return this.u8(type)
      .u32((mtime ^ (size << 8)) >>> 0)
      .u64(ino);
  }

  /** A QID of which only the number is told. */
  bareQid(ino: number): this {
    return this.bytes(new Uint8Array(P9_QID_BYTES - 8)).u64(ino);
  }

  /** The whole message, its header in front. */
  message(type: number, tag: number): Uint8Array {
    const length = this.#bytes.length + P9_HEADER;
    const header = new Writer().u32(length).u8(type).u16(tag);
    return Uint8Array.from([...header.#bytes, ...this.#bytes]);
  }
}
