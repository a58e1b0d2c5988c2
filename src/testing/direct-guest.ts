import { bytesSource } from '../engine/backends/byte-source.ts';
import { Machine } from '../engine/machine/machine.ts';
import type { Pace } from '../guest/guest-memory.ts';
import { runScript, type ScriptOutcome } from '../guest/script/run.ts';
import { JournalReader } from '../journal/reader.ts';
import { JournalRing } from '../journal/ring.ts';
import type { JournalEvent } from '../journal/schema.ts';
import { EventStore } from '../journal/store.ts';
import { JournalWriter } from '../journal/writer.ts';
import { DEFAULT_COMMAND_LINE } from '../lessons/default-machine.ts';
import { helloImage } from '../lessons/hello-image.ts';
import { DirectHal } from '../worker/direct-hal.ts';

/** A real machine and a guest in one thread, with everything that they recorded. */
export class DirectGuest {
  readonly machine: Machine;
  readonly hal: DirectHal;
  /** Lines that were logged, warnings and errors with their level in front. */
  readonly output: string[] = [];
  /** What was recorded and drained; `events` drains. */
  readonly store = new EventStore();
  readonly #reader: JournalReader;

  /** Its disk is `hello.img`; its random bytes count up from 0. */
  constructor(commandLine = DEFAULT_COMMAND_LINE, pace?: Pace) {
    const ring = JournalRing.create();
    const journal = new JournalWriter(ring);
    this.#reader = new JournalReader([ring], this.store);
    journal.waitForRoom = () => this.#reader.drain() > 0;
    let next = 0;
    this.machine = Machine.build(commandLine, {
      allocateRam: (bytes) => new SharedArrayBuffer(bytes),
      openImage: (name) => (name === 'hello.img' ? bytesSource(helloImage()) : undefined),
      random: (into) => {
        for (let i = 0; i < into.length; i++) into[i] = next++;
      },
      journal,
    });
    this.hal = new DirectHal(this.machine, {
      print: (level, text) => void this.output.push(level === 'log' ? text : `${level}: ${text}`),
      ...(pace && { pace }),
    });
  }

  run(source: string): ScriptOutcome {
    return runScript(source, this.hal);
  }

  /** Every event so far. */
  events(): JournalEvent[] {
    this.machine.journal.flush();
    this.#reader.drain();
    return Array.from({ length: this.store.length }, (_, i) => this.store.get(i));
  }
}
