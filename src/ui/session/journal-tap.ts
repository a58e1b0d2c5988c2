import { JournalReader } from '../../journal/reader.ts';
import { JournalRing, RING } from '../../journal/ring.ts';
import { CHUNK_EVENTS, type EventStore } from '../../journal/store.ts';
import type { MachineMemory } from '../../protocol/messages.ts';

/** Events that are held, about: 48 MB of records. */
const MAX_EVENTS = 1_000_000;
/** Payload bytes that are held, about. */
const MAX_PAYLOAD_BYTES = 128 << 20;
/** What draining and folding may cost of a frame, in ms: half of one at 60 Hz. */
const BUDGET_MS = 8;
/** Events of each ring that a frame takes at least, so that a slow page gets on; and at most. */
const MIN_EVENTS = 1024;
const MAX_FRAME_EVENTS = 65_536;

/** The page's end of a machine's journal: drains it as far as a frame has time, and holds what is recent. */
export class JournalTap {
  readonly #reader: JournalReader;
  readonly #store: EventStore;
  readonly #maxEvents: number;
  readonly #maxPayloadBytes: number;
  #limit = 4096;

  constructor(
    memory: MachineMemory,
    store: EventStore,
    maxEvents = MAX_EVENTS,
    maxPayloadBytes = MAX_PAYLOAD_BYTES,
  ) {
    const rings = [new JournalRing(memory.machineJournal), new JournalRing(memory.vcpuJournal)];
    this.#reader = new JournalReader(rings, store);
    this.#store = store;
    this.#maxEvents = maxEvents;
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  /** Moves what was published to the store, as much as this frame has time for; returns how many events. */
  drain(): number {
    const count = this.#reader.drain(this.#limit);
    this.#trim();
    return count;
  }

  /** Moves all that was published, however long it takes. */
  drainAll(): void {
    while (this.#reader.drain() > 0) this.#trim();
  }

  /** Whether published events wait to be drained. */
  get more(): boolean {
    return this.#reader.rings.some(
      ({ header }) => Atomics.load(header, RING.head) !== Atomics.load(header, RING.tail),
    );
  }

  /**
   * Learns from a frame that took `ms` for `count` events. Time spent may be time waited for a
   * core, so that no cost is computed of it: a full frame that was short doubles what the next
   * may take, a long one takes a quarter off.
   */
  learn(count: number, ms: number): void {
    if (ms > BUDGET_MS) this.#limit = Math.max(MIN_EVENTS, Math.floor(this.#limit * 0.75));
    else if (count >= this.#limit && ms < BUDGET_MS / 2)
      this.#limit = Math.min(MAX_FRAME_EVENTS, this.#limit * 2);
  }

  #trim(): void {
    const store = this.#store;
    if (store.length - store.first > this.#maxEvents) store.trim(store.length - this.#maxEvents);
    while (
      store.payloadBytes > this.#maxPayloadBytes &&
      store.length - store.first > CHUNK_EVENTS
    ) {
      const before = store.first;
      store.trim(before + CHUNK_EVENTS);
      if (store.first === before) break;
    }
  }
}
