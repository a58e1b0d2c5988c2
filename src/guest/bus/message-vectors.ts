import { GIC_FIRST_SPI, GICV2M, type MessagePlatform } from '../../spec/platform.ts';
import type { Hal } from '../hal.ts';

/** What a device writes, where, to raise an interrupt input. */
export interface Message {
  readonly address: number;
  readonly data: number;
  readonly input: number;
}

/** Where x86 CPUs take messages, for the first of them (Intel SDM 3A §11.11.1). */
const APIC = 0xfee0_0000;
/** Vectors that are given out: those of lines and of faults lie below, those of the CPUs' own above. */
const VECTORS = { first: 64, end: 240 } as const;

/** Gives out messages, each with an interrupt input of its own, from whatever takes them on this machine. */
export class MessageVectors {
  readonly #hal: Hal;
  #next: number | undefined;
  #end = 0;

  constructor(hal: Hal) {
    this.#hal = hal;
  }

  /** Whether the machine has anything that turns messages into interrupts. */
  get available(): boolean {
    return this.#hal.platform.messages !== undefined;
  }

  /** The next message, or undefined where none is left. */
  take(): Message | undefined {
    const { messages } = this.#hal.platform;
    if (messages === undefined) return undefined;
    const number = this.#number(messages);
    if (number === undefined) return undefined;
    if (messages === 'apic') return { address: APIC, data: number, input: number };
    const address = messages.gicv2m + GICV2M.MSI_SETSPI_NS;
    return { address, data: number, input: number - GIC_FIRST_SPI };
  }

  #number(messages: MessagePlatform): number | undefined {
    if (this.#next === undefined) {
      if (messages === 'apic') {
        this.#next = VECTORS.first;
        this.#end = VECTORS.end;
      } else {
        const typer = this.#hal.read('memory', messages.gicv2m + GICV2M.MSI_TYPER, 4);
        this.#next = typer >>> 16;
        this.#end = this.#next + (typer & 0xffff);
      }
    }
    return this.#next < this.#end ? this.#next++ : undefined;
  }
}
