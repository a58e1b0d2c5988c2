import type { PropertyTable } from '../../qom/property.ts';
import { bit, u32 } from '../../qom/property.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import type { VirtioDevice } from '../../virtio/virtio-device.ts';
import { BASE_PROPERTIES, KIND_PROPERTIES, MODE_PROPERTIES } from './properties.ts';
import { VirtioPci, type VirtioPciKind } from './virtio-pci.ts';

/** One family of transports: `virtio-X-pci`, its `-base`, `-transitional` and `-non-transitional`. */
interface Family extends VirtioPciKind {
  /** `virtio-blk-pci`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly properties: PropertyTable;
}

const FAMILIES: readonly Family[] = [
  {
    name: 'virtio-blk-pci',
    aliases: ['virtio-blk'],
    deviceType: 'virtio-blk-device',
    pciId: 0x1001,
    classCode: 0x0100,
    properties: KIND_PROPERTIES,
    vectors: (device: VirtioDevice) => device.queues.length + 1,
  },
  {
    name: 'virtio-rng-pci',
    aliases: ['virtio-rng'],
    deviceType: 'virtio-rng-device',
    pciId: 0x1005,
    classCode: 0x00ff,
    properties: { ioeventfd: bit(true), vectors: u32(0xffff_ffff) },
    vectors: () => 2,
  },
];

/** Registers the virtio-pci transport and every device's PCI types. */
export function registerVirtioPci(registry: TypeRegistry): void {
  registry.register({ name: 'virtio-pci-bus', parent: 'virtio-bus' });
  registry.register({
    name: 'virtio-pci',
    parent: 'pci-device',
    abstract: true,
    properties: BASE_PROPERTIES,
    defaults: { class: 0 },
  });
  for (const family of FAMILIES) {
    const base = `${family.name}-base`;
    registry.register({
      name: base,
      parent: 'virtio-pci',
      abstract: true,
      properties: family.properties,
      create: (init) => new VirtioPci(init, family),
    });
    registry.register({
      name: family.name,
      parent: base,
      properties: MODE_PROPERTIES,
      ...(family.aliases && { aliases: family.aliases }),
    });
    registry.register({
      name: `${family.name}-transitional`,
      parent: base,
      defaults: { 'disable-legacy': 'off', 'disable-modern': false },
    });
    registry.register({
      name: `${family.name}-non-transitional`,
      parent: base,
      defaults: { 'disable-legacy': 'on', 'disable-modern': false },
    });
  }
}
