import type { IoHandler } from '../../../memory/io-handler.ts';
import { MemoryRegion } from '../../../memory/memory-region.ts';
import { REGION_INDEX } from '../../../spec/regions.ts';
import { VIRTIO_PCI_CAP_LAYOUT as CAP, VIRTIO_PCI_CAP } from '../../../spec/virtio-pci.ts';
import { addRegion } from '../../qdev/regions.ts';
import { readDeviceConfig, writeDeviceConfig } from '../device-config.ts';
import { addStructure, type Place, type Structure } from './capabilities.ts';
import { COMMON_BY_OFFSET, VIRTIO_QUEUE_MAX } from './common-registers.ts';
import type { VirtioPci, VirtioPciLayout } from './virtio-pci.ts';

/** Places of the structures in the modern BAR, and their sizes: QEMU's layout. */
const COMMON = { offset: 0x0000, size: 0x1000 };
const ISR = { offset: 0x1000, size: 0x1000 };
const DEVICE = { offset: 0x2000, size: 0x1000 };
const NOTIFY_OFFSET = 0x3000;
const PIO_NOTIFY_SIZE = 4;

/** Bytes of a BAR that has room for the structures. */
export function modernBarSize(notifyMultiplier: number): number {
  return 2 ** Math.ceil(Math.log2(NOTIFY_OFFSET + notifyMultiplier * VIRTIO_QUEUE_MAX));
}

/** Registers of one structure, as the driver of `pci` reaches them. */
export function structureHandler(
  pci: VirtioPci,
  region: keyof typeof REGION_INDEX,
  read: (offset: number, size: number) => number,
  write: (offset: number, size: number, value: number) => void = () => {},
): IoHandler {
  return { dev: pci.vdev.dev, region: REGION_INDEX[region], read, write };
}

/** How the doorbells of a function are laid out. */
interface Doorbells {
  /** Bytes between two. */
  readonly multiplier: number;
  /** Whether each has a page. */
  readonly pagePerQueue: boolean;
  /** Whether there is one at an I/O port besides. */
  readonly byPort: boolean;
}

/**
 * Puts the structures into the modern BAR, and a capability for each into configuration space
 * (VIRTIO 1.4 §4.1.4). `port` is the I/O BAR with the doorbell, where one is asked for.
 */
export function addModernStructures(
  pci: VirtioPci,
  bar: MemoryRegion,
  layout: VirtioPciLayout,
  doorbells: Doorbells,
): { structures: readonly Structure[]; port: MemoryRegion | undefined } {
  const { config, vdev } = pci;
  const { common, isr, device, notify } = places(layout, bar.size, doorbells);
  const structures: Structure[] = [];
  const make = (name: string, place: Place, handler: IoHandler) => {
    structures.push({ ...place, handler });
    const region = MemoryRegion.io(`virtio-pci-${name}-${vdev.deviceName}`, place.size, handler);
    return addRegion(pci, region);
  };
  const put = (name: string, place: Place, handler: IoHandler) =>
    bar.addSubregion(place.offset, make(name, place, handler));
  put('common', common, commonHandler(pci));
  put(
    'isr',
    isr,
    structureHandler(pci, 'virtio-pci-isr', () => pci.interrupts.acknowledge()),
  );
  put(
    'device',
    device,
    structureHandler(
      pci,
      'virtio-pci-device',
      (offset, size) => readDeviceConfig(vdev, offset, size),
      (offset, size, value) => writeDeviceConfig(vdev, offset, size, value),
    ),
  );
  // The address tells the queue; what is written is not looked at (QEMU 7.2).
  put(
    'notify',
    notify,
    structureHandler(
      pci,
      'virtio-pci-notify',
      () => 0,
      (offset, size, value) =>
        vdev.notified(
          Math.floor(offset / doorbells.multiplier),
          size === 4 ? value >>> 16 : undefined,
        ),
    ),
  );
  // The region of the port is there in any case, and a window on the structures can reach it.
  const port = make(
    'notify-pio',
    { offset: 0, size: PIO_NOTIFY_SIZE },
    structureHandler(
      pci,
      'virtio-pci-notify',
      () => 0,
      (_offset, size, value) => vdev.notifiedBy(value, size),
    ),
  );
  addStructure(config, VIRTIO_PCI_CAP.COMMON_CFG, 16, layout.modern, common);
  addStructure(config, VIRTIO_PCI_CAP.ISR_CFG, 16, layout.modern, isr);
  addStructure(config, VIRTIO_PCI_CAP.DEVICE_CFG, 16, layout.modern, device);
  const cap = addStructure(config, VIRTIO_PCI_CAP.NOTIFY_CFG, 20, layout.modern, notify);
  config.put(cap + CAP.extra, 4, doorbells.multiplier);
  return { structures, port: doorbells.byPort ? addPioNotify(pci, layout, port) : undefined };
}

function places(layout: VirtioPciLayout, bar: number, { multiplier, pagePerQueue }: Doorbells) {
  const size = multiplier * VIRTIO_QUEUE_MAX;
  if (!layout.atEnd)
    return { common: COMMON, isr: ISR, device: DEVICE, notify: { offset: NOTIFY_OFFSET, size } };
  // Without a page for each queue the BAR has no room to spare, and the first two share a page.
  const head = pagePerQueue ? COMMON.size : COMMON.size / 2;
  const notify = { offset: bar - size, size };
  const device = { offset: notify.offset - DEVICE.size, size: DEVICE.size };
  const isr = { offset: device.offset - head, size: head };
  return { common: { offset: isr.offset - head, size: head }, isr, device, notify };
}

function addPioNotify(pci: VirtioPci, layout: VirtioPciLayout, port: MemoryRegion): MemoryRegion {
  const region = addRegion(pci, MemoryRegion.container('virtio-pci-io', PIO_NOTIFY_SIZE));
  region.addSubregion(0, port);
  const place = { offset: 0, size: PIO_NOTIFY_SIZE };
  const cap = addStructure(pci.config, VIRTIO_PCI_CAP.NOTIFY_CFG, 20, layout.pioNotify, place);
  pci.config.put(cap + CAP.extra, 4, 0);
  return region;
}

function commonHandler(pci: VirtioPci): IoHandler {
  return structureHandler(
    pci,
    'virtio-pci-common',
    (offset, size) => (COMMON_BY_OFFSET.get(offset)?.read?.(pci) ?? 0) % 2 ** (8 * size),
    (offset, _size, value) => COMMON_BY_OFFSET.get(offset)?.write?.(pci, value),
  );
}
