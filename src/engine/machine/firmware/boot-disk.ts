import { alignUp } from '../../../base/bits.ts';
import { VIRTIO_BLK_T } from '../../../spec/blk.ts';
import { PCI_CAP, PCI_CONFIG } from '../../../spec/pci.ts';
import {
  SPLIT,
  STATUS,
  VIRTQ_AVAIL_F_NO_INTERRUPT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
} from '../../../spec/virtio.ts';
import {
  VIRTIO_PCI_CAP_LAYOUT as CAP,
  VIRTIO_PCI_COMMON as COMMON,
  VIRTIO_PCI_CAP,
} from '../../../spec/virtio-pci.ts';
import type { ConfigCycles, CpuBus } from './config-cycles.ts';
import { findCapability, type PciFunction } from './pci-functions.ts';

/** Bytes that the rings of one queue get: entries are never more than 256. */
export const RING_BYTES = 3 * 4096;
const MOST_ENTRIES = 256;
/** What the driver knows: SEG_MAX, BLK_SIZE, and of the upper half VERSION_1 and ACCESS_PLATFORM. */
const KNOWN_LOW = 0x46;
const KNOWN_HIGH = 0x3;
/** Where a boot sector goes, and a request beside the firmware's stack. */
const BOOT_SECTOR = 0x7c00;
const REQUEST = 0x6f00;
const REQUEST_STATUS = 0x6f10;
const SECTOR = 512;

/** A structure of the device, by guest-physical address. */
interface Structures {
  readonly common: number;
  readonly isr: number;
  readonly notify: number;
  readonly multiplier: number;
}

/** SeaBIOS's driver for a modern virtio-blk function: one queue, no interrupts. */
export class BootDisk {
  readonly #bus: CpuBus;
  readonly #at: Structures;
  /** Guest-physical addresses of the rings. */
  #desc = 0;
  #avail = 0;
  #entries = 0;

  private constructor(bus: CpuBus, at: Structures) {
    this.#bus = bus;
    this.#at = at;
  }

  /** The driver of `one`, or undefined where the function has no modern interface. */
  static find(bus: CpuBus, config: ConfigCycles, one: PciFunction): BootDisk | undefined {
    const found = new Map<number, { address: number; cap: number }>();
    let cap = findCapability(config, one.address, PCI_CAP.VENDOR);
    for (; cap !== 0; cap = findCapability(config, one.address, PCI_CAP.VENDOR, cap)) {
      const kind = config.read(one.address, cap + CAP.cfg_type, 1);
      const bar = PCI_CONFIG.BAR0.offset + 4 * config.read(one.address, cap + CAP.bar, 1);
      const base = config.read(one.address, bar, 4) & 0xffff_fff0;
      const address = (base >>> 0) + config.read(one.address, cap + CAP.offset, 4);
      if (!found.has(kind)) found.set(kind, { address, cap });
    }
    const common = found.get(VIRTIO_PCI_CAP.COMMON_CFG);
    const isr = found.get(VIRTIO_PCI_CAP.ISR_CFG);
    const notify = found.get(VIRTIO_PCI_CAP.NOTIFY_CFG);
    if (!common || !isr || !notify) return undefined;
    return new BootDisk(bus, {
      common: common.address,
      isr: isr.address,
      notify: notify.address,
      multiplier: config.read(one.address, notify.cap + CAP.extra, 4),
    });
  }

  /** Initialises the device (VIRTIO 1.4 §3.1.1), its rings in `RING_BYTES` from `rings` on; false where it refuses. */
  start(rings: number): boolean {
    this.#setStatus(0);
    let status: number = STATUS.ACKNOWLEDGE | STATUS.DRIVER;
    this.#setStatus(status);
    this.#accept(0, KNOWN_LOW);
    this.#accept(1, KNOWN_HIGH);
    status |= STATUS.FEATURES_OK;
    this.#setStatus(status);
    if (this.#common('device_status') !== status) return false;
    this.#setCommon('queue_select', 0);
    const offered = this.#common('queue_size');
    this.#entries = Math.min(offered, MOST_ENTRIES);
    if (this.#entries < offered) this.#setCommon('queue_size', this.#entries);
    this.#desc = rings;
    this.#avail = rings + SPLIT.descSize * this.#entries;
    const used = alignUp(this.#avail + SPLIT.availEntry(this.#entries), 4096);
    this.#setCommon('queue_desc_lo', this.#desc);
    this.#setCommon('queue_driver_lo', this.#avail);
    this.#setCommon('queue_device_lo', used);
    for (const area of ['queue_desc_hi', 'queue_driver_hi', 'queue_device_hi'] as const)
      this.#setCommon(area, 0);
    this.#setCommon('queue_enable', 1);
    this.#memory(this.#avail, 2, VIRTQ_AVAIL_F_NO_INTERRUPT);
    this.#setStatus(status | STATUS.DRIVER_OK);
    return true;
  }

  /** Reads the first sector, as if to boot from it. */
  readBootSector(): void {
    for (let i = 0; i < 4; i++) this.#memory(REQUEST + 4 * i, 4, 0);
    this.#memory(REQUEST, 4, VIRTIO_BLK_T.IN);
    this.#memory(REQUEST_STATUS, 1, 0xff);
    this.#describe(0, REQUEST, 16, VIRTQ_DESC_F_NEXT);
    this.#describe(1, BOOT_SECTOR, SECTOR, VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE);
    this.#describe(2, REQUEST_STATUS, 1, VIRTQ_DESC_F_WRITE);
    this.#memory(this.#avail + SPLIT.availEntry(0), 2, 0);
    this.#memory(this.#avail + SPLIT.availIdx, 2, 1);
    const off = this.#common('queue_notify_off');
    this.#memory(this.#at.notify + off * this.#at.multiplier, 2, 0);
    this.#bus.read('memory', this.#at.isr, 1);
  }

  #describe(index: number, address: number, length: number, flags: number): void {
    const at = this.#desc + SPLIT.descSize * index;
    this.#memory(at, 4, address);
    this.#memory(at + 4, 4, 0);
    this.#memory(at + 8, 4, length);
    this.#memory(at + 12, 2, flags);
    this.#memory(at + 14, 2, index + 1);
  }

  /** Accepts of a half of the offered features what is known. */
  #accept(half: 0 | 1, known: number): void {
    this.#setCommon('device_feature_select', half);
    const offered = this.#common('device_feature');
    this.#setCommon('driver_feature_select', half);
    this.#setCommon('driver_feature', (offered & known) >>> 0);
  }

  #setStatus(status: number): void {
    this.#setCommon('device_status', status);
  }

  #common(name: keyof typeof COMMON): number {
    const { offset, width } = COMMON[name];
    return this.#bus.read('memory', this.#at.common + offset, width);
  }

  #setCommon(name: keyof typeof COMMON, value: number): void {
    const { offset, width } = COMMON[name];
    this.#memory(this.#at.common + offset, width, value);
  }

  #memory(addr: number, size: 1 | 2 | 4, value: number): void {
    this.#bus.write('memory', addr, size, value);
  }
}
