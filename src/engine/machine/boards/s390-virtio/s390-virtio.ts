import { assert } from '../../../../base/assert.ts';
import { S390_INPUT } from '../../../../spec/channel-io.ts';
import { ConfigError } from '../../../qom/errors.ts';
import { KvmHypercalls } from '../../../transports/s390-virtio/hypercalls.ts';
import { registerS390Virtio } from '../../../transports/s390-virtio/register.ts';
import {
  DEVICE_BYTES,
  type S390VirtioBus,
} from '../../../transports/s390-virtio/s390-virtio-bus.ts';
import { addCpus, addNodes, type Board, type BuildSite } from '../board.ts';
import { addNics } from '../nics.ts';
import { SERVICE_NODES } from '../s390-ccw/s390-ccw.ts';
import { asInQemu25 } from './qemu-2-5.ts';

const MIB = 2 ** 20;

/** Builds the board in the order of QEMU 2.5. */
function build(site: BuildSite): void {
  const { context, unattached, ram } = site;
  addNodes(site, [{ type: 's390-virtio-bridge', bus: 'main-system-bus' }]);
  const [bridge] = site.sysbus.devices;
  const bus = bridge?.childBuses[0] as S390VirtioBus | undefined;
  assert(bus && bridge?.parent === unattached, 'the bridge carries the bus');
  bus.page = context.ram.size - DEVICE_BYTES;
  site.platform.devicePage = bus.page;
  site.platform.bigEndian = true;
  const hypercalls = new KvmHypercalls(bus, context);
  context.cpu.hypercall = (subcode, a, b, c) => hypercalls.call(subcode, a, b, c);
  context.cpu.takeInterruption = (input) => {
    if (input === S390_INPUT.external) bus.interruptions.take();
  };
  addNodes(site, [
    ...SERVICE_NODES,
    { type: 's390-ipl', owner: '/machine', name: 's390-ipl' },
    { type: 's390-flic-qemu', bus: 'main-system-bus', owner: '/machine', name: 's390-flic-qemu' },
    { type: 's390-skeys-qemu', owner: '/machine', name: 's390-skeys' },
  ]);
  if (ram) context.memory.root.addSubregion(0, ram);
  addCpus(site, {});
  for (const { model } of site.backEnds.nics.requests)
    if (model !== undefined && model !== 'virtio')
      throw new ConfigError('S390 only supports VirtIO nics');
  const nic = 'virtio-net-s390';
  addNics(site, { bus, model: nic, virtio: nic, parent: 'virtio-s390-device' });
}

/**
 * The machine of the transport before channel devices, which QEMU had until 2.5: descriptors of all
 * devices stand in a page above RAM, and rings behind it.
 */
export const S390_VIRTIO: Board = {
  type: 's390-virtio-machine',
  ancestors: ['machine'],
  arch: 's390x',
  names: ['s390-virtio', 's390'],
  retired: true,
  ramBytes: 128 * MIB,
  extraRamBytes: DEVICE_BYTES,
  maxRamBytes: 0x1_0000_0000,
  ramBase: 0,
  ramId: 's390.ram',
  cpu: { model: 's390', suffix: '-cpu', parent: 'cpu', knows: (model) => model === 's390' },
  smp: { most: 255 },
  defaults: {
    driveInterface: 'virtio',
    without: ['cdrom', 'floppy', 'sdcard', 'serial', 'parallel'],
  },
  adaptType: asInQemu25,
  registerTypes: registerS390Virtio,
  build,
};
