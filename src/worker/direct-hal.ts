import { GuestMemory, type Pace, UNPACED } from '../guest/guest-memory.ts';
import {
  type AccessSize,
  type BusSpace,
  firstAsserted,
  GuestDeadlock,
  type Hal,
} from '../guest/hal.ts';
import type { LogLevel } from '../journal/schema.ts';
import type { JournalWriter } from '../journal/writer.ts';
import type { GuestRam } from '../memory/guest-ram.ts';
import type { Platform } from '../spec/platform.ts';
import type { BusTarget } from './channel/bus-target.ts';

/** What a guest in the same thread needs of its machine. */
export interface DirectTarget extends BusTarget {
  readonly ram: GuestRam;
  readonly platform: Platform;
}

/** What may be added to a guest in the same thread. */
export interface DirectOptions {
  /** Called before every bus access, ring write and script line; throws to stop the guest. */
  readonly pace?: Pace;
  /** Gets every line of output. */
  readonly print?: (level: LogLevel, text: string) => void;
}

/**
 * A guest's way to a machine in the same thread: direct calls. Devices have done their work when
 * a register write returns, and guest and machine share one journal.
 */
export class DirectHal implements Hal {
  readonly ram: GuestMemory;
  readonly platform: Platform;
  readonly #machine: DirectTarget;
  readonly #journal: JournalWriter;
  readonly #pace: Pace;
  readonly #print: (level: LogLevel, text: string) => void;
  /** Input by which a wait ended last, where the machine was not touched since. */
  #woken: number | undefined;

  constructor(machine: DirectTarget, { pace = UNPACED, print = () => {} }: DirectOptions = {}) {
    this.#machine = machine;
    this.platform = machine.platform;
    this.#journal = machine.journal;
    this.#pace = pace;
    this.#print = print;
    this.ram = new GuestMemory(machine.ram, machine.journal, pace);
  }

  read(space: BusSpace, addr: number, size: AccessSize): number {
    const found = space === 'memory' ? this.ram.found(addr, size) : undefined;
    if (found !== undefined) return found;
    this.#touch();
    return this.#machine.read(space, addr, size);
  }

  write(space: BusSpace, addr: number, size: AccessSize, value: number): void {
    this.#touch();
    this.#machine.write(space, addr, size, value);
  }

  interrupts(word: number): number {
    return this.#machine.interruptWord(word);
  }

  /** As `Hal`; in one thread, whatever is not asserted already never will be. */
  waitForInterrupt(inputs: readonly number[]): number {
    const asserted = firstAsserted(this, inputs);
    if (asserted !== undefined) {
      // Nothing can have quieted it since: the guest is awake for nothing new.
      if (asserted === this.#woken && this.#journal.on)
        this.#journal.vcpuWait('wake', inputs, asserted);
      this.#woken = asserted;
      return asserted;
    }
    if (this.#journal.on) this.#journal.vcpuWait('halt', inputs, 0);
    throw new GuestDeadlock(
      `the guest sleeps until interrupt input ${inputs.join(' or ')} is asserted, but nothing is left that would assert it: was the device notified?`,
    );
  }

  takeInterrupt(input: number): void {
    this.#touch();
    this.#machine.takeInterrupt(input);
  }

  channel(op: number, schid: number, address: number): number {
    this.#touch();
    return this.#machine.channel(op, schid, address);
  }

  hypercall(subcode: number, a: number, b: number, c: number): number {
    this.#touch();
    return this.#machine.hypercall(subcode, a, b, c);
  }

  log(level: LogLevel, text: string): void {
    if (this.#journal.on) this.#journal.log('driver', level, text);
    this.#print(level, text);
  }

  line(line: number): void {
    this.#pace.take();
    if (this.#journal.on) this.#journal.scriptLine(line);
  }

  #touch(): void {
    this.#pace.take();
    this.#woken = undefined;
  }
}
