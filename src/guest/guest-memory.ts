import { hex } from '../base/bits.ts';
import { ACTOR } from '../journal/schema.ts';
import type { JournalWriter } from '../journal/writer.ts';
import type { GuestRam } from '../memory/guest-ram.ts';
import { GuestMemoryFault } from './hal.ts';

/** Lets the page slow the guest down: called before every bus access, ring or buffer write and script line. */
export interface Pace {
  /** Takes one credit; blocks while there is none. */
  take(): void;
  /** Whether nobody counts credit now, so that two writes may be shown at once. */
  readonly free?: boolean;
}

/** Runs at full speed. */
export const UNPACED: Pace = { take() {}, free: true };

/**
 * Guest RAM as the guest writes it: every write is paced and recorded while the journal is on.
 * Addresses are guest-physical; an access outside RAM throws `GuestMemoryFault` (a bug of the
 * script: real hardware would raise a machine check).
 */
export class GuestMemory {
  /** @internal */
  readonly ram: GuestRam;
  /** @internal */
  readonly journal: JournalWriter;
  /** @internal */
  readonly pace: Pace;

  constructor(ram: GuestRam, journal: JournalWriter, pace: Pace = UNPACED) {
    this.ram = ram;
    this.journal = journal;
    this.pace = pace;
  }

  /** The byte at `addr`. */
  read8(addr: number): number {
    return this.ram.u8[this.#at(addr, 1)] ?? 0;
  }

  /** 16-bit little-endian value; any alignment. */
  read16(addr: number): number {
    const at = this.#at(addr, 2);
    return at & 1 ? this.ram.readAt(at, 2) : (this.ram.u16[at / 2] ?? 0);
  }

  /** 32-bit little-endian value; any alignment. */
  read32(addr: number): number {
    const at = this.#at(addr, 4);
    return at & 3 ? this.ram.readAt(at, 4) : (this.ram.u32[at / 4] ?? 0);
  }

  /** 64-bit little-endian value; throws RangeError from 2^53 on. */
  read64(addr: number): number {
    const value = this.read32(addr) + this.read32(addr + 4) * 2 ** 32;
    if (!Number.isSafeInteger(value))
      throw new RangeError(`${hex(addr)} holds a value of 2^53 or more`);
    return value;
  }

  /** Writes a byte. */
  write8(addr: number, value: number): void {
    this.#write(addr, 1, value & 0xff, 0);
  }

  /** 16-bit little-endian write. */
  write16(addr: number, value: number): void {
    this.#write(addr, 2, value & 0xffff, 0);
  }

  /** 32-bit little-endian write. */
  write32(addr: number, value: number): void {
    this.#write(addr, 4, value >>> 0, 0);
  }

  /** 64-bit little-endian write of a safe integer. */
  write64(addr: number, value: number): void {
    this.#write(addr, 8, value >>> 0, Math.floor(value / 2 ** 32) >>> 0);
  }

  /** What a bus read of an address finds in RAM, of 1, 2 or 4 bytes; undefined where there is none. It is no action. */
  found(addr: number, size: number): number | undefined {
    const at = this.ram.offsetOf(addr, size);
    return at < 0 ? undefined : this.ram.readAt(at, size);
  }

  /** A copy of `length` bytes. */
  readBytes(addr: number, length: number): Uint8Array {
    const at = this.#at(addr, length);
    return this.ram.u8.slice(at, at + length);
  }

  /** Copies `bytes` to `addr`. */
  writeBytes(addr: number, bytes: Uint8Array): void {
    const at = this.#at(addr, bytes.length);
    const { u8 } = this.ram;
    if (!this.journal.on) {
      u8.set(bytes, at);
      return;
    }
    // A credit for each event.
    const most = this.journal.longestWrite;
    for (let done = 0; done < bytes.length; done += most) {
      const piece = bytes.subarray(done, done + most);
      this.pace.take();
      const before = u8.slice(at + done, at + done + piece.length);
      this.journal.bytesWritten(ACTOR.driver, addr + done, before, piece);
      u8.set(piece, at + done);
    }
  }

  /** Sets `length` bytes to `value`. */
  fill(addr: number, length: number, value: number): void {
    this.writeBytes(addr, new Uint8Array(length).fill(value));
  }

  #write(addr: number, size: 1 | 2 | 4 | 8, lo: number, hi: number): void {
    const { ram } = this;
    const at = this.#at(addr, size);
    if (this.journal.on) {
      this.pace.take();
      const oldLo = ram.readAt(at, Math.min(size, 4));
      const oldHi = size === 8 ? ram.readAt(at + 4, 4) : 0;
      this.journal.memWrite(ACTOR.driver, addr, size, oldLo, oldHi, lo, hi);
    }
    ram.writeAt(at, Math.min(size, 4), lo);
    if (size === 8) ram.writeAt(at + 4, 4, hi);
  }

  #at(addr: number, length: number): number {
    const at = this.ram.offsetOf(addr, length);
    if (at < 0 || !Number.isInteger(at))
      throw new GuestMemoryFault(
        `${hex(addr)}…+${length} is not guest RAM (${hex(this.ram.base)} to ${hex(this.ram.base + this.ram.size - 1)})`,
      );
    return at;
  }
}
