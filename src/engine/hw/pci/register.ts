import type { TypeRegistry } from '../../qom/type.ts';
import { registerBridges } from './conventional-bridges.ts';
import { registerExpanders } from './expander.ts';
import { registerI440fx } from './i440fx.ts';
import { PCI_BUS_TYPE, PCIE_BUS_TYPE } from './pci-bus.ts';
import { PCI_DEVICE_TYPE } from './pci-device.ts';
import { registerPiix3 } from './piix3.ts';
import { registerPiix4Pm } from './piix4-pm.ts';
import { registerRootPorts } from './root-ports.ts';
import { registerSwitch } from './switch.ts';

/**
 * Registers what an architecture's program has of PCI: buses, the abstract function, bridges, ports,
 * and the pc machine's chipset. Needs `device`, `bus` and `sys-bus-device`.
 */
export function registerPci(registry: TypeRegistry, arch: string): void {
  registry.register(PCI_BUS_TYPE);
  registry.register(PCIE_BUS_TYPE);
  registry.register(PCI_DEVICE_TYPE);
  registerBridges(registry, arch !== 's390x');
  registerI440fx(registry);
  registerPiix3(registry);
  registerPiix4Pm(registry);
  if (arch === 's390x') return;
  registerRootPorts(registry);
  registerSwitch(registry);
  if (arch !== 'riscv64') registerExpanders(registry);
}
