import type { TypeRegistry } from '../../qom/type.ts';
import { DISPLAY_FAMILIES, DISPLAY_PARENTS } from './families/display.ts';
import { type Family, registerFamily } from './families/family.ts';
import { INPUT_FAMILIES, INPUT_PARENTS } from './families/input.ts';
import { IOMMU_FAMILIES } from './families/iommu.ts';
import { MEMORY_FAMILIES } from './families/memory.ts';
import { NETWORK_FAMILIES } from './families/network.ts';
import { PLAIN_FAMILIES } from './families/plain.ts';
import { SERIAL_FAMILIES } from './families/serial.ts';
import { SHARING_FAMILIES } from './families/sharing.ts';
import { STORAGE_FAMILIES } from './families/storage.ts';
import { BASE_PROPERTIES } from './properties.ts';

const FAMILIES: readonly Family[] = [
  ...STORAGE_FAMILIES,
  ...NETWORK_FAMILIES,
  ...SERIAL_FAMILIES,
  ...PLAIN_FAMILIES,
  ...MEMORY_FAMILIES,
  ...SHARING_FAMILIES,
  ...INPUT_FAMILIES,
  ...DISPLAY_FAMILIES,
  ...IOMMU_FAMILIES,
];

/** Registers the virtio-pci transport and the PCI types of every device that the program of `arch` has. */
export function registerVirtioPci(registry: TypeRegistry, arch: string): void {
  registry.register({ name: 'virtio-pci-bus', parent: 'virtio-bus' });
  registry.register({
    name: 'virtio-pci',
    parent: 'pci-device',
    abstract: true,
    properties: BASE_PROPERTIES,
    defaults: { class: 0 },
  });
  for (const type of [...INPUT_PARENTS, ...DISPLAY_PARENTS]) registry.register(type);
  for (const family of FAMILIES) {
    if (family.arches && !family.arches.includes(arch)) continue;
    // There the short names stand for devices on the channel subsystem.
    registerFamily(registry, arch === 's390x' ? { ...family, aliases: [] } : family);
  }
}
