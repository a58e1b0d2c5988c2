import type { TypeRegistry } from '../../qom/type.ts';
import { registerI440fx } from './i440fx.ts';
import { PCI_BUS_TYPE } from './pci-bus.ts';
import { PCI_DEVICE_TYPE } from './pci-device.ts';
import { registerPiix3 } from './piix3.ts';

/** Registers PCI: bus, the abstract function, and the pc machine's bridges. Needs `device`, `bus` and `sys-bus-device`. */
export function registerPci(registry: TypeRegistry): void {
  registry.register(PCI_BUS_TYPE);
  registry.register(PCI_DEVICE_TYPE);
  registerI440fx(registry);
  registerPiix3(registry);
}
