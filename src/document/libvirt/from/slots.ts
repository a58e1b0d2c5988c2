import type { Element } from '../xml.ts';
import type { Platform } from './reader.ts';

/** Where a PCI device goes, in the words of `-device`. */
export interface Placed {
  readonly bus: string;
  readonly addr: string;
  readonly multifunction?: string | undefined;
}

/** A root port that has to be made: where it goes, and the number in its capability. */
export interface NewPort {
  readonly number: number;
  readonly addr: string;
  readonly multifunction: string | undefined;
}

const SLOTS = 32;

/**
 * Places for devices whose address the domain leaves to libvirt: on a PCI root bus the next free
 * slot, on PCI Express a root port each, eight of them to a slot, as libvirt does.
 */
export class Slots {
  readonly #root: string;
  readonly #used = new Set<number>();
  #nextIndex = 1;
  #portSlot = -1;
  #portFunction = 8;
  /** Slot that waits for the primary display; undefined once it has come, or where another device has it. */
  #display: number | undefined;

  constructor(platform: Platform, devices: Element | undefined) {
    this.#root = platform.pciRoot ?? 'pci.0';
    // Slot 0 is the host bridge; PCs keep the next ones for the chipset and the primary display.
    const own = platform.ide ? [0, 1] : platform.sata ? [0, 0x1f] : [0];
    for (const slot of own) this.#used.add(slot);
    for (const device of devices?.children ?? []) {
      const address = device.child('address');
      if (address?.attr('type') === 'pci' && Number(address.attr('bus') ?? 0) === 0)
        this.#used.add(Number(address.attr('slot') ?? 0));
      if (device.name === 'controller' && device.attr('type') === 'pci')
        this.#nextIndex = Math.max(this.#nextIndex, Number(device.attr('index') ?? 0) + 1);
    }
    if (!(this.#nextIndex < 1 << 16)) this.#nextIndex = 1;
    const display = platform.ide ? 2 : 1;
    if (!this.#used.has(display)) this.#display = display;
    this.#used.add(display);
  }

  /** `integrated`: on the root bus even where that is PCI Express. `makePort` answers the new port's id. */
  free(integrated: boolean, makePort: (index: number, port: NewPort) => string): Placed {
    if (integrated || this.#root !== 'pcie.0') {
      const slot = (integrated ? this.#display : undefined) ?? this.#take();
      if (slot === this.#display) this.#display = undefined;
      return { bus: this.#root, addr: hex(slot) };
    }
    if (this.#portFunction > 7) {
      this.#portSlot = this.#take();
      this.#portFunction = 0;
    }
    const fn = this.#portFunction++;
    const addr = fn === 0 ? hex(this.#portSlot) : `${hex(this.#portSlot)}.${hex(fn)}`;
    const port = {
      number: this.#portSlot * 8 + fn,
      addr,
      multifunction: fn === 0 ? 'on' : undefined,
    };
    return { bus: makePort(this.#nextIndex++, port), addr: '0x0' };
  }

  #take(): number {
    for (let slot = 1; slot < SLOTS; slot++)
      if (!this.#used.has(slot)) {
        this.#used.add(slot);
        return slot;
      }
    // Full: QEMU says so better than anyone.
    return SLOTS - 1;
  }
}

const hex = (value: number): string => `0x${value.toString(16)}`;
