import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { Machine } from '../../engine/machine/machine.ts';
import { JournalReader } from '../../journal/reader.ts';
import { JournalRing } from '../../journal/ring.ts';
import { EventStore } from '../../journal/store.ts';
import { CONTROL, UNLIMITED } from '../../protocol/control.ts';
import type { MachineMemory } from '../../protocol/messages.ts';
import type { ProgramName } from './guest-programs.ts';
import { spawnThread } from './spawn.ts';

/** Shared memory for a machine with `ramSize` bytes and small rings. */
export function sharedMemory(
  ramSize = 65536,
  ringEvents = 1 << 10,
  ringBytes = 1 << 16,
): MachineMemory {
  return {
    ram: new SharedArrayBuffer(ramSize),
    ramBase: 0,
    ramSize,
    platform: { virtioMmio: [] },
    control: new SharedArrayBuffer(CONTROL.words * 4),
    machineJournal: JournalRing.create(ringEvents, ringBytes).buffer,
    vcpuJournal: JournalRing.create(ringEvents, ringBytes).buffer,
  };
}

/** The same for the guest of a machine like `machine`. */
export function sharedMemoryOf({ ram, platform }: Machine): MachineMemory {
  return {
    ...sharedMemory(ram.buffer.byteLength, 1 << 10, 1 << 18),
    ramBase: ram.base,
    ramSize: ram.size,
    ramWindows: ram.windows,
    platform,
  };
}

/** A machine thread, a vCPU thread, and this thread in the place of the page. */
export class Rig {
  readonly memory: MachineMemory;
  readonly control: Int32Array;
  readonly store = new EventStore();
  readonly reader: JournalReader;
  readonly machine: Worker;
  #guest: Worker | undefined;

  private constructor(memory: MachineMemory, machine: Worker) {
    this.memory = memory;
    this.machine = machine;
    this.control = new Int32Array(memory.control);
    this.reader = new JournalReader(
      [new JournalRing(memory.machineJournal), new JournalRing(memory.vcpuJournal)],
      this.store,
    );
  }

  /** With a `FakeMachine`, or with the real one that `engine` describes. */
  static async start(
    memory = sharedMemory(),
    engine?: { commandLine: string; image: Uint8Array },
  ): Promise<Rig> {
    const machine = engine
      ? await spawnThread(new URL('./engine.thread.ts', import.meta.url), { memory, ...engine })
      : await spawnThread(new URL('./machine.thread.ts', import.meta.url), memory);
    const rig = new Rig(memory, machine);
    await once(machine, 'message');
    return rig;
  }

  /** Starts a guest with `credit`; the outcome is 'ended' or the error's name. */
  async run(
    program: ProgramName,
    credit: number = UNLIMITED,
  ): Promise<{ outcome: Promise<string> }> {
    Atomics.store(this.control, CONTROL.credit, credit);
    const entry = new URL('./guest.thread.ts', import.meta.url);
    return this.#follow(await spawnThread(entry, { memory: this.memory, program }));
  }

  /** Runs a guest script at full speed; the outcome is the vCPU's reply as JSON. */
  async runScript(source: string): Promise<{ outcome: Promise<string> }> {
    Atomics.store(this.control, CONTROL.credit, UNLIMITED);
    const entry = new URL('./script.thread.ts', import.meta.url);
    return this.#follow(await spawnThread(entry, { memory: this.memory, source }));
  }

  #follow(guest: Worker): { outcome: Promise<string> } {
    this.#guest = guest;
    const outcome = new Promise<string>((resolve, reject) => {
      guest.once('message', (message: unknown) =>
        resolve(typeof message === 'string' ? message : JSON.stringify(message)),
      );
      guest.once('error', reject);
    });
    return { outcome };
  }

  /** Drains until `done()`; fails by the test's timeout otherwise. */
  async drainUntil(done: () => boolean): Promise<void> {
    do {
      this.reader.drain();
      await new Promise((resolve) => setTimeout(resolve, 1));
    } while (!done());
    this.reader.drain();
  }

  async drainUntilEnd(outcome: Promise<string>): Promise<string> {
    let result: string | undefined;
    outcome.then(
      (value) => {
        result = value;
      },
      (error: unknown) => {
        result = String(error);
      },
    );
    await this.drainUntil(() => result !== undefined);
    return result ?? '';
  }

  /** Asks the guest to end, as the page does. */
  stop(): void {
    Atomics.store(this.control, CONTROL.stop, 1);
    Atomics.store(this.control, CONTROL.credit, 1);
    Atomics.notify(this.control, CONTROL.credit);
    Atomics.add(this.control, CONTROL.irqSeq, 1);
    Atomics.notify(this.control, CONTROL.irqSeq);
  }

  async dispose(): Promise<void> {
    await this.#guest?.terminate();
    await this.machine.terminate();
  }
}
