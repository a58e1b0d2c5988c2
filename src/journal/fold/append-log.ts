/**
 * Entries that folding appends and never changes, shared by all moments: a moment knows how many
 * there were, and sees the newest of them.
 */
export class AppendLog<Entry> {
  /** Entries that a moment sees at most. */
  readonly limit: number;
  #entries: Entry[] = [];
  /** Count of entries that were forgotten before the first one held. */
  #forgotten = 0;
  #window: readonly Entry[] = [];
  #windowCount = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /**
   * Appends the entry after the first `count`, unless it is there from an earlier pass over the
   * same events.
   */
  append(count: number, make: () => Entry): void {
    if (count === this.#forgotten + this.#entries.length) this.#entries.push(make());
  }

  /** The newest of the first `count` entries. The same array while `count` is the same. */
  window(count: number): readonly Entry[] {
    if (count === this.#windowCount) return this.#window;
    const end = Math.max(0, count - this.#forgotten);
    this.#window = this.#entries.slice(Math.max(0, end - this.limit), end);
    this.#windowCount = count;
    return this.#window;
  }

  /** Forgets what no window of `count` or more entries shows. */
  forgetBefore(count: number): void {
    const drop = count - this.limit - this.#forgotten;
    if (drop <= 0) return;
    this.#entries = this.#entries.slice(drop);
    this.#forgotten += drop;
  }

  clear(): void {
    this.#entries = [];
    this.#forgotten = 0;
    this.#window = [];
    this.#windowCount = 0;
  }
}
