import { INTERRUPTION_WORD, LOWCORE, S390_INPUT } from '../../../spec/channel-io.ts';
import type { DeviceContext } from '../../qdev/context.ts';
import { type Storage, viewOf } from './storage.ts';

/** What an I/O interruption tells the program. */
export interface IoInterruption {
  /** Subsystem-identification word; 0 for an adapter. */
  readonly subsystemId: number;
  /** Interruption parameter. */
  readonly parameter: number;
  /** Interruption subclass, 0 to 7; the lowest goes first. */
  readonly isc: number;
  /** Number in journal events of the device that it is about. */
  readonly dev: number;
  /** The queue, or `NONE`. */
  readonly queue: number;
}

/** Bytes of the interruption code: subsystem-identification word and parameter, and the identification word. */
const CODE_BYTES = 8;
const LONG_CODE_BYTES = 12;

/**
 * I/O interruptions that wait for a CPU: one a subchannel at most, and one a subclass of adapter
 * interruptions. (A program that looks at the status by itself takes the interruption along; QEMU
 * leaves it pending where no hypervisor keeps the queue.)
 */
export class IoInterruptions {
  readonly #context: DeviceContext;
  readonly #storage: Storage;
  #pending: IoInterruption[] = [];

  constructor(context: DeviceContext, storage: Storage) {
    this.#context = context;
    this.#storage = storage;
  }

  /** Those that wait, oldest first. */
  get pending(): readonly IoInterruption[] {
    return this.#pending;
  }

  /** Puts those of a snapshot back: whoever loads it knows the input. */
  loadPending(pending: readonly IoInterruption[]): void {
    this.#pending = [...pending];
  }

  /** Makes an interruption pending; one of the same subchannel or adapter subclass gives way to it. */
  post(interruption: IoInterruption): void {
    this.#remove((other) => isSame(other, interruption));
    this.#pending.push(interruption);
    this.#record('raised', interruption);
    this.#update();
  }

  /** What waits for a subchannel is no longer wanted. */
  withdraw(subsystemId: number): void {
    this.#remove((other) => other.subsystemId === subsystemId);
    this.#update();
  }

  /** Forgets all. */
  reset(): void {
    this.#remove(() => true);
    this.#update();
  }

  /** The CPU takes the interruption that goes first: its code is stored in low core. */
  take(): void {
    const first = this.#dequeue();
    if (first) this.#storage.store(LOWCORE.subsystemId, codeOf(first));
  }

  /**
   * TEST PENDING INTERRUPTION: takes the interruption that goes first, without one happening. Its
   * code is stored at `address`, or in low core where that is 0. False where there is none.
   */
  test(address: number): boolean {
    const first = this.#dequeue();
    if (!first) return false;
    if (address === 0) this.#storage.store(LOWCORE.subsystemId, codeOf(first));
    else this.#storage.store(address, codeOf(first).subarray(0, CODE_BYTES));
    return true;
  }

  /** Whether any interruption is pending. */
  get any(): boolean {
    return this.#pending.length > 0;
  }

  #dequeue(): IoInterruption | undefined {
    let first: IoInterruption | undefined;
    for (const other of this.#pending) if (!first || other.isc < first.isc) first = other;
    if (!first) return undefined;
    this.#remove((other) => other === first);
    this.#update();
    return first;
  }

  #remove(which: (interruption: IoInterruption) => boolean): void {
    const gone = this.#pending.filter(which);
    this.#pending = this.#pending.filter((other) => !which(other));
    // The input is one, and stays asserted for a device as long as anything of its is pending.
    for (const one of gone)
      if (!this.#pending.some(({ dev }) => dev === one.dev)) this.#record('lowered', one);
  }

  #record(step: 'raised' | 'lowered', { dev, queue, subsystemId }: IoInterruption): void {
    const { journal } = this.#context;
    const rule = subsystemId === 0 ? 'adapter' : 'status';
    if (journal.on) journal.interrupt(dev, queue, step, S390_INPUT.io, rule);
  }

  #update(): void {
    this.#context.setInterrupt(S390_INPUT.io, this.any);
  }
}

function isSame(one: IoInterruption, other: IoInterruption): boolean {
  return one.subsystemId === other.subsystemId && (one.subsystemId !== 0 || one.isc === other.isc);
}

function codeOf({ subsystemId, parameter, isc }: IoInterruption): Uint8Array {
  const bytes = new Uint8Array(LONG_CODE_BYTES);
  const view = viewOf(bytes);
  view.setUint32(0, subsystemId);
  view.setUint32(4, parameter);
  const adapter = subsystemId === 0 ? INTERRUPTION_WORD.adapter : 0;
  view.setUint32(8, (adapter | (isc << INTERRUPTION_WORD.iscShift)) >>> 0);
  return bytes;
}
