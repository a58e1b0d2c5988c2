/**
 * Guest RAM for one machine after another: a buffer that a machine no longer uses serves the next
 * machine of its size, since browsers give address space back late.
 */
export class RamPool {
  readonly #make: (bytes: number) => SharedArrayBuffer;
  #spare: SharedArrayBuffer | undefined;
  #spareBytes = 0;
  readonly #asked = new WeakMap<SharedArrayBuffer, number>();

  /** `make` gives a zeroed buffer of at least so many bytes, or throws RangeError. */
  constructor(make: (bytes: number) => SharedArrayBuffer) {
    this.#make = make;
  }

  /** A zeroed buffer of at least `bytes` bytes. Throws RangeError where that much cannot be had. */
  allocate(bytes: number): SharedArrayBuffer {
    const spare = this.#spare;
    if (spare && this.#spareBytes === bytes) {
      this.#spare = undefined;
      new Uint8Array(spare).fill(0);
      return spare;
    }
    const buffer = this.#make(bytes);
    this.#asked.set(buffer, bytes);
    return buffer;
  }

  /** As `allocate`, for somebody who neither reads nor writes it: what is in it is anything. */
  borrow(bytes: number): SharedArrayBuffer {
    const spare = this.#spare;
    if (!spare || this.#spareBytes !== bytes) return this.allocate(bytes);
    this.#spare = undefined;
    return spare;
  }

  /** Takes a buffer that nothing uses any more. */
  release(buffer: SharedArrayBuffer): void {
    this.#spare = buffer;
    this.#spareBytes = this.#asked.get(buffer) ?? buffer.byteLength;
  }
}
