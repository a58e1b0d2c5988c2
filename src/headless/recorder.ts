import { exportEvent } from '../journal/export.ts';
import { JournalReader } from '../journal/reader.ts';
import { JournalRing } from '../journal/ring.ts';
import type { EventOf, JournalEvent } from '../journal/schema.ts';
import { EventStore } from '../journal/store.ts';
import { JournalWriter } from '../journal/writer.ts';

/** The journal of a run in one thread: follows it, tells of violations, and writes it out where that is wanted. */
export class Recorder {
  readonly journal: JournalWriter;
  /** Script line that ran last, or 0. */
  line = 0;
  readonly #reader: JournalReader;
  /** What was recorded; the newest of it only, unless all is kept. */
  readonly store = new EventStore();
  readonly #violation: (line: number, event: EventOf<'violation'>) => void;
  readonly #write: ((line: string) => void) | undefined;
  readonly #keep: boolean;

  /** `violation` is called for each broken rule, `write` with each event as JSON; `keep`: for saving the run. */
  constructor(
    violation: (line: number, event: EventOf<'violation'>) => void,
    write: ((line: string) => void) | undefined,
    keep = false,
  ) {
    const ring = JournalRing.create();
    this.journal = new JournalWriter(ring);
    this.#reader = new JournalReader([ring], this.store);
    this.#violation = violation;
    this.#write = write;
    this.#keep = keep;
    this.journal.waitForRoom = () => {
      this.#take();
      return true;
    };
  }

  /** Handles everything that was recorded so far. */
  follow(): void {
    this.journal.flush();
    this.#take();
  }

  #take(): void {
    const from = this.store.length;
    this.#reader.drain();
    for (let i = from; i < this.store.length; i++) {
      const event = this.store.get(i);
      this.#write?.(exportEvent(i, event));
      this.#see(event);
    }
    if (this.#keep) this.store.pack();
    else this.store.trim(this.store.length);
  }

  #see(event: JournalEvent): void {
    if (event.kind === 'scriptLine') this.line = event.line;
    if (event.kind === 'violation') this.#violation(this.line, event);
  }
}
