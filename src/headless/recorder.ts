import { hex } from '../base/bits.ts';
import { JournalReader } from '../journal/reader.ts';
import { JournalRing } from '../journal/ring.ts';
import type { JournalEvent } from '../journal/schema.ts';
import { EventStore } from '../journal/store.ts';
import { JournalWriter } from '../journal/writer.ts';
import { VIOLATIONS, type ViolationInfo } from '../spec/violations.ts';
import { eventJson } from './event-json.ts';

/** The journal of a run in one thread: follows it, tells of violations, and writes it out where that is wanted. */
export class Recorder {
  readonly journal: JournalWriter;
  /** Script line that ran last, or 0. */
  line = 0;
  readonly #reader: JournalReader;
  readonly #store = new EventStore();
  readonly #violation: (line: number, text: string) => void;
  readonly #write: ((line: string) => void) | undefined;

  /** `violation` is called for each broken rule, `write` with each event as JSON. */
  constructor(
    violation: (line: number, text: string) => void,
    write: ((line: string) => void) | undefined,
  ) {
    const ring = JournalRing.create();
    this.journal = new JournalWriter(ring);
    this.#reader = new JournalReader([ring], this.#store);
    this.#violation = violation;
    this.#write = write;
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
    const from = this.#store.length;
    this.#reader.drain();
    for (let i = from; i < this.#store.length; i++) {
      const event = this.#store.get(i);
      this.#write?.(eventJson(i, event));
      this.#see(event);
    }
    this.#store.trim(this.#store.length);
  }

  #see(event: JournalEvent): void {
    if (event.kind === 'scriptLine') this.line = event.line;
    if (event.kind === 'violation') this.#violation(this.line, violationText(event));
  }
}

function violationText({ code, index, value }: { code: number; index: number; value: number }) {
  const info: ViolationInfo | undefined = VIOLATIONS[code];
  if (!info) return `rule ${code} was broken`;
  const number = value > 0xffff ? hex(value) : String(value);
  const text = info.text.replace('{index}', String(index)).replace('{value}', number);
  return `${text} (VIRTIO 1.4 §${info.section})`;
}
