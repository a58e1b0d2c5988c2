import type { GuestRam } from '../../../memory/guest-ram.ts';
import { fieldsOf, type State, setFields } from '../../qom/state.ts';

/**
 * RAM offset that marks a segment outside RAM: it reads as zeros, and writes to it are lost. QEMU
 * gives a device such a "bounce buffer" for one page at a time instead of refusing the chain.
 */
export const BOUNCE = Number.MAX_SAFE_INTEGER;

/** What a snapshot keeps of a chain beside its segments. */
const KEPT = [
  'head',
  'places',
  'readableCount',
  'writableCount',
  'bounced',
  'readableLength',
  'writableLength',
] as const;

/** Segments that a new element has room for before it grows. */
const ROOM = 8;

/**
 * One descriptor chain that the device has popped: where its readable and its writable parts lie in
 * guest RAM. Belongs to its queue; valid from `pop` until `push` gives it back.
 */
export class VirtQueueElement {
  /** Its place in its queue's pool, and that of the next one that is free; the pool's own. */
  poolSlot = 0;
  poolNext = -1;
  /** Resets that its queue had seen when it was made: what was popped before one is nobody's after it. */
  poolEpoch = 0;
  /** What names the chain to the driver: its first descriptor's index, or a packed ring's buffer ID. */
  head = 0;
  /** How far the chain moves a packed ring on: its descriptors there (VIRTIO 1.4 §2.8.6). */
  places = 1;
  /** Readable segments come first, then the writable ones. */
  readableCount = 0;
  writableCount = 0;
  /** Whether a segment lies outside RAM. */
  bounced = false;
  /** Bytes of all readable and of all writable segments. */
  readableLength = 0;
  writableLength = 0;
  /** RAM offset and length of each segment, in turn: one array, since V8 checks each one that is used. */
  segments = new Float64Array(2 * ROOM);

  readonly #ram: GuestRam;
  readonly #wrote: (offset: number, before: Uint8Array, after: Uint8Array) => void;
  readonly #recording: () => boolean;

  /** `wrote` is told of every write while `recording()` holds. */
  constructor(
    ram: GuestRam,
    recording: () => boolean,
    wrote: (offset: number, before: Uint8Array, after: Uint8Array) => void,
  ) {
    this.#ram = ram;
    this.#recording = recording;
    this.#wrote = wrote;
  }

  /** Segments that there is room for. */
  get room(): number {
    return this.segments.length / 2;
  }

  /** Bytes of segment `index`; 0 where there is none. */
  lengthOf(index: number): number {
    return this.segments[2 * index + 1] ?? 0;
  }

  /** Makes room for one more segment. */
  grow(): void {
    const segments = new Float64Array(this.segments.length * 2);
    segments.set(this.segments);
    this.segments = segments;
  }

  /** What a snapshot keeps of it; `epoch` is its queue's. */
  saveState(epoch: number): State {
    const end = 2 * (this.readableCount + this.writableCount);
    return {
      ...fieldsOf(this, KEPT),
      segments: this.segments.slice(0, end),
      forgotten: this.poolEpoch !== epoch,
    };
  }

  /** Becomes that chain; `epoch` is its queue's. */
  loadState(state: State, epoch: number): void {
    setFields(this, KEPT, state);
    const segments = state.segments as Float64Array;
    while (this.segments.length < segments.length) this.grow();
    this.segments.set(segments);
    this.poolEpoch = state.forgotten ? -1 : epoch;
  }

  /** Copies readable bytes from position `from` on; returns how many there were, at most `into.length`. */
  read(from: number, into: Uint8Array): number {
    return this.#each(0, this.readableCount, from, into.length, (offset, length, done) => {
      if (offset === BOUNCE) into.fill(0, done, done + length);
      else into.set(this.#ram.u8.subarray(offset, offset + length), done);
    });
  }

  /** Copies bytes to the writable part from position `at` on; returns how many fitted. */
  write(bytes: Uint8Array, at = 0): number {
    const first = this.readableCount;
    return this.#each(
      first,
      first + this.writableCount,
      at,
      bytes.length,
      (offset, length, done) => {
        if (offset === BOUNCE) return;
        const part = bytes.subarray(done, done + length);
        if (this.#recording())
          this.#wrote(offset, this.#ram.u8.slice(offset, offset + length), part);
        this.#ram.u8.set(part, offset);
      },
    );
  }

  #each(
    first: number,
    end: number,
    skip: number,
    want: number,
    visit: (offset: number, length: number, done: number) => void,
  ): number {
    let done = 0;
    let rest = skip;
    for (let i = first; i < end && done < want; i++) {
      const length = this.segments[2 * i + 1] ?? 0;
      if (rest >= length) {
        rest -= length;
        continue;
      }
      const part = Math.min(length - rest, want - done);
      const offset = this.segments[2 * i] ?? 0;
      visit(offset === BOUNCE ? BOUNCE : offset + rest, part, done);
      done += part;
      rest = 0;
    }
    return done;
  }
}
