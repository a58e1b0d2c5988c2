import { SysBusDevice } from '../../hw/sysbus.ts';
import { addBus } from '../../qdev/bus.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import { S390VirtioBus } from './s390-virtio-bus.ts';
import { VirtioS390 } from './virtio-s390.ts';

/** The transports that QEMU 2.5 had, what is behind them, and the letter of their group in help. */
const FAMILIES = [
  ['virtio-blk-s390', 'virtio-blk-device', 'S'],
  ['virtio-net-s390', 'virtio-net-device', 'N'],
  ['virtio-serial-s390', 'virtio-serial-device', 'I'],
  ['virtio-rng-s390', 'virtio-rng-device', 'M'],
  ['virtio-scsi-s390', 'virtio-scsi-device', 'S'],
  ['vhost-scsi-s390', 'vhost-scsi', 'S'],
] as const;

/** The system bus device that carries the bus of s390-virtio. */
class S390VirtioBridge extends SysBusDevice {
  #bus: S390VirtioBus | undefined;

  override realize(): void {
    this.#bus = addBus<S390VirtioBus>(this, 's390-virtio-bus', 's390-virtio');
    this.#bus.hotplugHandler = {};
  }

  override reset(): void {
    this.#bus?.interruptions.reset();
  }
}

/** Registers the transport that was there before channel devices. Needs `virtio-bus`. */
export function registerS390Virtio(registry: TypeRegistry): void {
  registry.register({ name: 'virtio-s390-bus', parent: 'virtio-bus' });
  registry.register({
    name: 's390-virtio-bus',
    parent: 'bus',
    create: (init) => new S390VirtioBus(init),
  });
  registry.register({
    name: 's390-virtio-bridge',
    parent: 'sys-bus-device',
    userCreatable: false,
    create: (init) => new S390VirtioBridge(init),
  });
  registry.register({
    name: 'virtio-s390-device',
    parent: 'device',
    abstract: true,
    bus: 's390-virtio-bus',
  });
  // The device behind may not be modelled yet.
  for (const [name, deviceType, groups] of FAMILIES)
    registry.register({
      name,
      parent: 'virtio-s390-device',
      groups,
      // What a user calls `virtio-blk` was this until channel devices took the name over.
      aliases: name.startsWith('virtio-') ? [name.replace(/-s390$/, '')] : [],
      create: (init) => new VirtioS390(init, deviceType),
    });
}
