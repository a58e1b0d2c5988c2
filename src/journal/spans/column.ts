/** Values of one chunk; a power of two. */
const CHUNK = 512;
const SHIFT = 9;

type Store = Uint8Array | Uint16Array | Uint32Array;

/**
 * A growing list of unsigned numbers of one width that may forget its oldest ones. Indices count from the
 * first value ever and never change; growing copies nothing, and forgetting gives memory back.
 */
export class Column {
  readonly #make: new (
    length: number,
  ) => Store;
  #chunks: Store[] = [];
  /** Chunks that were forgotten. */
  #gone = 0;
  #length = 0;

  /** `bits` of each value: 8, 16 or 32. */
  constructor(bits: 8 | 16 | 32 = 32) {
    this.#make = bits === 8 ? Uint8Array : bits === 16 ? Uint16Array : Uint32Array;
  }

  /** Count of values that there ever were: the index of the next one. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that it takes. */
  get bytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  }

  push(value: number): void {
    const at = this.#length++;
    if (at % CHUNK === 0 || this.#chunks.length === 0) this.#chunks.push(new this.#make(CHUNK));
    (this.#chunks.at(-1) as Store)[at % CHUNK] = value;
  }

  /** The value at `index`; 0 where it was forgotten or is not there yet. */
  at(index: number): number {
    return this.#chunks[(index >>> SHIFT) - this.#gone]?.[index % CHUNK] ?? 0;
  }

  set(index: number, value: number): void {
    const chunk = this.#chunks[(index >>> SHIFT) - this.#gone];
    if (chunk) chunk[index % CHUNK] = value;
  }

  /** Gives back the memory of values before `index`, where a whole chunk of them is together. */
  dropBefore(index: number): void {
    const chunks = Math.min((index >>> SHIFT) - this.#gone, this.#chunks.length);
    if (chunks <= 0) return;
    this.#chunks.splice(0, chunks);
    this.#gone += chunks;
  }
}

/** The first index from `low` to before `high` at which an ascending column reaches `value`; `high` where it does not. */
export function firstAtLeast(column: Column, low: number, high: number, value: number): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (column.at(middle) >= value) to = middle;
    else from = middle + 1;
  }
  return from;
}
