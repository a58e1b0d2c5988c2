import { describe, expect, it } from 'vitest';
import { VIRTIO_BLK_CONFIG } from '../../spec/blk.ts';
import { VIRTIO_NET_CONFIG } from '../../spec/net.ts';
import { DirectGuest } from '../../testing/direct-guest.ts';
import { TRANSPORTS, type TransportName, transportLine } from '../../testing/transports.ts';
import { createGuestModule } from '../api/guest-module.ts';
import { VirtioBlk } from '../drivers/virtio-blk.ts';
import { VirtioDriver } from '../drivers/virtio-driver.ts';
import type { VirtioTransport } from './virtio-transport.ts';

const names = Object.keys(TRANSPORTS) as TransportName[];
const LINK_STATUS = 16;

/** A driver that wants nothing but to be told of the link. */
class Nic extends VirtioDriver {
  static readonly deviceId = 1;

  constructor(transport: VirtioTransport) {
    super(transport, [LINK_STATUS]);
    // A ccw device tells of nothing before it has a queue, as in QEMU.
    transport.queue(0);
    this.ready();
  }
}

describe('a change of the configuration', () => {
  it.each(names)('[2.5] of a disk reaches the driver over %s', (name) => {
    const guest = new DirectGuest(transportLine(name));
    const { virtio } = createGuestModule(guest.hal);
    const disk = virtio.probe(VirtioBlk);
    const { transport } = disk;
    const heard: number[] = [];
    transport.onConfigChange(() => heard.push(disk.capacity));
    const before = transport.configGeneration;
    expect(transport.config(VIRTIO_BLK_CONFIG.capacity)).toBe(2048);
    expect(guest.machine.monitor('block_resize d0 4M')).toBe('');
    transport.waitForInterrupt();
    expect(heard).toEqual([8192]);
    expect(disk.capacity).toBe(8192);
    // VIRTIO 1.4 §2.5.1: where the transport has a generation, it tells of the change.
    if (!transport.legacy && TRANSPORTS[name].includes('s390x') === false)
      expect(transport.configGeneration).not.toBe(before);
    // The queue goes on working.
    expect(disk.read(3000)).toHaveLength(512);
    expect(heard).toHaveLength(1);
  });

  it.each(names.filter((name) => name !== 's390-virtio'))(
    '[5.1.4] of a link reaches the driver over %s',
    (name) => {
      const guest = new DirectGuest(
        transportLine(name)
          .replace(/-drive \S+/, '-netdev user,id=n0')
          .replace('virtio-blk', 'virtio-net')
          .replace('id=disk0,drive=d0', 'id=net0,netdev=n0'),
      );
      const { virtio } = createGuestModule(guest.hal);
      const { transport } = virtio.probe(Nic);
      const heard: number[] = [];
      transport.onConfigChange(() => heard.push(transport.config(VIRTIO_NET_CONFIG.status)));
      guest.machine.monitor('set_link net0 off');
      transport.waitForInterrupt();
      guest.machine.monitor('set_link net0 on');
      transport.waitForInterrupt();
      expect(heard).toEqual([0, 1]);
    },
  );
});
