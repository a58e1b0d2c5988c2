import { SPARSE_LIMIT, SparseArray, type SparseBuilder } from './sparse-array.ts';

interface Parts<T> {
  /** The elements by place; places only grow. */
  readonly order: SparseArray<T>;
  /** Place of the oldest element by key. */
  readonly oldest: SparseArray<number>;
  /** Where a key is there several times: place of the next element with it, by place; place of the newest by key. */
  readonly next: SparseArray<number>;
  readonly newest: SparseArray<number>;
  /** Place of the next element. */
  readonly end: number;
}

/**
 * Elements in the order in which they came, each with a key, an integer from 0 to before
 * `SPARSE_LIMIT`. Immutable; versions share what they have in common.
 */
export class Arrivals<T> implements Iterable<T> {
  readonly #parts: Parts<T>;

  /** Not for use outside this module. */
  constructor(parts: Parts<T>) {
    this.#parts = parts;
  }

  static empty<T>(): Arrivals<T> {
    return NONE as Arrivals<unknown> as Arrivals<T>;
  }

  static of<T>(elements: Iterable<T>, keyOf: (element: T) => number): Arrivals<T> {
    const builder = Arrivals.empty<T>().builder(keyOf);
    for (const element of elements) builder.add(element);
    return builder.seal();
  }

  get size(): number {
    return this.#parts.order.size;
  }

  has(key: number): boolean {
    return this.#parts.oldest.get(key) !== undefined;
  }

  /** The elements, the oldest first. */
  toArray(): T[] {
    return this.#parts.order.toArray();
  }

  [Symbol.iterator](): ArrayIterator<T> {
    return this.toArray().values();
  }

  /** A builder that begins with these elements; `keyOf` tells the key of an element. */
  builder(keyOf: (element: T) => number): ArrivalsBuilder<T> {
    return new ArrivalsBuilder(this.#parts, keyOf);
  }

  /** How many nodes in memory are not those of `other`. */
  nodesNotIn(other: Arrivals<T>): number {
    const [mine, theirs] = [this.#parts, other.#parts];
    return (
      mine.order.nodesNotIn(theirs.order) +
      mine.oldest.nodesNotIn(theirs.oldest) +
      mine.next.nodesNotIn(theirs.next) +
      mine.newest.nodesNotIn(theirs.newest)
    );
  }

  /** Of these, how many hold elements, about. */
  elementNodesNotIn(other: Arrivals<T>): number {
    return this.#parts.order.nodesNotIn(other.#parts.order);
  }
}

/** Changes arrivals in place, and makes immutable ones of them. */
export class ArrivalsBuilder<T> {
  readonly #keyOf: (element: T) => number;
  #order: SparseBuilder<T>;
  #oldest: SparseBuilder<number>;
  #next: SparseBuilder<number>;
  #newest: SparseBuilder<number>;
  #end: number;

  /** Not for use outside this module: see `Arrivals.builder`. */
  constructor({ order, oldest, next, newest, end }: Parts<T>, keyOf: (element: T) => number) {
    this.#keyOf = keyOf;
    this.#order = order.builder();
    this.#oldest = oldest.builder();
    this.#next = next.builder();
    this.#newest = newest.builder();
    this.#end = end;
  }

  get size(): number {
    return this.#order.size;
  }

  /** The element that came first. */
  get first(): T | undefined {
    return this.#order.first;
  }

  has(key: number): boolean {
    return this.#oldest.get(key) !== undefined;
  }

  add(element: T): void {
    if (this.#order.size === 0) this.#end = 0;
    else if (this.#end === SPARSE_LIMIT) this.#renumber();
    const place = this.#end++;
    const key = this.#keyOf(element);
    this.#order.set(place, element);
    const oldest = this.#oldest.get(key);
    if (oldest === undefined) {
      this.#oldest.set(key, place);
      return;
    }
    this.#next.set(this.#newest.get(key) ?? oldest, place);
    this.#newest.set(key, place);
  }

  /** Takes away the oldest element with a key, and returns it; undefined where there is none. */
  take(key: number): T | undefined {
    const place = this.#oldest.get(key);
    if (place === undefined) return undefined;
    const element = this.#order.get(place);
    this.#order.delete(place);
    const next = this.#next.get(place);
    if (next === undefined) {
      this.#oldest.delete(key);
      return element;
    }
    this.#next.delete(place);
    this.#oldest.set(key, next);
    if (this.#newest.get(key) === next) this.#newest.delete(key);
    return element;
  }

  /** The elements as they are now; changes that follow do not change them. */
  seal(): Arrivals<T> {
    return new Arrivals({
      order: this.#order.seal(),
      oldest: this.#oldest.seal(),
      next: this.#next.seal(),
      newest: this.#newest.seal(),
      end: this.#end,
    });
  }

  /** Places begin at 0 again: a queue that is never empty gets there, if only after a billion chains. */
  #renumber(): void {
    const elements = this.#order.toArray();
    const none = SparseArray.empty<number>();
    this.#order = SparseArray.empty<T>().builder();
    this.#oldest = none.builder();
    this.#next = none.builder();
    this.#newest = none.builder();
    this.#end = 0;
    for (const element of elements) this.add(element);
  }
}

const NONE = new Arrivals<unknown>({
  order: SparseArray.empty(),
  oldest: SparseArray.empty(),
  next: SparseArray.empty(),
  newest: SparseArray.empty(),
  end: 0,
});
