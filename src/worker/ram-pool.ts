/** From here on zeroing takes longer than a person likes to wait. In bytes. */
const LARGE = 256 * 2 ** 20;

/**
 * Guest RAM for one machine after another: a buffer that a machine no longer uses serves the next
 * machine of its size, since browsers give address space back late.
 */
export class RamPool {
  readonly #make: (bytes: number) => SharedArrayBuffer;
  #spare: SharedArrayBuffer | undefined;
  #spareBytes = 0;
  readonly #asked = new WeakMap<SharedArrayBuffer, number>();
  /** Buffers that somebody may have written to. */
  readonly #written = new WeakSet<SharedArrayBuffer>();

  /** `make` gives a zeroed buffer of at least so many bytes, or throws RangeError. */
  constructor(make: (bytes: number) => SharedArrayBuffer) {
    this.#make = make;
  }

  /** A zeroed buffer of at least `bytes` bytes. Throws RangeError where that much cannot be had. */
  allocate(bytes: number): SharedArrayBuffer {
    const buffer = this.#fresh(bytes) ?? this.borrow(bytes);
    if (this.#written.has(buffer)) new Uint8Array(buffer).fill(0);
    this.#written.add(buffer);
    return buffer;
  }

  /** A new buffer in the place of one that would take long to zero; undefined where none is to be had. */
  #fresh(bytes: number): SharedArrayBuffer | undefined {
    const spare = this.#spare;
    if (!spare || bytes < LARGE || !this.#written.has(spare)) return undefined;
    try {
      return this.#made(bytes);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  #made(bytes: number): SharedArrayBuffer {
    const buffer = this.#make(bytes);
    this.#asked.set(buffer, bytes);
    return buffer;
  }

  /** As `allocate`, for somebody who neither reads nor writes it: what is in it is anything. */
  borrow(bytes: number): SharedArrayBuffer {
    const spare = this.#spare;
    if (spare && this.#spareBytes === bytes) {
      this.#spare = undefined;
      return spare;
    }
    return this.#made(bytes);
  }

  /** Takes a buffer that nothing uses any more. */
  release(buffer: SharedArrayBuffer): void {
    this.#spare = buffer;
    this.#spareBytes = this.#asked.get(buffer) ?? buffer.byteLength;
  }
}
