import { join64, swapBytes } from '../../base/bits.ts';
import type { RingMemory } from './flat-memory.ts';

/** Numbers of a ring in guest memory, in the ring's byte order. */
export interface RingNumbers extends RingMemory {
  /** Saturates at 2^53-1. */
  u64(addr: number): number;
}

/** The 16-bit number at `addr`, in the ring's byte order. */
export function u16In(memory: RingMemory, addr: number, bigEndian: boolean): number {
  const value = memory.u16(addr);
  return bigEndian ? swapBytes(value, 2) : value;
}

/** Reads numbers in one byte order: those of a queue are as `QueueMoment.bigEndian` says. */
export function ringNumbers(memory: RingMemory, bigEndian: boolean): RingNumbers {
  return bigEndian ? new BigEndian(memory) : new LittleEndian(memory);
}

class LittleEndian implements RingNumbers {
  readonly #memory: RingMemory;

  constructor(memory: RingMemory) {
    this.#memory = memory;
  }

  u16(addr: number): number {
    return this.#memory.u16(addr);
  }

  u32(addr: number): number {
    return this.#memory.u32(addr);
  }

  u64(addr: number): number {
    return join64(this.#memory.u32(addr), this.#memory.u32(addr + 4));
  }
}

class BigEndian implements RingNumbers {
  readonly #memory: RingMemory;

  constructor(memory: RingMemory) {
    this.#memory = memory;
  }

  u16(addr: number): number {
    return u16In(this.#memory, addr, true);
  }

  u32(addr: number): number {
    return swapBytes(this.#memory.u32(addr), 4);
  }

  u64(addr: number): number {
    return join64(this.u32(addr + 4), this.u32(addr));
  }
}
