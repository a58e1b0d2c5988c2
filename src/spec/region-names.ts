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
