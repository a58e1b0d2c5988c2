import { CCW_FLAG, ORB_BITS } from '../../../spec/channel-io.ts';
import { readAddress, type Storage, viewOf } from './storage.ts';

/** A channel-command word, whatever format it was fetched in. */
export interface Ccw {
  readonly command: number;
  /** `CCW_FLAG` bits. */
  readonly flags: number;
  /** Bytes of data. */
  readonly count: number;
  /** Address of the data, or of the IDAWs. */
  readonly cda: number;
}

/** Where data addresses end: one more than the last byte's address must stay below. */
const LIMIT = { format0: 0x0100_0000, format1: 0x8000_0000 } as const;

/** Whether a command only brings data in, so that SKIP keeps storage as it is. */
function bringsData(command: number): boolean {
  return (command & 0x0f) === 0x04 || (command & 0x03) === 0x02 || (command & 0x0f) === 0x0c;
}

/**
 * The data of one command: `count` bytes at an address or, with indirect data addressing, in the
 * blocks that a list of IDAWs names. Whatever goes wrong breaks the stream, and is a program check.
 */
export class DataStream {
  readonly #storage: Storage;
  readonly #ccw: Ccw;
  /** The program's `ORB.ctrl0`. */
  readonly #control: number;
  readonly #skip: boolean;
  /** Bytes moved so far. */
  #at = 0;
  /** Where the next byte is. */
  #address: number;
  /** IDAWs used so far. */
  #idaws = 0;
  #broken = false;

  constructor(storage: Storage, ccw: Ccw, control: number) {
    this.#storage = storage;
    this.#ccw = ccw;
    this.#control = control;
    this.#skip = (ccw.flags & CCW_FLAG.SKIP) !== 0 && bringsData(ccw.command);
    this.#address = ccw.cda;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#ccw.count - this.#at;
  }

  /** The next `length` bytes from the program, or undefined where they cannot be had. */
  read(length: number): Uint8Array | undefined {
    const bytes = new Uint8Array(length);
    const moved = this.#move(length, (address, at, size) =>
      this.#storage.fetch(address, bytes.subarray(at, at + size)),
    );
    return moved ? bytes : undefined;
  }

  /** Gives the program bytes; false where they cannot be stored. */
  write(bytes: Uint8Array): boolean {
    return this.#move(bytes.length, (address, at, size) =>
      this.#storage.store(address, bytes.subarray(at, at + size)),
    );
  }

  /** Passes over bytes. */
  advance(length: number): void {
    this.#move(length, () => true);
  }

  /** Back to the first byte. */
  rewind(): void {
    this.#at = 0;
    this.#idaws = 0;
    this.#address = this.#ccw.cda;
  }

  #move(length: number, piece: (address: number, at: number, size: number) => boolean): boolean {
    if (length > this.left) this.#broken = true;
    if (this.#broken) return false;
    if (length === 0) return true;
    const act = this.#skip ? () => true : piece;
    const indirect = (this.#ccw.flags & CCW_FLAG.IDA) !== 0;
    const done = indirect ? this.#moveIndirect(length, act) : this.#moveDirect(length, act);
    if (!done) this.#broken = true;
    return done;
  }

  #moveDirect(length: number, piece: (address: number, at: number, size: number) => boolean) {
    if (!this.#addressable(this.#address + length)) return false;
    if (!piece(this.#address, 0, length)) return false;
    this.#at += length;
    this.#address += length;
    return true;
  }

  #moveIndirect(length: number, piece: (address: number, at: number, size: number) => boolean) {
    const block = this.#control & ORB_BITS.ida64 && !(this.#control & ORB_BITS.ida2k) ? 4096 : 2048;
    let done = 0;
    while (done < length) {
      if (this.#idaws === 0) {
        if (!this.#nextIdaw()) return false;
      } else if (this.#address % block === 0) {
        // Every IDAW but the first names the start of a block.
        if (!this.#nextIdaw() || this.#address % block !== 0) return false;
      }
      const size = Math.min(length - done, block - (this.#address % block));
      if (!piece(this.#address, done, size)) return false;
      done += size;
      this.#at += size;
      this.#address += size;
    }
    return true;
  }

  #nextIdaw(): boolean {
    const size = this.#control & ORB_BITS.ida64 ? 8 : 4;
    const at = this.#ccw.cda + size * this.#idaws;
    if (at % size !== 0 || !this.#addressable(at)) return false;
    const idaw = new Uint8Array(size);
    if (!this.#storage.fetch(at, idaw)) return false;
    this.#idaws++;
    this.#address = size === 8 ? readAddress(viewOf(idaw), 0) : viewOf(idaw).getUint32(0);
    return size === 8 || this.#address < LIMIT.format1;
  }

  #addressable(end: number): boolean {
    return end < (this.#control & ORB_BITS.format1 ? LIMIT.format1 : LIMIT.format0);
  }
}
