import { assert } from '../base/assert.ts';
import { join64 } from '../base/bits.ts';
import { utf8Decode } from '../base/utf8.ts';
import { PayloadPool } from './payload-pool.ts';
import { packRecords, unpackRecords } from './record-codec.ts';
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

/** Newest chunks that are never packed, and packed ones that stay unpacked since they were read last. */
const FRESH_CHUNKS = 4;
const UNPACKED_CHUNKS = 12;

interface Chunk {
  /** The records; undefined while only `packed` has them. */
  words: Uint32Array | undefined;
  packed: Uint8Array | undefined;
  readonly pool: PayloadPool;
  /** Events that borrow old bytes from this chunk. */
  readonly borrowers: number[];
  /** Old bytes that were borrowed from a chunk which is forgotten, by index of the event in the chunk. */
  kept: Map<number, Uint8Array> | undefined;
}

const DATA_WRITE = EVENTS.dataWrite.code;
const { addr: ADDR, length: LENGTH } = EVENTS.dataWrite.fields;
/** Words of a record with a payload: where that is in the chunk's pool, and its length in bytes. */
const POSITION = 10;
const BYTES = 11;
/**
 * Word of a `dataWrite` without old bytes of its own: they are what another such event wrote, this
 * many events before, or zeros.
 */
const BORROWED = 5;
const ZEROS = 0xffff_ffff;
/** Addresses whose last long write is remembered. */
const MOST_WRITES = 1 << 16;

/** A chunk as a file keeps it. */
export interface SavedChunk {
  /** Events; `CHUNK_EVENTS` in all chunks but the last one. */
  readonly count: number;
  /** See `record-codec.ts`. */
  readonly records: Uint8Array;
  readonly payloads: Uint8Array<ArrayBuffer>;
}

/**
 * The merged journal as its reader keeps it: events numbered from 0 in an order that respects
 * causality. Append-only; the oldest chunks may be forgotten (`trim`), numbers never change. Old bytes
 * of a long write that an earlier one has written to the same place are kept once.
 */
export class EventStore {
  #chunks: Chunk[] = [];
  #first: number;
  #length: number;
  #epoch = 0;
  #payloadBytes = 0;
  #payloadsAdded = 0;
  /** Count of chunks that are packed, all at the beginning; and those of them that are unpacked as well. */
  #packed = 0;
  #unpacked: Chunk[] = [];
  /** The newest long write by address. */
  #writes = new Map<number, number>();
  readonly #trimListeners = new Set<(first: number) => void>();

  /** `first`: number of the first event, a multiple of `CHUNK_EVENTS`: those before are forgotten. */
  constructor(first = 0) {
    this.#first = first;
    this.#length = first;
  }

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

  /** Bytes of all payloads that ever came. */
  get payloadsAdded(): number {
    return this.#payloadsAdded;
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
      this.#chunks.push({
        words: this.tail,
        packed: undefined,
        pool: new PayloadPool(),
        borrowers: [],
        kept: undefined,
      });
    }
    this.#length++;
    return slot * RECORD_WORDS;
  }

  /** Appends the record at word `at` of `words`, with its payload if it has one. */
  append(words: Uint32Array, at: number, payload?: Uint8Array): void {
    const to = this.extend();
    const { tail } = this;
    for (let i = 0; i < RECORD_WORDS; i++) tail[to + i] = words[at + i] ?? 0;
    const code = (tail[to] as number) & 0xff;
    if (PAYLOADS[code]) this.#keep(to, code, payload ?? NO_BYTES);
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
    for (const { borrowers } of this.#chunks.slice(0, chunks))
      for (const borrower of borrowers) if (borrower >= first) this.#repay(borrower);
    for (const chunk of this.#chunks.splice(0, chunks)) {
      this.#payloadBytes -= chunk.pool.length;
      for (const bytes of chunk.kept?.values() ?? []) this.#payloadBytes -= bytes.length;
    }
    this.#packed = Math.max(0, this.#packed - chunks);
    this.#unpacked = this.#unpacked.filter((chunk) => this.#chunks.includes(chunk));
    this.#first = first;
  }

  /**
   * Packs chunks that are not new, at most `most` of them: they take about a quarter of their room, and
   * are unpacked when they are read. Returns how many it packed. For when there is time.
   */
  pack(most = Number.POSITIVE_INFINITY): number {
    let count = 0;
    while (count < most && this.#packed < this.#chunks.length - FRESH_CHUNKS) {
      const chunk = this.#chunks[this.#packed++] as Chunk;
      count++;
      if (!chunk.words || chunk.packed) continue;
      chunk.packed = packRecords(chunk.words, CHUNK_EVENTS);
      chunk.pool.fit();
      this.#readLately(chunk);
    }
    return count;
  }

  /**
   * The chunks of the events so far for a file, in order, whatever comes meanwhile. Throws where the
   * oldest events are forgotten: others refer to them.
   */
  *saved(): Generator<SavedChunk> {
    assert(this.#first === 0, 'the beginning of the journal is forgotten');
    const length = this.#length;
    for (const [i, { words, packed, pool }] of [...this.#chunks].entries()) {
      const count = Math.min(CHUNK_EVENTS, length - i * CHUNK_EVENTS);
      const records = packed ?? packRecords(words ?? new Uint32Array(0), count);
      yield { count, records, payloads: pool.get(0, pool.length) };
    }
  }

  /**
   * Adds a chunk of a file, whose records are `words`, behind full ones. Whatever they are, reading them
   * is safe: what refers to payloads that are not there has none.
   */
  adopt({ count, records, payloads }: SavedChunk, words: Uint32Array<ArrayBuffer>): void {
    assert(this.#length % CHUNK_EVENTS === 0, 'the chunk before is not full');
    const full = count === CHUNK_EVENTS;
    const chunk: Chunk = {
      words,
      packed: full ? records : undefined,
      pool: new PayloadPool(payloads),
      borrowers: [],
      kept: undefined,
    };
    this.#chunks.push(chunk);
    if (full) this.#readLately(chunk);
    if (full && this.#packed === this.#chunks.length - 1) this.#packed++;
    this.#payloadBytes += payloads.length;
    this.#length += count;
    this.tail = words;
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
    const chunk = this.#chunk(index);
    return chunk && (chunk.words ?? this.#unpack(chunk));
  }

  /** Payload of event `index`, if it has one and is held. Not to be written. */
  payload(index: number): Uint8Array | undefined {
    const words = this.words(index);
    const at = recordAt(index);
    if (!words || PAYLOADS[(words[at] as number) & 0xff] === undefined) return undefined;
    const old = this.#oldBytes(index, words, at);
    const own = this.#pooled(index, words, at);
    if (!old) return own;
    const both = new Uint8Array(2 * own.length);
    both.set(old.subarray(0, own.length));
    both.set(own, own.length);
    return both;
  }

  /** What `dataWrite` event `index` wrote; empty for others. Not to be written. */
  written(index: number): Uint8Array {
    const words = this.words(index);
    const at = recordAt(index);
    if (!words || ((words[at] as number) & 0xff) !== DATA_WRITE) return NO_BYTES;
    const pooled = this.#pooled(index, words, at);
    if (words[at + BORROWED] !== 0) return pooled;
    const length = words[at + LENGTH.at] as number;
    return pooled.subarray(length, 2 * length);
  }

  /** Event `index` decoded. Throws RangeError outside `first`…`length`-1. */
  get(index: number): JournalEvent {
    const words = Number.isInteger(index) && index < this.#length ? this.words(index) : undefined;
    if (!words) throw new RangeError(`event ${index} is not held`);
    return decode(words, recordAt(index), this.payload(index));
  }

  /** Forgets everything; numbering starts at 0 again. */
  clear(): void {
    this.#chunks = [];
    this.#first = 0;
    this.#length = 0;
    this.#payloadBytes = 0;
    this.#packed = 0;
    this.#unpacked = [];
    this.#writes.clear();
    this.#epoch++;
  }

  #chunk(index: number): Chunk | undefined {
    return this.#chunks[Math.floor((index - this.#first) / CHUNK_EVENTS)];
  }

  #unpack(chunk: Chunk): Uint32Array {
    const words = new Uint32Array(CHUNK_EVENTS * RECORD_WORDS);
    unpackRecords(chunk.packed ?? NO_BYTES, CHUNK_EVENTS, words);
    chunk.words = words;
    this.#readLately(chunk);
    return words;
  }

  /** A packed chunk has its records as well now; the one that has had them longest lets go of them. */
  #readLately(chunk: Chunk): void {
    this.#unpacked.push(chunk);
    if (this.#unpacked.length <= UNPACKED_CHUNKS) return;
    const oldest = this.#unpacked.shift();
    if (oldest) oldest.words = undefined;
  }

  /** Keeps the payload of the newest event, whose record begins at word `at` of `tail`. */
  #keep(at: number, code: number, payload: Uint8Array): void {
    const { tail } = this;
    const chunk = this.#chunks.at(-1) as Chunk;
    const length = tail[at + LENGTH.at] as number;
    let own = payload;
    let bytes = payload.length;
    if (code === DATA_WRITE) {
      // What was there before a gap ended is not told, and counts as zeros.
      const now = length > 0 && payload.length === length;
      const whole = length > 0 && payload.length === 2 * length;
      if (now) this.#noteWrite(at);
      if (now) tail[at + BORROWED] = ZEROS;
      else tail[at + BORROWED] = whole ? this.#lender(at, payload.subarray(0, length)) : 0;
      if (whole && tail[at + BORROWED] !== 0) own = payload.subarray(length);
      if (now) bytes = 2 * length;
    }
    tail[at + POSITION] = chunk.pool.add(own);
    tail[at + BYTES] = bytes;
    this.#payloadBytes += own.length;
    this.#payloadsAdded += own.length;
  }

  /** How many events before the newest one those bytes were written to its place; `ZEROS`; or 0. */
  #lender(at: number, old: Uint8Array): number {
    const index = this.#length - 1;
    const lender = this.#noteWrite(at);
    const chunk = lender === undefined || lender < this.#first ? undefined : this.#chunk(lender);
    // To unpack a chunk for a few bytes takes longer than they are worth.
    if (lender !== undefined && chunk?.words && same(this.written(lender), old)) {
      chunk.borrowers.push(index);
      return index - lender;
    }
    return old.every((byte) => byte === 0) ? ZEROS : 0;
  }

  /** Remembers the newest event as the last long write to its address; returns the one before. */
  #noteWrite(at: number): number | undefined {
    const { tail } = this;
    const addr = join64(tail[at + ADDR.at] as number, tail[at + ADDR.at + 1] as number);
    const before = this.#writes.get(addr);
    if (this.#writes.size >= MOST_WRITES) this.#writes.clear();
    this.#writes.set(addr, this.#length - 1);
    return before;
  }

  /** Old bytes that an event does not have itself; undefined where it has them. */
  #oldBytes(index: number, words: Uint32Array, at: number): Uint8Array | undefined {
    if (((words[at] as number) & 0xff) !== DATA_WRITE) return undefined;
    const back = words[at + BORROWED] as number;
    if (back === 0) return undefined;
    if (back === ZEROS) return new Uint8Array((words[at + BYTES] as number) / 2);
    return this.#chunk(index)?.kept?.get(index % CHUNK_EVENTS) ?? this.written(index - back);
  }

  #pooled(index: number, words: Uint32Array, at: number): Uint8Array {
    const bytes = words[at + BYTES] as number;
    const code = (words[at] as number) & 0xff;
    const half = code === DATA_WRITE && words[at + BORROWED] !== 0;
    const pool = this.#chunk(index)?.pool;
    return pool?.get(words[at + POSITION] as number, half ? bytes / 2 : bytes) ?? NO_BYTES;
  }

  /** An event gets bytes of its own for those that it borrows. */
  #repay(index: number): void {
    const chunk = this.#chunk(index);
    const words = this.words(index);
    const old = words && this.#oldBytes(index, words, recordAt(index));
    if (!chunk || !old) return;
    chunk.kept ??= new Map();
    chunk.kept.set(index % CHUNK_EVENTS, old.slice());
    this.#payloadBytes += old.length;
  }
}

const NO_BYTES = new Uint8Array();

function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
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
