import type { TypeRegistry } from '../../qom/type.ts';
import { S390PciHost } from './s390-pcihost.ts';
import { ZPCI_PROPERTIES, ZpciDevice } from './zpci.ts';

/** Registers PCI on s390x. Needs `pci-host-bridge`. */
export function registerS390Pci(registry: TypeRegistry): void {
  registry.register({ name: 's390-pcibus', parent: 'bus' });
  registry.register({
    name: 's390-pcihost',
    parent: 'pci-host-bridge',
    userCreatable: false,
    create: (init) => new S390PciHost(init),
  });
  registry.register({
    name: 'zpci',
    parent: 'device',
    description: 'zpci device',
    bus: 's390-pcibus',
    properties: ZPCI_PROPERTIES,
    create: (init) => new ZpciDevice(init),
  });
}
