import { hex } from '../../base/bits.ts';
import { PCI_CAP, PCI_CONFIG, PCI_STATUS, PCI_VENDOR_VIRTIO } from '../../spec/pci.ts';
import {
  VIRTIO_PCI_CAP_LAYOUT as LAYOUT,
  VIRTIO_PCI_CAP,
  VIRTIO_PCI_VENDOR_DATA,
} from '../../spec/virtio-pci.ts';
import type { PciFunction } from './pci-function.ts';

/** Capabilities fit between the header and byte 256, four bytes each at least: more is a loop. */
const MOST = (0x100 - 0x40) / 4;

const NAMES: Readonly<Record<number, string>> = {
  [PCI_CAP.PM]: 'power management',
  [PCI_CAP.VENDOR]: 'vendor-specific',
  [PCI_CAP.EXPRESS]: 'PCI Express',
  [PCI_CAP.MSIX]: 'MSI-X',
};

/** One entry of a function's capability list (PCI 3.0 §6.7). */
export class PciCapability {
  /** Capability ID. */
  readonly id: number;
  /** Offset in configuration space. */
  readonly at: number;

  /** @internal */
  constructor(id: number, at: number) {
    this.id = id;
    this.at = at;
  }

  /** What the ID means. */
  get name(): string {
    return NAMES[this.id] ?? `capability ${hex(this.id, 2)}`;
  }

  toString(): string {
    return `${hex(this.at, 2)}: ${this.name}`;
  }
}

/** A virtio structure's place: a range of a BAR (VIRTIO 1.4 §4.1.4). */
export class VirtioPciCapability extends PciCapability {
  /** Which structure: `VIRTIO_PCI_CAP_COMMON_CFG` and so on. */
  readonly cfgType: number;
  /** BAR that holds the structure, 0 to 5. */
  readonly bar: number;
  /** Start of the structure in the BAR, in bytes. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /** `notify_off_multiplier` of the notification structure, else 0 (VIRTIO 1.4 §4.1.4.4). */
  readonly notifyOffMultiplier: number;

  /** @internal */
  constructor(
    at: number,
    cfgType: number,
    bar: number,
    offset: number,
    length: number,
    extra: number,
  ) {
    super(PCI_CAP.VENDOR, at);
    this.cfgType = cfgType;
    this.bar = bar;
    this.offset = offset;
    this.length = length;
    this.notifyOffMultiplier = extra;
  }

  override get name(): string {
    const types = Object.entries(VIRTIO_PCI_CAP);
    return types.find(([, value]) => value === this.cfgType)?.[0] ?? super.name;
  }

  override toString(): string {
    // The access capability is a window that the driver moves: it names no place of its own.
    if (this.cfgType === VIRTIO_PCI_CAP.PCI_CFG) return super.toString();
    const place = `BAR${this.bar} + ${hex(this.offset, 4)}, ${this.length} bytes`;
    return `${super.toString()} at ${place}`;
  }
}

/** Data in a format that only its vendor knows, for debugging and reports (VIRTIO 1.4 §4.1.4.8). */
export class VirtioVendorData extends PciCapability {
  /** Whose format it is, as PCI vendor ID. */
  readonly vendorId: number;

  /** @internal */
  constructor(at: number, vendorId: number) {
    super(PCI_CAP.VENDOR, at);
    this.vendorId = vendorId;
  }

  override get name(): string {
    return `VENDOR_CFG of vendor ${hex(this.vendorId, 4)}`;
  }
}

/** Walks the capability list of `fn`. Throws where the list does not end. */
export function walkCapabilities(fn: PciFunction): PciCapability[] {
  const found: PciCapability[] = [];
  if (!(fn.config16(PCI_CONFIG.Status.offset) & PCI_STATUS.CAP_LIST)) return found;
  let at = fn.config8(PCI_CONFIG.CapabilitiesPointer.offset) & 0xfc;
  while (at !== 0) {
    if (found.length === MOST) throw new Error(`${fn}: the capability list does not end`);
    const head = fn.config32(at);
    found.push(decode(fn, at, head));
    at = (head >>> 8) & 0xfc;
  }
  return found;
}

/** `head` is the capability's first word: ID, next, length, cfg_type. */
function decode(fn: PciFunction, at: number, head: number): PciCapability {
  const id = head & 0xff;
  if (id !== PCI_CAP.VENDOR || fn.vendorId !== PCI_VENDOR_VIRTIO) return new PciCapability(id, at);
  const cfgType = head >>> 24;
  if (cfgType === VIRTIO_PCI_CAP.VENDOR_CFG)
    return new VirtioVendorData(at, fn.config16(at + VIRTIO_PCI_VENDOR_DATA.vendor_id));
  // Other types are reserved, and so is what such a capability holds (VIRTIO 1.4 §4.1.4.1).
  if (!Object.values<number>(VIRTIO_PCI_CAP).includes(cfgType)) return new PciCapability(id, at);
  const bar = fn.config8(at + LAYOUT.bar);
  const offset = fn.config32(at + LAYOUT.offset);
  const length = fn.config32(at + LAYOUT.length);
  const extra = cfgType === VIRTIO_PCI_CAP.NOTIFY_CFG ? fn.config32(at + LAYOUT.extra) : 0;
  return new VirtioPciCapability(at, cfgType, bar, offset, length, extra);
}
