import { DmaAllocator } from './dma.ts';
import type { Hal } from './hal.ts';
import { Interrupts } from './interrupts.ts';

/** What all parts of one running guest share. */
export class GuestContext {
  readonly hal: Hal;
  readonly dma: DmaAllocator;
  readonly interrupts: Interrupts;

  constructor(hal: Hal) {
    this.hal = hal;
    this.dma = new DmaAllocator(hal.ram);
    this.interrupts = new Interrupts(hal);
  }
}
