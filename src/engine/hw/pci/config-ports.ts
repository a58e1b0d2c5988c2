import { allOnes } from '../../../base/bits.ts';
import { MemoryRegion } from '../../../memory/memory-region.ts';
import { PCI_PORTS } from '../../../spec/pci-ports.ts';
import { REGION_INDEX } from '../../../spec/regions.ts';
import type { State } from '../../qom/state.ts';
import type { PciDevice } from './pci-device.ts';

/** Bytes of a function's configuration space that this mechanism reaches. */
const CONFIG_BYTES = 256;
const ENABLE = 0x8000_0000;

/** Configuration mechanism #1: CONFIG_ADDRESS and CONFIG_DATA (PCI 3.0 §3.2.2.3.2). */
export class ConfigPorts {
  /** Four ports each, for the host bridge to place. */
  readonly address: MemoryRegion;
  readonly data: MemoryRegion;
  /** The function at a bus number and `slot * 8 + function`, or undefined. */
  readonly #find: (bus: number, devfn: number) => PciDevice | undefined;
  /** CONFIG_ADDRESS. Written by the guest, cleared by a reset. */
  #selected = 0;

  /** `dev`: the host bridge's number in journal events. */
  constructor(dev: number, find: (bus: number, devfn: number) => PciDevice | undefined) {
    this.#find = find;
    const region = REGION_INDEX['pci-config-ports'];
    this.address = MemoryRegion.io('pci-conf-idx', 4, {
      dev,
      region,
      read: (_offset, size) => this.#selected % 2 ** (8 * size),
      write: (offset, size, value) => {
        // Only a whole aligned word reaches the register.
        if (offset === 0 && size === 4) this.#selected = value >>> 0;
      },
    });
    this.data = MemoryRegion.io('pci-conf-data', 4, {
      dev,
      region,
      origin: PCI_PORTS.CONFIG_DATA.offset,
      read: (offset, size) => this.#read(offset, size),
      write: (offset, size, value) => this.#write(offset, size, value),
    });
  }

  reset(): void {
    this.#selected = 0;
  }

  saveState(): State {
    return { selected: this.#selected };
  }

  loadState(state: State): void {
    this.#selected = state.selected as number;
  }

  #function(): PciDevice | undefined {
    return this.#find((this.#selected >>> 16) & 0xff, (this.#selected >>> 8) & 0xff);
  }

  #read(low: number, size: number): number {
    if (this.#selected < ENABLE) return allOnes(size);
    const offset = (this.#selected & 0xff) | low;
    // Beyond the end there is nothing to add to what was read.
    const within = Math.min(size, CONFIG_BYTES - offset);
    return this.#function()?.configRead(offset, within) ?? allOnes(size);
  }

  #write(low: number, size: number, value: number): void {
    if (this.#selected < ENABLE) return;
    this.#function()?.configWrite((this.#selected & 0xff) | low, size, value);
  }
}
