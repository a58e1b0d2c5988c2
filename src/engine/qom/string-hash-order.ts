/** Prime by which a table of 2^shift buckets takes its remainder: the largest below it. */
const PRIMES = [
  1, 2, 3, 7, 13, 31, 61, 127, 251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131071,
  262139, 524287, 1048573,
];
const MIN_SHIFT = 3;
/** Hashes below this mark free buckets, so a string's hash is never one of them. */
const FIRST_HASH = 2;
/** Spreads hashes of similar strings. */
const SPREAD = 11;
/** Buckets that a grown table has for each entry, before it is rounded up. */
const ROOM = 1.333;

/** A bucket that never held anything ends a search; one whose entry left does not. */
const FREE = undefined;
const LEFT = null;

/**
 * Names in the order in which GLib's hash table of strings hands them out. QEMU keeps the properties of a
 * class and of an object in such tables, and this order is what its lists of properties show.
 */
export class StringHashOrder {
  #shift = MIN_SHIFT;
  /** Name in each bucket, `FREE` or `LEFT`. */
  #buckets: (string | undefined | null)[] = new Array(1 << MIN_SHIFT).fill(FREE);
  #live = 0;
  /** Buckets that are not free: entries and those that left. */
  #used = 0;

  constructor(names: Iterable<string> = []) {
    for (const name of names) this.add(name);
  }

  get size(): number {
    return this.#live;
  }

  has(name: string): boolean {
    return this.#buckets[this.#find(name)] === name;
  }

  /** Adds a name that is not there yet. */
  add(name: string): void {
    const at = this.#find(name);
    const before = this.#buckets[at];
    if (before === name) return;
    this.#buckets[at] = name;
    this.#live++;
    if (before !== FREE) return;
    this.#used++;
    this.#resizeIfNeeded();
  }

  /** Takes a name out. */
  delete(name: string): void {
    const at = this.#find(name);
    if (this.#buckets[at] !== name) return;
    this.#buckets[at] = LEFT;
    this.#live--;
    this.#resizeIfNeeded();
  }

  /** The names, in the table's order. */
  names(): string[] {
    return this.#buckets.filter((name) => typeof name === 'string');
  }

  #home(name: string): number {
    return (Math.imul(hashOf(name), SPREAD) >>> 0) % (PRIMES[this.#shift] ?? 1);
  }

  /** The bucket that holds `name`, else the one where it would go. */
  #find(name: string): number {
    const mask = this.#buckets.length - 1;
    let at = this.#home(name);
    let firstLeft = -1;
    for (let step = 1; this.#buckets[at] !== FREE; step++) {
      if (this.#buckets[at] === name) return at;
      if (this.#buckets[at] === LEFT && firstLeft < 0) firstLeft = at;
      at = (at + step) & mask;
    }
    return firstLeft < 0 ? at : firstLeft;
  }

  #resizeIfNeeded(): void {
    const { length } = this.#buckets;
    const sparse = length > this.#live * 4 && length > 1 << MIN_SHIFT;
    if (sparse || length <= this.#used + (this.#used >> 4)) this.#resize();
  }

  /**
   * Moves every entry to where it belongs in a table of the new size, in place: an entry that is in the
   * way of one that moves is moved next, which is why the order depends on the old one.
   */
  #resize(): void {
    const old = this.#buckets;
    this.#shift = Math.max(MIN_SHIFT, bitLength(Math.trunc(this.#live * ROOM)));
    const size = 1 << this.#shift;
    const mask = size - 1;
    const buckets = old.concat(new Array(Math.max(0, size - old.length)).fill(FREE));
    const settled = new Uint8Array(buckets.length);
    for (let i = 0; i < old.length; i++) {
      if (settled[i]) continue;
      let moving = buckets[i];
      buckets[i] = FREE;
      while (typeof moving === 'string') {
        let at = this.#home(moving);
        for (let step = 1; settled[at]; step++) at = (at + step) & mask;
        settled[at] = 1;
        const evicted: string | undefined | null = buckets[at];
        buckets[at] = moving;
        moving = evicted;
      }
    }
    buckets.length = size;
    this.#buckets = buckets;
    this.#used = this.#live;
  }
}

/** Bernstein's hash, times 33 from 5381, over the bytes of the text; 32 bits. */
function hashOf(text: string): number {
  let hash = 5381;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 33) + text.charCodeAt(i)) | 0;
  hash >>>= 0;
  return hash < FIRST_HASH ? FIRST_HASH : hash;
}

function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}
