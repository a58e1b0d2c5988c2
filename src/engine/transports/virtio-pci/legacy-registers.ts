import { alignUp } from '../../../base/bits.ts';
import { PCI_COMMAND, PCI_CONFIG } from '../../../spec/pci.ts';
import type { Handlers } from '../../../spec/registers.ts';
import { SPLIT, STATUS } from '../../../spec/virtio.ts';
import { VIRTIO_PCI_LEGACY } from '../../../spec/virtio-pci.ts';
import { readDeviceConfig, writeDeviceConfig } from '../device-config.ts';
import { VIRTIO_QUEUE_MAX } from './common-registers.ts';
import type { VirtioPci } from './virtio-pci.ts';

/** Unit of `queue_address`, and alignment of the legacy used ring (VIRTIO 1.4 §2.7.2). */
const LEGACY_PAGE = 4096;
/** A driver that accepts this bit has not looked at what is offered (VIRTIO 1.4 §2.2.3). */
const BAD_FEATURE = 1 << 30;

/** Bytes of the legacy header without and with the MSI-X vectors (VIRTIO 1.4 §4.1.4.10). */
export const LEGACY_HEADER = { plain: 20, msix: 24 } as const;

/** Behaviour of the legacy I/O header. */
const HANDLERS: Handlers<typeof VIRTIO_PCI_LEGACY, VirtioPci> = {
  device_features: { read: ({ vdev }) => Number(vdev.deviceFeatures & 0xffff_ffffn) },
  driver_features: {
    read: ({ vdev }) => Number(vdev.driverFeatures & 0xffff_ffffn),
    write: ({ vdev }, value) => vdev.setDriverFeatures(value & BAD_FEATURE ? 0n : BigInt(value)),
  },
  queue_address: {
    read: ({ selected }) => Math.floor((selected?.vq.addresses.desc ?? 0) / LEGACY_PAGE) >>> 0,
    write: (pci, value) => {
      if (value === 0) pci.resetByDriver();
      else placeQueue(pci, value * LEGACY_PAGE);
    },
  },
  queue_size: { read: ({ selected }) => selected?.vq.size ?? 0 },
  queue_select: {
    read: ({ vdev }) => vdev.queueSel,
    write: ({ vdev }, value) => {
      if (value < VIRTIO_QUEUE_MAX) vdev.queueSel = value;
    },
  },
  queue_notify: { read: () => 0xffff_ffff, write: ({ vdev }, value) => vdev.notified(value) },
  device_status: {
    read: ({ vdev }) => vdev.status,
    write: (pci, value) => {
      pci.writeStatus(value & 0xff);
      // Linux before 2.6.34 never enables bus mastering: QEMU does it for the driver.
      if (value === (STATUS.ACKNOWLEDGE | STATUS.DRIVER))
        pci.configWrite(
          PCI_CONFIG.Command.offset,
          1,
          pci.config.get(PCI_CONFIG.Command.offset, 1) | PCI_COMMAND.MASTER,
        );
    },
  },
  isr_status: { read: (pci) => pci.interrupts.acknowledge() },
};

/** Puts a whole queue at `base`, laid out as legacy devices want it (VIRTIO 1.4 §2.7.2). */
function placeQueue(pci: VirtioPci, base: number): void {
  const size = pci.selected?.vq.size ?? 0;
  const driver = base + SPLIT.descTable(size);
  const device = alignUp(driver + SPLIT.usedEvent(size), LEGACY_PAGE);
  pci.vdev.enableQueue(pci.vdev.queueSel, { desc: base, driver, device });
}

interface AnyHandler {
  read?(pci: VirtioPci): number;
  write?(pci: VirtioPci, value: number): void;
}

const BY_OFFSET: ReadonlyMap<number, AnyHandler> = new Map<number, AnyHandler>([
  ...Object.entries(VIRTIO_PCI_LEGACY).map(
    ([name, { offset }]) =>
      [offset, HANDLERS[name as keyof typeof HANDLERS] as AnyHandler] as const,
  ),
  [
    LEGACY_HEADER.plain,
    {
      read: ({ vdev }) => vdev.configVector,
      write: (pci, value) => {
        pci.interrupts.assignConfig(value);
      },
    },
  ],
  [
    LEGACY_HEADER.plain + 2,
    {
      read: (pci) => pci.interrupts.queueVector,
      write: (pci, value) => {
        pci.interrupts.queueVector = value;
      },
    },
  ],
]);

/** Reads the I/O BAR; what lies behind the header is the device configuration. */
export function legacyRead(pci: VirtioPci, offset: number, size: number): number {
  const header = pci.msixEnabled ? LEGACY_HEADER.msix : LEGACY_HEADER.plain;
  if (offset >= header) return readDeviceConfig(pci.vdev, offset - header, size);
  return BY_OFFSET.get(offset)?.read?.(pci) ?? 0xffff_ffff;
}

/** Writes the I/O BAR. */
export function legacyWrite(pci: VirtioPci, offset: number, size: number, value: number): void {
  const header = pci.msixEnabled ? LEGACY_HEADER.msix : LEGACY_HEADER.plain;
  if (offset >= header) writeDeviceConfig(pci.vdev, offset - header, size, value);
  else BY_OFFSET.get(offset)?.write?.(pci, value);
}
