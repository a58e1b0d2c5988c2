/** Bytes for which a pool first makes room. */
const ROOM = 256;

/** Payloads one behind another: a buffer for many, where one for each would cost more than what is in it. */
export class PayloadPool {
  #bytes: Uint8Array<ArrayBuffer>;
  #length: number;

  /** `bytes`: what is in it; the pool's own from now on. */
  constructor(bytes = new Uint8Array(0)) {
    this.#bytes = bytes;
    this.#length = bytes.length;
  }

  /** Bytes in use. */
  get length(): number {
    return this.#length;
  }

  /** Adds a payload, and returns where it begins. */
  add(payload: Uint8Array): number {
    const at = this.#length;
    const needed = at + payload.length;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(ROOM, needed, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(payload, at);
    this.#length = needed;
    return at;
  }

  /** The `length` bytes at `at`, as far as they are there. Not to be written. */
  get(at: number, length: number): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(Math.min(at, this.#length), Math.min(at + length, this.#length));
  }

  /** Nothing will be added for now: gives back the room for it. */
  fit(): void {
    if (this.#bytes.length > this.#length) this.#bytes = this.#bytes.slice(0, this.#length);
  }
}
