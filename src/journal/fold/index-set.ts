import { SparseArray, type SparseBuilder } from './sparse-array.ts';

/** Members that share an element: a bit each. */
const BITS = 32;

/** A set of integers from 0 on, ascending. Immutable; versions share what they have in common. */
export class IndexSet implements ReadonlySet<number> {
  static readonly empty = new IndexSet(SparseArray.empty(), 0);
  readonly #words: SparseArray<number>;
  readonly size: number;

  /** Not for use outside this module. */
  constructor(words: SparseArray<number>, size: number) {
    this.#words = words;
    this.size = size;
  }

  static of(members: Iterable<number>): IndexSet {
    const builder = IndexSet.empty.builder();
    for (const member of members) builder.add(member);
    return builder.seal();
  }

  has(member: number): boolean {
    return isSet(this.#words.get(Math.floor(member / BITS)), member);
  }

  forEach(act: (value: number, key: number, set: ReadonlySet<number>) => void): void {
    for (const member of this) act(member, member, this);
  }

  entries(): SetIterator<[number, number]> {
    return new Set(this).entries();
  }

  keys(): SetIterator<number> {
    return this.values();
  }

  values(): SetIterator<number> {
    const members: number[] = [];
    this.#words.forEach((word, index) => {
      for (let bit = 0; bit < BITS; bit++) if ((word >>> bit) & 1) members.push(BITS * index + bit);
    });
    return members.values();
  }

  [Symbol.iterator](): SetIterator<number> {
    return this.values();
  }

  /** A builder that begins with these members. */
  builder(): IndexSetBuilder {
    return new IndexSetBuilder(this.#words.builder(), this.size);
  }

  /** How many nodes in memory are not those of `other`. */
  nodesNotIn(other: IndexSet): number {
    return this.#words.nodesNotIn(other.#words);
  }
}

/** Changes a set in place, and makes immutable ones of it. */
export class IndexSetBuilder {
  readonly #words: SparseBuilder<number>;
  #size: number;

  /** Not for use outside this module: see `IndexSet.builder`. */
  constructor(words: SparseBuilder<number>, size: number) {
    this.#words = words;
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  add(member: number): void {
    const index = Math.floor(member / BITS);
    const word = this.#words.get(index);
    if (isSet(word, member)) return;
    this.#words.set(index, (word ?? 0) | (1 << (member % BITS)));
    this.#size++;
  }

  /** Takes a member away; returns whether it was there. */
  delete(member: number): boolean {
    const index = Math.floor(member / BITS);
    const word = this.#words.get(index);
    if (word === undefined || !isSet(word, member)) return false;
    const left = word & ~(1 << (member % BITS));
    if (left === 0) this.#words.delete(index);
    else this.#words.set(index, left);
    this.#size--;
    return true;
  }

  seal(): IndexSet {
    return new IndexSet(this.#words.seal(), this.#size);
  }
}

function isSet(word: number | undefined, member: number): boolean {
  return word !== undefined && ((word >>> (member % BITS)) & 1) === 1;
}
