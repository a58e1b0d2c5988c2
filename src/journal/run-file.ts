import { utf8Decode, utf8Encode } from '../base/utf8.ts';
import { unpackRecords } from './record-codec.ts';
import { RunCheck, RunFileError } from './run-check.ts';
import { RECORD_WORDS } from './schema.ts';
import { CHUNK_EVENTS, EventStore } from './store.ts';

/**
 * A saved run: a line of text that says what it is, then, compressed (gzip, RFC 1952), parts, one behind
 * another: first the facts, JSON; then the journal, a part for each chunk of events; then the end, which
 * says how many events there were. A part is its kind, then its length in bytes, both 32 bits
 * little-endian, then its bytes.
 */
export const RUN_FILE = {
  /** How the name of such a file ends. */
  ending: '.virtio-run',
  version: 1,
  /** Bytes of the first line, with its end. */
  head: 24,
} as const;

const PART = { facts: 1, chunk: 2, end: 3 } as const;
const PART_HEAD = 8;
const TITLE = 'virtio-playground run';

/** What a saved run may hold at most: anybody may have made it. */
const MOST = {
  facts: 16 << 20,
  chunk: 64 << 20,
  payloads: 256 << 20,
  events: 2_000_000,
} as const;

/** The first line of a file. */
export function runHead(): Uint8Array {
  return utf8Encode(`${`${TITLE} ${RUN_FILE.version}`.padEnd(RUN_FILE.head - 1)}\n`);
}

/** Whether bytes are the beginning of a saved run, of whatever version. */
export function isRunFile(bytes: Uint8Array): boolean {
  return utf8Decode(bytes.subarray(0, TITLE.length)) === TITLE;
}

/** Throws RunFileError where the first line is not that of a saved run which can be read here. */
export function checkHead(bytes: Uint8Array): void {
  if (!isRunFile(bytes)) throw new RunFileError('This file is not a saved run.');
  const line = utf8Decode(bytes.subarray(TITLE.length, RUN_FILE.head));
  const version = /^ (\d{1,9}) *\n$/.exec(line)?.[1];
  if (version === undefined) throw new RunFileError('This file does not say its version.');
  if (Number(version) > RUN_FILE.version)
    throw new RunFileError(
      `This run was saved by a newer version of this page (format ${version}); this one reads format ${RUN_FILE.version}. Load the page again to get the newest version.`,
    );
  if (Number(version) < 1) throw new RunFileError('This file has a version that never was: 0.');
}

/** The parts of a file, before they are compressed. `facts`: what becomes JSON. Throws where the journal's beginning is forgotten. */
export function* runParts(facts: unknown, store: EventStore): Generator<Uint8Array> {
  const chunks = store.saved();
  let events = 0;
  yield part(PART.facts, utf8Encode(JSON.stringify(facts)));
  for (const { count, records, payloads } of chunks) {
    events += count;
    const sizes = new DataView(new ArrayBuffer(8));
    sizes.setUint32(0, count, true);
    sizes.setUint32(4, records.length, true);
    yield part(PART.chunk, new Uint8Array(sizes.buffer), records, payloads);
  }
  const end = new DataView(new ArrayBuffer(4));
  end.setUint32(0, events, true);
  yield part(PART.end, new Uint8Array(end.buffer));
}

function part(kind: number, ...pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const bytes = new Uint8Array(PART_HEAD + length);
  const head = new DataView(bytes.buffer);
  head.setUint32(0, kind, true);
  head.setUint32(4, length, true);
  let at = PART_HEAD;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Makes a journal of the parts of a file as they come, in pieces of any size. Throws RunFileError for everything else. */
export class RunReader {
  readonly store = new EventStore();
  readonly #check = new RunCheck();
  readonly #take: (facts: unknown) => void;
  #pieces: Uint8Array[] = [];
  #held = 0;
  #wanted = PART_HEAD;
  #kind = 0;
  /** Bytes before the part at hand. */
  #read = 0;
  #hasFacts = false;
  #ended = false;

  /** `take` gets the facts, which are whatever JSON holds; it throws where they are not what they should be. */
  constructor(take: (facts: unknown) => void) {
    this.#take = take;
  }

  /** Takes the next bytes. */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#ended) throw new RunFileError('This file goes on after its end.');
      const count = Math.min(this.#wanted - this.#held, bytes.length - at);
      this.#pieces.push(bytes.subarray(at, at + count));
      this.#held += count;
      at += count;
      if (this.#held === this.#wanted) this.#complete();
    }
  }

  /** Says that no more bytes come. */
  end(): void {
    if (!this.#ended)
      throw new RunFileError(
        `This file is cut off: it ends after ${this.store.length.toLocaleString('en')} events, and says nothing of an end.`,
      );
  }

  #complete(): void {
    const bytes = this.#joined();
    this.#read += bytes.length;
    if (this.#kind === 0) {
      this.#begin(viewOf(bytes));
      return;
    }
    const kind = this.#kind;
    this.#kind = 0;
    this.#wanted = PART_HEAD;
    if (kind === PART.facts) this.#facts(bytes);
    else if (kind === PART.chunk) this.#chunk(bytes);
    else this.#finish(bytes);
  }

  #begin(head: DataView): void {
    const kind = head.getUint32(0, true);
    const length = head.getUint32(4, true);
    const wrong = (what: string) =>
      new RunFileError(`This file is damaged: its part at byte ${this.#read - PART_HEAD} ${what}.`);
    if (this.#hasFacts ? kind !== PART.chunk && kind !== PART.end : kind !== PART.facts)
      throw wrong(`is of kind ${kind}, which does not belong there`);
    const most = kind === PART.facts ? MOST.facts : kind === PART.chunk ? MOST.chunk : 4;
    if (length > most || length === 0)
      throw wrong(
        `has ${length.toLocaleString('en')} bytes, and at most ${most.toLocaleString('en')} are read`,
      );
    this.#kind = kind;
    this.#wanted = length;
  }

  #facts(bytes: Uint8Array): void {
    this.#hasFacts = true;
    let facts: unknown;
    try {
      facts = JSON.parse(utf8Decode(bytes));
    } catch {
      throw new RunFileError('This file is damaged: what it says of the machine is not JSON.');
    }
    this.#take(facts);
  }

  #chunk(bytes: Uint8Array): void {
    const { store } = this;
    const where = `its events from ${store.length.toLocaleString('en')} on`;
    const damaged = (what: string) => new RunFileError(`This file is damaged: ${where} ${what}.`);
    if (store.length % CHUNK_EVENTS !== 0) throw damaged('follow a part that is not full');
    if (bytes.length < 8) throw damaged('are cut off');
    const view = viewOf(bytes);
    const count = view.getUint32(0, true);
    const packed = view.getUint32(4, true);
    if (count < 1 || count > CHUNK_EVENTS) throw damaged(`are ${count} in one part`);
    if (8 + packed > bytes.length) throw damaged('are cut off');
    if (store.length + count > MOST.events)
      throw new RunFileError(`This run has more than ${MOST.events.toLocaleString('en')} events.`);
    const records = bytes.slice(8, 8 + packed);
    const payloads = Uint8Array.from(bytes.subarray(8 + packed));
    if (store.payloadBytes + payloads.length > MOST.payloads)
      throw new RunFileError(`This run holds more than ${MOST.payloads >> 20} MiB of data.`);
    const words = new Uint32Array(CHUNK_EVENTS * RECORD_WORDS);
    if (!unpackRecords(records, count, words)) throw damaged(`are not ${count} records`);
    for (let i = 0; i < count; i++)
      this.#check.see(words, i * RECORD_WORDS, store.length + i, payloads.length);
    store.adopt({ count, records, payloads }, words);
  }

  #finish(bytes: Uint8Array): void {
    this.#ended = true;
    const count = bytes.length === 4 ? viewOf(bytes).getUint32(0, true) : Number.NaN;
    const { length } = this.store;
    if (count !== length)
      throw new RunFileError(
        `This file is damaged: it holds ${length.toLocaleString('en')} events and says that there are ${count.toLocaleString('en')}.`,
      );
  }

  #joined(): Uint8Array {
    const [only, ...others] = this.#pieces;
    const bytes = others.length === 0 && only ? only : new Uint8Array(this.#held);
    if (bytes !== only) {
      let at = 0;
      for (const piece of this.#pieces) {
        bytes.set(piece, at);
        at += piece.length;
      }
    }
    this.#pieces = [];
    this.#held = 0;
    return bytes;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
