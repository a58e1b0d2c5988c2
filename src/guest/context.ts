import { MessageVectors } from './bus/message-vectors.ts';
import { Ports } from './bus/ports.ts';
import { DmaAllocator } from './dma.ts';
import type { Hal } from './hal.ts';
import { Interrupts } from './interrupts.ts';

/** What all parts of one running guest share. */
export class GuestContext {
  readonly hal: Hal;
  readonly dma: DmaAllocator;
  readonly interrupts: Interrupts;
  readonly ports: Ports;
  readonly messages: MessageVectors;

  constructor(hal: Hal) {
    this.hal = hal;
    this.dma = new DmaAllocator(hal.ram, hal.platform.devicePage);
    this.interrupts = new Interrupts(hal);
    this.ports = new Ports(hal);
    this.messages = new MessageVectors(hal);
  }
}
