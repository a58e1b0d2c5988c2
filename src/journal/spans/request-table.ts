import { Column, firstAtLeast } from './column.ts';
import { Peaks } from './peaks.ts';

/** Where an event number stands for none, or for one that has not come yet. */
export const NEVER = 0xffff_ffff;

/** Tracks that requests which are under way together are spread over. */
export const TRACKS = 64;
/** Marks in `#marks`: the driver took the chain back by a reset, and never got it used. */
const TAKEN_BACK = 0x80;
/** A gap in the recording began before it was over: nobody knows what became of it. */
const UNSEEN = 0x40;

/**
 * The requests of one queue, a row each, in the order in which they became available. A row is 21 bytes.
 * Events are counted from an origin that the owner keeps; `NEVER` where one is not known.
 */
export class RequestTable {
  readonly #available = new Column();
  readonly #popped = new Column();
  /** When it was used; or when it was taken back, or a gap began. */
  readonly #ended = new Column();
  readonly #backend = new Column();
  /** What the device's next index is after it pops the chain; of a packed queue, the place. */
  readonly #key = new Column(16);
  readonly #depth = new Column(16);
  readonly #marks = new Column(8);
  /** When each began: became available or, where that is not known, was popped. */
  readonly #begun = new Column();
  readonly #ends: Peaks;
  readonly #depths: Peaks;
  readonly #shallows: Peaks;
  readonly #busy = new Uint8Array(TRACKS);
  /** Rows that are under way: available and neither used nor taken back. */
  #open = 0;
  /** Row of the oldest one that is held. */
  first = 0;

  constructor() {
    this.#ends = new Peaks(this.#ended);
    this.#depths = new Peaks(this.#depth, 16);
    this.#shallows = new Peaks(this.#depth, 16, true);
  }

  /** Count of rows that there ever were. */
  get length(): number {
    return this.#begun.length;
  }

  /** Requests under way. */
  get open(): number {
    return this.#open;
  }

  get bytes(): number {
    const parts = [...this.#columns, this.#ends, this.#depths, this.#shallows];
    return parts.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  available(row: number): number {
    return this.#available.at(row);
  }
  popped(row: number): number {
    return this.#popped.at(row);
  }
  /** When the device used it; `NEVER` where it has not, the driver took it back, or nobody saw it. */
  used(row: number): number {
    return this.#marks.at(row) & (TAKEN_BACK | UNSEEN) ? NEVER : this.#ended.at(row);
  }
  /** When it was over, one way or the other. */
  ended(row: number): number {
    return this.#ended.at(row);
  }
  takenBack(row: number): boolean {
    return (this.#marks.at(row) & TAKEN_BACK) !== 0;
  }
  /** Whether a gap began before it was over. */
  unseen(row: number): boolean {
    return (this.#marks.at(row) & UNSEEN) !== 0;
  }
  /** The first back-end request that it was for; known once it was used. */
  backend(row: number): number {
    return this.#backend.at(row);
  }
  key(row: number): number {
    return this.#key.at(row);
  }
  begun(row: number): number {
    return this.#begun.at(row);
  }
  /** Requests that were under way when this one began, itself included. */
  depth(row: number): number {
    return this.#depth.at(row);
  }
  /** The lowest track, 0 to `TRACKS` - 1, that no older request occupied; the last is for all beyond. */
  track(row: number): number {
    return this.#marks.at(row) & (TRACKS - 1);
  }

  /** A request that became available, or is known by its pop alone, or by neither. Returns its row. */
  add(
    available: number,
    popped: number,
    key: number,
    begun = available === NEVER ? popped : available,
  ): number {
    this.#open++;
    let track = 0;
    while (track < TRACKS - 1 && this.#busy[track]) track++;
    this.#busy[track] = 1;
    this.#available.push(available);
    this.#popped.push(popped);
    this.#ended.push(NEVER);
    this.#ends.pushed();
    this.#backend.push(NEVER);
    this.#key.push(key);
    this.#depth.push(Math.min(0xffff, this.#open));
    this.#depths.pushed();
    this.#shallows.pushed();
    this.#marks.push(track);
    this.#begun.push(begun);
    return this.length - 1;
  }

  pop(row: number, event: number): void {
    this.#popped.set(row, event);
  }

  /** The device used it; `backend`: the back-end request that it was for. */
  end(row: number, event: number, backend: number): void {
    if (!this.#close(row, event)) return;
    this.#backend.set(row, backend);
  }

  /** The driver took it back by a reset. */
  takeBack(row: number, event: number): void {
    if (this.#close(row, event)) this.#marks.set(row, this.#marks.at(row) | TAKEN_BACK);
  }

  /** A gap begins. */
  loseSight(row: number, event: number): void {
    if (this.#close(row, event)) this.#marks.set(row, this.#marks.at(row) | UNSEEN);
  }

  /** The first row that began at or after `event`. */
  rowAt(event: number): number {
    return firstAtLeast(this.#begun, this.first, this.length, event);
  }

  /** Calls `visit` with each row, ascending, that was under way at some time from event `from` to before `to`. */
  overlapping(from: number, to: number, visit: (row: number) => void): void {
    const end = this.rowAt(to);
    for (let row = this.first; ; row++) {
      row = this.#ends.firstReaching(from, row, end);
      if (row >= end) return;
      visit(row);
    }
  }

  /** The most requests that were under way together among rows `from` to before `to`, as each began; 0 where there are none. */
  deepest(from: number, to: number): number {
    return this.#depths.over(from, to) ?? 0;
  }

  /** The fewest that were under way among rows `from` to before `to`, as each began; 0 where there are none. */
  shallowest(from: number, to: number): number {
    return this.#shallows.over(from, to) ?? 0;
  }

  /** When each row began, ascending. Not to be written. */
  get beginnings(): Column {
    return this.#begun;
  }

  /** Forgets what ended before `event`. What is under way stays, behind what was forgotten. */
  dropBefore(event: number, moved: (from: number, to: number) => void): void {
    const edge = this.rowAt(event);
    let keep = edge;
    for (let row = edge - 1; row >= this.first; row--) {
      if (this.#ended.at(row) < event) continue;
      keep--;
      if (keep === row) continue;
      for (const column of this.#columns) column.set(keep, column.at(row));
      moved(row, keep);
    }
    this.first = keep;
    for (let row = keep; row < edge; row++) {
      this.#ends.changed(row, keep);
      this.#depths.changed(row, keep);
      this.#shallows.changed(row, keep);
    }
    for (const column of this.#columns) column.dropBefore(keep);
    this.#ends.dropBefore(keep);
    this.#depths.dropBefore(keep);
    this.#shallows.dropBefore(keep);
  }

  #close(row: number, event: number): boolean {
    if (this.#ended.at(row) !== NEVER) return false;
    this.#open--;
    this.#busy[this.track(row)] = 0;
    this.#ended.set(row, event);
    this.#ends.changed(row, this.first);
    return true;
  }

  get #columns(): readonly Column[] {
    return [
      this.#available,
      this.#popped,
      this.#ended,
      this.#backend,
      this.#key,
      this.#depth,
      this.#marks,
      this.#begun,
    ];
  }
}
