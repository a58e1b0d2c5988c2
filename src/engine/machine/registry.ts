import { registerCryptoBackends } from '../backends/crypto.ts';
import { registerRngBackends } from '../backends/rng.ts';
import { registerVirtioDevices } from '../devices/register.ts';
import { registerGpex } from '../hw/pci/gpex.ts';
import { registerPci } from '../hw/pci/register.ts';
import { registerSysBus } from '../hw/sysbus.ts';
import { BUS_TYPE } from '../qdev/bus.ts';
import { DEVICE_TYPE } from '../qdev/device.ts';
import { Container } from '../qom/object.ts';
import { TypeRegistry } from '../qom/type.ts';
import { registerVirtioMmio } from '../transports/virtio-mmio/virtio-mmio.ts';
import { registerVirtioPci } from '../transports/virtio-pci/register.ts';
import { registerVirtio } from '../virtio/register.ts';
import type { Arch, Board } from './boards/board.ts';
import { boardsOf } from './boards/boards.ts';
import { registerPciCards } from './cards/register.ts';
import { catalogOf } from './catalog/catalog.ts';
import { registerUserObjects } from './user-objects.ts';

/**
 * Every type that the program of an architecture has: the one place that names them all. Types of a
 * machine that QEMU dropped are there only where `built` is that machine.
 */
export function createRegistry(arch: Arch, built?: Board): TypeRegistry {
  const registry = new TypeRegistry(built?.adaptType, catalogOf(arch));
  registry.register(DEVICE_TYPE);
  registry.register(BUS_TYPE);
  registerSysBus(registry);
  registerPci(registry, arch);
  registerVirtio(registry);
  registerVirtioPci(registry, arch);
  if (arch !== 's390x') {
    registerVirtioMmio(registry);
    registerGpex(registry);
    registerPciCards(registry);
  }
  registerVirtioDevices(registry, arch);
  registerRngBackends(registry);
  registerCryptoBackends(registry);
  registry.register({ name: 'container', parent: 'object', create: (init) => new Container(init) });
  registerUserObjects(registry, arch);
  registry.register({ name: 'machine', parent: 'object', abstract: true });
  for (const board of boardsOf(arch)) {
    if (board.retired && board !== built) continue;
    const lineage = [board.type, ...board.ancestors];
    for (let i = lineage.length - 2; i >= 0; i--) {
      const [name = '', parent = ''] = lineage.slice(i, i + 2);
      if (!registry.declares(name))
        registry.register({ name, parent, create: (init) => new Container(init) });
    }
    board.registerTypes(registry);
  }
  if (!built?.retired) registry.dropUnknown();
  return registry;
}
