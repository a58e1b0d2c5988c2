import { SPLIT } from '../../spec/virtio.ts';
import { ARENA, BUFFERS, RAM_END, TABLES } from './arena.ts';
import type { Random } from './random.ts';

/** A buffer that has what it should is shorter than this, in bytes. */
const BUFFER_ROOM = 8192;

/**
 * Addresses that a hostile driver names. Where it is `guarded` they lie in its arena or outside RAM, and where a
 * device is to look for descriptors there are none but the driver's: no device can be led to touch anything else.
 */
export class Addresses {
  readonly #random: Random;
  readonly #guarded: boolean;

  constructor(random: Random, guarded: boolean) {
    this.#random = random;
    this.#guarded = guarded;
  }

  /** A buffer. */
  buffer(): number {
    return BUFFERS.from + 16 * this.#random.below((BUFFERS.to - BUFFERS.from - BUFFER_ROOM) / 16);
  }

  /** A table of descriptors; what lies there already are others of the driver's. */
  table(): number {
    const entries = (TABLES.to - TABLES.from) / SPLIT.descSize;
    return TABLES.from + SPLIT.descSize * this.#random.below(entries);
  }

  /** Where no buffer should be. */
  wrongBuffer(): number {
    const random = this.#random;
    if (random.once(6)) return RAM_END - random.below(64);
    if (random.once(5)) return BUFFERS.from + random.below(BUFFERS.to - BUFFERS.from);
    return this.#guarded || random.once(2) ? this.#outside() : this.any();
  }

  /** Where no table should be. */
  wrongTable(): number {
    const random = this.#random;
    if (random.once(4)) return this.table();
    return this.#guarded || random.once(2) ? this.#outside() : this.any();
  }

  /** Anywhere at all. */
  any(): number {
    const random = this.#random;
    return random.pick([
      0,
      random.below(RAM_END),
      RAM_END - random.below(256),
      ARENA.from + random.below(ARENA.to - ARENA.from),
      ARENA.from + 4096 * random.below(64),
      random.word(),
      random.word() * 2 ** 20,
    ]);
  }

  /** Where there is no RAM. */
  #outside(): number {
    const random = this.#random;
    return random.pick([
      RAM_END + random.below(1 << 20),
      random.word() * 2 ** 32 + random.word(),
      2 ** 32 - 1 - random.below(4096),
      2 ** 53 - 1,
    ]);
  }
}
