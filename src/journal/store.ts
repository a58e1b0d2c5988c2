import { join64 } from '../base/bits.ts';
import { utf8Decode } from '../base/utf8.ts';
import {
  ACTORS,
  EVENTS,
  type EventKind,
  type JournalEvent,
  KINDS,
  PAYLOADS,
  RECORD_WORDS,
} from './schema.ts';

/** Events of one chunk; the unit of growth and of trimming. */
export const CHUNK_EVENTS = 4096;

interface Chunk {
  readonly words: Uint32Array;
  /** Payloads by index of the event in the chunk. */
  readonly payloads: Map<number, Uint8Array>;
}

/**
 * The merged journal as its reader keeps it: events numbered from 0 in an order that respects
 * causality. Append-only; the oldest chunks may be forgotten (`trim`), numbers never change.
 */
export class EventStore {
  #chunks: Chunk[] = [];
  #first = 0;
  #length = 0;
  #epoch = 0;
  #payloadBytes = 0;
  readonly #trimListeners = new Set<(first: number) => void>();

  /** Number of the oldest event still held. */
  get first(): number {
    return this.#first;
  }

  /** Number that the next event will get: the count of all events so far. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of all payloads held; `trim` is how the holder bounds them. */
  get payloadBytes(): number {
    return this.#payloadBytes;
  }

  /** Counts the times that numbering started again, so that whoever kept numbers can tell. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Records of the newest chunk, for whoever has extended it. */
  tail = new Uint32Array(0);

  /** Makes room for one more record, all zero, and returns the word of `tail` where it begins. */
  extend(): number {
    const slot = this.#length % CHUNK_EVENTS;
    if (slot === 0) {
      this.tail = new Uint32Array(CHUNK_EVENTS * RECORD_WORDS);
      this.#chunks.push({ words: this.tail, payloads: new Map() });
    }
    this.#length++;
    return slot * RECORD_WORDS;
  }

  /** Appends the record at word `at` of `words`, with its payload if it has one. */
  append(words: Uint32Array, at: number, payload?: Uint8Array): void {
    const to = this.extend();
    const { tail } = this;
    for (let i = 0; i < RECORD_WORDS; i++) tail[to + i] = words[at + i] ?? 0;
    if (!payload) return;
    this.#chunks.at(-1)?.payloads.set(to / RECORD_WORDS, payload);
    this.#payloadBytes += payload.length;
  }

  /** Forgets whole chunks before event `index`; the newest chunk always stays. */
  trim(index: number): void {
    const chunks = Math.min(
      Math.floor((index - this.#first) / CHUNK_EVENTS),
      this.#chunks.length - 1,
    );
    if (!(chunks > 0)) return;
    const first = this.#first + chunks * CHUNK_EVENTS;
    for (const listener of this.#trimListeners) listener(first);
    for (const { payloads } of this.#chunks.splice(0, chunks))
      for (const payload of payloads.values()) this.#payloadBytes -= payload.length;
    this.#first = first;
  }

  /**
   * Calls `listener` with the next value of `first` while the older events can still be read.
   * Returns its removal.
   */
  onTrim(listener: (first: number) => void): () => void {
    this.#trimListeners.add(listener);
    return () => this.#trimListeners.delete(listener);
  }

  /** Kind of event `index` without decoding it; undefined outside the held range. */
  kindAt(index: number): EventKind | undefined {
    return KINDS[this.word(index, 0) & 0xff];
  }

  /** One raw word of event `index`; 0 outside the held range. */
  word(index: number, word: number): number {
    return this.words(index)?.[recordAt(index) + word] ?? 0;
  }

  /**
   * The records among which event `index` lies, at word `recordAt(index)`; undefined outside the
   * held range. Not to be written.
   */
  words(index: number): Uint32Array | undefined {
    return this.#chunk(index)?.words;
  }

  /** Payload of event `index`, if it has one and is held. Not to be written. */
  payload(index: number): Uint8Array | undefined {
    return this.#chunk(index)?.payloads.get(index % CHUNK_EVENTS);
  }

  /** Event `index` decoded. Throws RangeError outside `first`…`length`-1. */
  get(index: number): JournalEvent {
    const chunk = this.#chunk(index);
    if (!chunk || !Number.isInteger(index) || index >= this.#length)
      throw new RangeError(`event ${index} is not held`);
    return decode(chunk.words, recordAt(index), chunk.payloads.get(index % CHUNK_EVENTS));
  }

  /** Forgets everything; numbering starts at 0 again. */
  clear(): void {
    this.#chunks = [];
    this.#first = 0;
    this.#length = 0;
    this.#payloadBytes = 0;
    this.#epoch++;
  }

  #chunk(index: number): Chunk | undefined {
    return this.#chunks[Math.floor((index - this.#first) / CHUNK_EVENTS)];
  }
}

/** Word at which event `index` begins in `EventStore.words(index)`. */
export function recordAt(index: number): number {
  return (index % CHUNK_EVENTS) * RECORD_WORDS;
}

/** Fields of each kind as a list by code, so that decoding does not walk the table's objects. */
const FIELDS = KINDS.map((kind) => {
  const fields = Object.entries(kind ? EVENTS[kind].fields : {});
  return fields.map(([name, field]) => ({
    name,
    type: field.type,
    at: 'at' in field ? field.at : 0,
  }));
});

/** Decodes the record at word `at`. Total: a record of no known kind counts as one lost event. */
export function decode(words: Uint32Array, at: number, payload?: Uint8Array): JournalEvent {
  const head = words[at] ?? 0;
  const known = KINDS[head & 0xff];
  const kind = known ?? 'dropped';
  const nibble = (head >>> 12) & 15;
  const size = kind === 'memWrite' && nibble === 0 ? 16 : nibble;
  const event: Record<string, unknown> = {
    kind,
    actor: ACTORS[(head >>> 8) & 15] ?? 'device',
    clock: words[at + 1] ?? 0,
    size,
  };
  if (!known) event.count = 1;
  for (const field of FIELDS[head & 0xff] ?? []) {
    const word = words[at + field.at] ?? 0;
    switch (field.type) {
      case 'u32':
        event[field.name] = word;
        break;
      case 'u64':
        event[field.name] = join64(word, words[at + field.at + 1] ?? 0);
        break;
      case 'bits':
        event[field.name] = join64(word, (words[at + field.at + 1] ?? 0) & 0x1f_ffff);
        break;
      case 'aux':
        event[field.name] = head >>> 16;
        break;
      case 'hi16':
        event[field.name] = word >>> 16;
        break;
      case 'lo16':
        event[field.name] = word & 0xffff;
        break;
      case 'bytes':
        event[field.name] = bytesAt(words, at + field.at, size);
        break;
    }
  }
  const side = PAYLOADS[head & 0xff];
  if (side === 'text') event.text = utf8Decode(payload ?? []);
  if (side === 'data') event.data = payload ?? new Uint8Array();
  return event as unknown as JournalEvent;
}

function bytesAt(words: Uint32Array, at: number, size: number): number[] {
  const bytes: number[] = [];
  for (let i = 0; i < size; i++) bytes.push(((words[at + (i >> 2)] ?? 0) >>> ((i & 3) * 8)) & 0xff);
  return bytes;
}
