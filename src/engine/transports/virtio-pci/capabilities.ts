import type { IoHandler } from '../../../memory/io-handler.ts';
import { PCI_CAP } from '../../../spec/pci.ts';
import { VIRTIO_PCI_CAP_LAYOUT as CAP, VIRTIO_PCI_CAP } from '../../../spec/virtio-pci.ts';
import type { ConfigSpace } from '../../hw/pci/config-space.ts';

/** Where a structure lies in its BAR, and its size, in bytes. */
export interface Place {
  readonly offset: number;
  readonly size: number;
}

/** A structure with its registers. */
export interface Structure extends Place {
  readonly handler: IoHandler;
}

/** Adds a vendor capability that tells where a structure is (VIRTIO 1.4 §4.1.4); returns its offset. */
export function addStructure(
  config: ConfigSpace,
  type: number,
  length: number,
  bar: number,
  { offset, size }: Place,
): number {
  const at = config.addCapability(PCI_CAP.VENDOR, length);
  config.put(at + CAP.cap_len, 1, length);
  config.put(at + CAP.cfg_type, 1, type);
  config.put(at + CAP.bar, 1, bar);
  config.put(at + CAP.offset, 4, offset);
  config.put(at + CAP.length, 4, size);
  return at;
}

/**
 * The window in configuration space on the structures of a function (VIRTIO 1.4 §4.1.4.9). As in
 * QEMU the driver's choice of a BAR is kept and not looked at.
 */
export class ConfigAccess {
  readonly #config: ConfigSpace;
  /** As they are searched. */
  readonly #structures: readonly Structure[];
  /** Offset of the capability. */
  readonly #at: number;

  constructor(config: ConfigSpace, structures: readonly Structure[]) {
    this.#config = config;
    this.#structures = structures;
    this.#at = addStructure(config, VIRTIO_PCI_CAP.PCI_CFG, 20, 0, { offset: 0, size: 0 });
    config.allowWrites(this.#at + CAP.bar, 1, 0xff);
    config.allowWrites(this.#at + CAP.offset, 4, 0xffff_ffff);
    config.allowWrites(this.#at + CAP.length, 4, 0xffff_ffff);
    config.allowWrites(this.#at + CAP.extra, 4, 0xffff_ffff);
  }

  /** Whether an access to configuration space meets the window's data. */
  touches(offset: number, size: number): boolean {
    const data = this.#at + CAP.extra;
    return offset < data + 4 && offset + size > data;
  }

  /** Carries the access through that the driver has set up. */
  access(write: boolean): void {
    const config = this.#config;
    const length = config.get(this.#at + CAP.length, 4);
    if (length !== 1 && length !== 2 && length !== 4) return;
    const raw = config.get(this.#at + CAP.offset, 4);
    const start = raw - (raw % length);
    const found = this.#structures.find(
      ({ offset, size }) => start >= offset && start + length <= offset + size,
    );
    if (!found) return;
    const data = this.#at + CAP.extra;
    const at = start - found.offset;
    if (write) found.handler.write(at, length, config.get(data, length));
    else config.put(data, length, found.handler.read(at, length));
  }
}
