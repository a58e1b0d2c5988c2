/**
 * Chains in the order in which they were offered, for VIRTIO_F_IN_ORDER: the device may return a
 * batch of them by naming the last one only (VIRTIO 1.4 §2.7.9, VIRTIO 1.4 §2.8.8).
 */
export class InOrder {
  readonly #heads: Uint16Array;
  /** Places of the oldest chain, and behind the newest one. */
  #out = 0;
  #in = 0;
  #count = 0;
  /** Chains of the current batch that were not taken yet. */
  #left = 0;

  /** `size`: the most chains that can be in flight. */
  constructor(size: number) {
    this.#heads = new Uint16Array(size);
  }

  /** Chains of the current batch that were not taken yet; 0 where none is begun. */
  get left(): number {
    return this.#left;
  }

  /** A chain was offered. */
  push(head: number): void {
    this.#heads[this.#in] = head;
    this.#in = this.#after(this.#in);
    this.#count++;
  }

  /** Begins the batch that ends with the chain `last`; false where it is not among the next `most`. */
  begin(last: number, most = this.#count): boolean {
    let at = this.#out;
    for (let n = 1; n <= Math.min(most, this.#count); n++, at = this.#after(at)) {
      if (this.#heads[at] !== last) continue;
      this.#left = n;
      return true;
    }
    return false;
  }

  /** Takes the next chain of the batch. */
  take(): number {
    const head = this.#heads[this.#out]!;
    this.#out = this.#after(this.#out);
    this.#count--;
    this.#left--;
    return head;
  }

  #after(at: number): number {
    return at + 1 === this.#heads.length ? 0 : at + 1;
  }
}
