import type { AccessSize, BusSpace } from '../guest/hal.ts';
import { ACTOR, NONE } from '../journal/schema.ts';
import type { JournalWriter } from '../journal/writer.ts';
import type { GuestRam } from '../memory/guest-ram.ts';
import type { Platform } from '../spec/platform.ts';
import type { BusTarget } from '../worker/channel/bus-target.ts';

/** Registers of a `FakeMachine`, as memory-space addresses. */
export const FAKE = {
  /** RW, 32 bits. Reading also adds one. */
  counter: 0xf000_0000,
  /** W: copies `value` bytes from guest-physical 0x1000 to 0x2000 (reversed), then raises input 5. */
  doorbell: 0xf000_0004,
  /** R: 1 while input 5 is asserted; reading lowers it. */
  isr: 0xf000_0008,
  /** W: throws, as a fault of the program would. */
  broken: 0xf000_000c,
} as const;

/** A machine with one device that is simple enough to predict, for tests of what lies between guest and machine. */
export class FakeMachine implements BusTarget {
  /** What management software has not been told. */
  readonly events: { event: string }[] = [];
  readonly ram: GuestRam;
  readonly platform: Platform = { virtioMmio: [] };
  readonly journal: JournalWriter;
  onInterrupt: () => void = () => {};
  readonly #inputs = new Uint32Array(8);
  #counter = 0;

  constructor(ram: GuestRam, journal: JournalWriter) {
    this.ram = ram;
    this.journal = journal;
  }

  interruptWord(word: number): number {
    return this.#inputs[word] ?? 0;
  }

  takeInterrupt(input: number): void {
    if (this.journal.on) this.journal.interrupt(NONE, NONE, 'taken', input, 'always');
    this.#set(input, false);
  }

  /** A channel subsystem of one subchannel, number 0, that answers by the parity of the operand's address. */
  channel(op: number, schid: number, address: number): number {
    const cc = schid === 0x1_0000 ? address & 1 : 3;
    if (this.journal.on) this.journal.channel(NONE, op, schid, address, cc);
    return cc;
  }

  /** Latches input `subcode`, and says what the three arguments come to. */
  hypercall(subcode: number, a: number, b: number, c: number): number {
    const result = a - b * c;
    if (this.journal.on) this.journal.hypercall(NONE, subcode, a + 2 ** 50, b, c + 3, result);
    this.#set(subcode, true);
    return result;
  }

  read(space: BusSpace, addr: number, size: AccessSize): number {
    const slot = this.#record(false, space, addr, size, 0);
    let value = size === 4 ? 0xffff_ffff : 2 ** (size * 8) - 1;
    if (space === 'memory' && addr === FAKE.counter) value = this.#counter++;
    if (space === 'memory' && addr === FAKE.isr) {
      value = (this.interruptWord(0) >>> 5) & 1;
      this.setInput(false);
    }
    this.journal.setValue(slot, value);
    return value;
  }

  write(space: BusSpace, addr: number, size: AccessSize, value: number): void {
    this.#record(true, space, addr, size, value);
    if (space !== 'memory') return;
    if (addr === FAKE.counter) this.#counter = value;
    if (addr === FAKE.broken) throw new Error('the fake device is broken');
    if (addr === FAKE.doorbell) {
      const bytes = this.ram.u8.slice(0x1000, 0x1000 + value).reverse();
      if (this.journal.on)
        this.journal.bytesWritten(
          ACTOR.device,
          0x2000,
          this.ram.u8.slice(0x2000, 0x2000 + value),
          bytes,
        );
      this.ram.u8.set(bytes, 0x2000);
      this.setInput(true);
    }
  }

  /** Asserts or deasserts input 5, as the device does and as a monitor command could. */
  setInput(asserted: boolean): void {
    const before = ((this.interruptWord(0) >>> 5) & 1) === 1;
    if (asserted === before) return;
    if (this.journal.on)
      this.journal.interrupt(1, NONE, asserted ? 'raised' : 'lowered', 5, 'always');
    this.#set(5, asserted);
  }

  #set(input: number, on: boolean): void {
    const bit = 1 << (input & 31);
    const word = this.interruptWord(input >>> 5);
    this.#inputs[input >>> 5] = on ? word | bit : word & ~bit;
    this.onInterrupt();
  }

  #record(write: boolean, space: BusSpace, addr: number, size: number, value: number): number {
    if (!this.journal.on) return -1;
    return this.journal.register(write, space, addr, size, value, 1, 0, addr & 0xff);
  }
}
