/** Names of the regions that a register event can name: an event's `region` is an index into this list. */
export const REGION_NAMES = [
  'pci-config-ports',
  'pci-config',
  'virtio-pci-common',
  'virtio-pci-isr',
  'virtio-pci-device',
  'virtio-pci-notify',
  'virtio-pci-legacy',
  'msix-table',
  'msix-pba',
  'virtio-mmio',
  'pci-ecam',
  'acpi-pci-hotplug',
  'fw-cfg-ports',
] as const;

/** Names of the regions that events can name. */
export type RegionName = (typeof REGION_NAMES)[number];

/** Index of a region, as events have it. */
export const REGION_INDEX = Object.fromEntries(
  REGION_NAMES.map((name, i) => [name, i]),
) as Readonly<Record<RegionName, number>>;

/** Regions of which a reset of the virtio device by its driver changes registers (VIRTIO 1.4 §2.4). */
export const RESET_BY_DRIVER: ReadonlySet<number> = new Set([
  REGION_INDEX['virtio-pci-common'],
  REGION_INDEX['virtio-pci-isr'],
  REGION_INDEX['virtio-pci-device'],
  REGION_INDEX['virtio-pci-notify'],
  REGION_INDEX['virtio-pci-legacy'],
  REGION_INDEX['virtio-mmio'],
]);

/**
 * Registers that everything in the page knows, by region: their offsets, so that nobody has to bring whole
 * tables for them. The device status, where a written 0 resets the device (VIRTIO 1.4 §2.4), …
 */
export const STATUS_OFFSET: ReadonlyMap<number, number> = new Map([
  [REGION_INDEX['virtio-pci-common'], 0x14],
  [REGION_INDEX['virtio-pci-legacy'], 0x12],
  [REGION_INDEX['virtio-mmio'], 0x70],
]);

/** … and the doorbell, where it is one of many (VIRTIO 1.4 §4.1.4.8, VIRTIO 1.4 §4.2.2). */
export const NOTIFY_OFFSET: ReadonlyMap<number, number> = new Map([
  [REGION_INDEX['virtio-pci-legacy'], 0x10],
  [REGION_INDEX['virtio-mmio'], 0x50],
]);
