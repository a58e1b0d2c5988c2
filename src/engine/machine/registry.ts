import { registerRngBackends } from '../backends/rng.ts';
import { registerVirtioDevices } from '../devices/register.ts';
import { registerPci } from '../hw/pci/register.ts';
import { registerPlatform } from '../hw/platform.ts';
import { PC_BUS_TYPES } from '../hw/platform-pc.ts';
import { PC_TYPES } from '../hw/platform-pc-types.ts';
import { registerSysBus } from '../hw/sysbus.ts';
import { BUS_TYPE } from '../qdev/bus.ts';
import { DEVICE_TYPE } from '../qdev/device.ts';
import { Container } from '../qom/object.ts';
import { TypeRegistry } from '../qom/type.ts';
import { registerVirtioPci } from '../transports/virtio-pci/register.ts';
import { registerVirtio } from '../virtio/register.ts';
import { registerObjects } from './objects.ts';

/** Machine types and their ancestors, parents first. */
const MACHINES = [
  ['machine', 'object'],
  ['none-machine', 'machine'],
  ['x86-machine', 'machine'],
  ['generic-pc-machine', 'x86-machine'],
  ['pc-i440fx-7.2-machine', 'generic-pc-machine'],
] as const;

/** Every type there is: the one place that names them all. */
export function createRegistry(): TypeRegistry {
  const registry = new TypeRegistry();
  registry.register(DEVICE_TYPE);
  registry.register(BUS_TYPE);
  registerSysBus(registry);
  registerPci(registry);
  registerVirtio(registry);
  registerVirtioPci(registry);
  registerVirtioDevices(registry);
  registerRngBackends(registry);
  registerObjects(registry);
  for (const name of PC_BUS_TYPES) registry.register({ name, parent: 'bus' });
  registerPlatform(registry, PC_TYPES);
  for (const [name, parent] of MACHINES)
    registry.register({ name, parent, create: (init) => new Container(init) });
  return registry;
}
