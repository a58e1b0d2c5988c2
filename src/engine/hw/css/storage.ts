import { ACTOR } from '../../../journal/schema.ts';
import type { JournalWriter } from '../../../journal/writer.ts';
import type { GuestRam } from '../../../memory/guest-ram.ts';

/** Main storage as the channel subsystem reads and writes it: absolute addresses, big-endian, every store recorded. */
export class Storage {
  readonly #ram: GuestRam;
  readonly #journal: JournalWriter;

  constructor(ram: GuestRam, journal: JournalWriter) {
    this.#ram = ram;
    this.#journal = journal;
  }

  /** Fetches `into.length` bytes; false where some are not there, which read as zero. */
  fetch(address: number, into: Uint8Array): boolean {
    const there = this.#extent(address, into.length);
    const at = this.#ram.offsetOf(address, there);
    into.fill(0);
    if (there > 0) into.set(this.#ram.u8.subarray(at, at + there));
    return there === into.length;
  }

  /** Stores bytes; false where there is no storage for some, which are lost. */
  store(address: number, bytes: Uint8Array): boolean {
    const there = this.#extent(address, bytes.length);
    const at = this.#ram.offsetOf(address, there);
    if (there > 0) {
      const target = this.#ram.u8.subarray(at, at + there);
      const stored = bytes.subarray(0, there);
      if (this.#journal.on) this.#journal.bytesWritten(ACTOR.device, address, target, stored);
      target.set(stored);
    }
    return there === bytes.length;
  }

  /** Sets bits of one byte; what it held, or -1 where there is no storage. */
  setBits(address: number, mask: number): number {
    const at = this.#ram.offsetOf(address, 1);
    if (at < 0) return -1;
    if (this.#journal.on) {
      const before = Atomics.load(this.#ram.u8, at);
      this.#journal.memWrite(ACTOR.device, address, 1, before, 0, before | mask, 0);
      this.#journal.mark();
    }
    return Atomics.or(this.#ram.u8, at, mask);
  }

  /** How many of `length` bytes from `address` are there. */
  #extent(address: number, length: number): number {
    if (this.#ram.contains(address, length)) return length;
    let there = 0;
    while (there < length && this.#ram.contains(address + there, 1)) there++;
    return there;
  }
}

/** A block of storage as numbers, big-endian. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A 64-bit number of a block; one of 2^53 or more is no address, and saturates. */
export function readAddress(view: DataView, at: number): number {
  const value = view.getBigUint64(at);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}
