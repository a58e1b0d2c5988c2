import { registerRngBackends } from '../backends/rng.ts';
import { registerVirtioDevices } from '../devices/register.ts';
import { registerPci } from '../hw/pci/register.ts';
import { registerSysBus } from '../hw/sysbus.ts';
import { BUS_TYPE } from '../qdev/bus.ts';
import { DEVICE_TYPE } from '../qdev/device.ts';
import { Container } from '../qom/object.ts';
import { TypeRegistry } from '../qom/type.ts';
import { registerVirtioPci } from '../transports/virtio-pci/register.ts';
import { registerVirtio } from '../virtio/register.ts';
import type { Arch } from './boards/board.ts';
import { boardsOf } from './boards/boards.ts';
import { registerObjects } from './objects.ts';

/** Every type that the program of an architecture has: the one place that names them all. */
export function createRegistry(arch: Arch): TypeRegistry {
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
  registry.register({ name: 'machine', parent: 'object', abstract: true });
  for (const board of boardsOf(arch)) {
    const lineage = [board.type, ...board.ancestors];
    for (let i = lineage.length - 2; i >= 0; i--) {
      const [name = '', parent = ''] = lineage.slice(i, i + 2);
      if (!registry.find(name))
        registry.register({ name, parent, create: (init) => new Container(init) });
    }
    board.registerTypes(registry);
  }
  return registry;
}
