import { hi32, lo32 } from '../../base/bits.ts';
import { PCI_CAP } from '../../spec/pci.ts';
import type { Hal } from '../hal.ts';
import type { Message } from './message-vectors.ts';
import type { PciFunction } from './pci-function.ts';

/** Fields of the capability, and bits of its Message Control (PCI 3.0 §6.8.2). */
const CONTROL = { offset: 2, SIZE: 0x7ff, ENABLE: 0x8000 } as const;
const TABLE = { offset: 4, BIR: 7 } as const;
/** An entry of the table: address, upper address, data, vector control (PCI 3.0 §6.8.2.6). */
const ENTRY = { bytes: 16, high: 4, data: 8, control: 12 } as const;

/** The MSI-X table of a function that was enabled: which message each vector sends. */
export class MsixTable {
  readonly #hal: Hal;
  readonly #fn: PciFunction;
  readonly #cap: number;
  readonly #table: number;
  /** Vectors that the table has. */
  readonly size: number;

  private constructor(hal: Hal, fn: PciFunction, cap: number, table: number) {
    this.#hal = hal;
    this.#fn = fn;
    this.#cap = cap;
    this.#table = table;
    this.size = (fn.config16(cap + CONTROL.offset) & CONTROL.SIZE) + 1;
  }

  /** The table of `fn`, or undefined where it has none that can be reached. */
  static of(hal: Hal, fn: PciFunction): MsixTable | undefined {
    const cap = fn.capabilities().find(({ id }) => id === PCI_CAP.MSIX);
    if (!cap) return undefined;
    const place = fn.config32(cap.at + TABLE.offset);
    const bar = fn.bars.find(({ index }) => index === (place & TABLE.BIR));
    if (bar?.space !== 'memory') return undefined;
    return new MsixTable(hal, fn, cap.at, bar.addr + (place & ~TABLE.BIR));
  }

  /** Makes `fn` interrupt by its pin: an earlier program may have left messages on. */
  static disable(fn: PciFunction): void {
    const cap = fn.capabilities().find(({ id }) => id === PCI_CAP.MSIX);
    const at = (cap?.at ?? 0) + CONTROL.offset;
    const control = cap ? fn.config16(at) : 0;
    if (control & CONTROL.ENABLE) fn.writeConfig(at, 2, control & ~CONTROL.ENABLE);
  }

  /** Lets vectors send messages, instead of the function's pin. */
  enable(): void {
    const at = this.#cap + CONTROL.offset;
    this.#fn.writeConfig(at, 2, this.#fn.config16(at) | CONTROL.ENABLE);
  }

  /** Makes `vector` send `message`, and unmasks it. */
  program(vector: number, { address, data }: Message): void {
    const at = this.#table + ENTRY.bytes * vector;
    this.#hal.write('memory', at, 4, lo32(address));
    this.#hal.write('memory', at + ENTRY.high, 4, hi32(address));
    this.#hal.write('memory', at + ENTRY.data, 4, data);
    this.mask(vector, false);
  }

  /** Holds the messages of `vector` back, or lets them go. */
  mask(vector: number, masked: boolean): void {
    const at = this.#table + ENTRY.bytes * vector + ENTRY.control;
    this.#hal.write('memory', at, 4, masked ? 1 : 0);
  }
}
