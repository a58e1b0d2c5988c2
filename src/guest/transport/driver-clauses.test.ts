import { describe, expect, it } from 'vitest';
import type { EventOf, JournalEvent } from '../../journal/schema.ts';
import { VIRTIO_BLK_CONFIG, VIRTIO_BLK_F } from '../../spec/blk.ts';
import { CHANNEL_OP } from '../../spec/channel-io.ts';
import type { Platform } from '../../spec/platform.ts';
import { STATUS, VIRTIO_F } from '../../spec/virtio.ts';
import { openGuest, touched } from '../../testing/clauses/driver-rig.ts';
import { DirectGuest } from '../../testing/direct-guest.ts';
import { FakeHal } from '../../testing/fake-transport.ts';
import type { TransportName } from '../../testing/transports.ts';
import { createGuestModule } from '../api/guest-module.ts';
import { VirtioBlk } from '../drivers/virtio-blk.ts';
import { VirtioCcw } from './virtio-ccw.ts';

describe('a driver behind virtio-mmio', () => {
  /** A machine with one window, whose registers say what a test wants them to. */
  class Windows extends FakeHal {
    override readonly platform: Platform = {
      virtioMmio: [{ base: 0x1000_0000, size: 0x200, input: 3 }],
    };
    readonly reads: number[] = [];
    readonly registers: Readonly<Record<number, number>>;

    constructor(registers: Readonly<Record<number, number>>) {
      super(1);
      this.registers = registers;
    }

    override read(_space: 'memory' | 'io', addr: number): number {
      this.reads.push(addr - 0x1000_0000);
      return this.registers[addr - 0x1000_0000] ?? 0;
    }
  }

  it('[4.2.2.2] ignores a device with another magic number, and one with ID 0', () => {
    const wrong = new Windows({ 0: 0x1234, 4: 2, 8: 2 });
    expect(createGuestModule(wrong).virtio.devices()).toEqual([]);
    expect(wrong.reads).toEqual([0]);
    const empty = new Windows({ 0: 0x7472_6976, 4: 2, 8: 0 });
    expect(createGuestModule(empty).virtio.devices()).toEqual([]);
  });

  it('[4.2.3.1.1] reads magic number and version before the ID, and drives no version that it does not know', () => {
    const future = new Windows({ 0: 0x7472_6976, 4: 3, 8: 2 });
    const { virtio } = createGuestModule(future);
    const [device] = virtio.devices();
    expect(future.reads).toEqual([0, 4, 8]);
    expect(() => device?.open()).toThrow('version 3');
  });

  it('[4.2.3.2] sets a queue up in order, and lets the device have it last', () => {
    const { virtio, since } = openGuest('mmio version 2 on virt');
    const device = virtio.find(2).open();
    device.reset();
    device.negotiate([]);
    const before = since().length;
    device.queue(0, { size: 16 });
    const steps = touched(since().slice(before));
    expect(steps.slice(0, 4)).toEqual(['QueueSel=0', 'QueueNumMax?', 'QueueReady?', 'QueueNum=10']);
    expect(steps.at(-1)).toBe('QueueReady=1');
    expect(() => device.queue(0, { size: 16 })).toThrow('queue 0 is in use already');
  });

  it('[4.2.4] tells a legacy device page size, alignment and page number', () => {
    const { virtio, since } = openGuest('mmio version 1 on virt');
    const device = virtio.find(2).open();
    device.reset();
    device.negotiate([]);
    const before = since().length;
    const queue = device.queue(0, { size: 16 });
    expect(touched(since().slice(before))).toEqual([
      ...['QueueSel=0', 'QueueNumMax?', 'QueuePFN?', 'GuestPageSize=1000', 'QueueNum=10'],
      ...['QueueAlign=1000', `QueuePFN=${(queue.desc / 4096).toString(16)}`],
    ]);
    expect(queue.used % 4096).toBe(0);
    expect(queue.avail).toBe(queue.desc + 16 * 16);
  });

  it('[4.2.3.4.1] reads why it was interrupted, and acknowledges that', () => {
    const { virtio, since } = openGuest('mmio version 2 on virt');
    const disk = virtio.probe(VirtioBlk);
    disk.startRead(1);
    disk.submit();
    const before = since().length;
    disk.next();
    expect(touched(since().slice(before))).toEqual(['InterruptStatus?', 'InterruptACK=1']);
  });

  it('[4.2.3.3] puts where the next entry will be above the queue’s number, where that was agreed on', () => {
    const line = '-global virtio-blk-device.x-notification-data=on';
    const { virtio, since } = openGuest('mmio version 2 on virt', line);
    const disk = new VirtioBlk(virtio.find(2).open(), { notificationData: true });
    expect(disk.features.has(VIRTIO_F.VIRTIO_F_NOTIFICATION_DATA)).toBe(true);
    for (const sector of [1, 2]) disk.read(sector);
    const doorbells = touched(since()).filter((step) => step.startsWith('QueueNotify'));
    expect(doorbells).toEqual(['QueueNotify=10000', 'QueueNotify=20000']);
  });

  it('[2.6.1.1.2] says so where the device has no register to reset a queue by', () => {
    const { virtio } = openGuest('mmio version 2 on virt');
    const { queue } = virtio.probe(VirtioBlk);
    // QEMU 7.2 offers VIRTIO_F_RING_RESET on MMIO, but does not do it.
    expect(() => queue.reset()).toThrow('does not reset queue 0');
  });

  it('[2.5.1] reads a field of two accesses again where the generation changed in between', () => {
    const { guest, virtio } = openGuest('mmio version 2 on virt');
    const device = virtio.probe(VirtioBlk).transport;
    const reads: number[] = [];
    const capacity = device.stableConfig(() => {
      const low = device.readConfig(VIRTIO_BLK_CONFIG.capacity.offset, 4);
      if (reads.push(low) === 1) guest.machine.monitor('block_resize d0 4M');
      return low;
    });
    expect(reads).toEqual([2048, 8192]);
    expect(capacity).toBe(8192);
  });
});

describe('a driver of a legacy PCI function', () => {
  it('[4.1.4.10] finds the configuration behind the vectors while MSI-X is on', () => {
    const { virtio } = openGuest('pci-legacy on pc');
    const { capacity } = VIRTIO_BLK_CONFIG;
    expect(virtio.find(2).open().config(capacity)).toBe(2048);
    expect(virtio.find(2).open({ msix: true }).config(capacity)).toBe(2048);
  });

  it('[2.5.4] reads a long field until it twice says the same', () => {
    const { guest, virtio } = openGuest('pci-legacy on pc');
    const device = virtio.find(2).open();
    let reads = 0;
    const capacity = device.stableConfig(() => {
      if (++reads === 2) guest.machine.monitor('block_resize d0 4M');
      return device.readConfig(0, 4);
    });
    expect([reads, capacity]).toEqual([3, 8192]);
  });

  it('[4.1.3] takes the legacy interface of a transitional device where it is asked to', () => {
    const guest = new DirectGuest();
    const { virtio } = createGuestModule(guest.hal);
    const disk = virtio.probe(VirtioBlk, 0, { legacy: true });
    expect(`${disk.transport}`).toContain('virtio-pci (legacy)');
    expect(disk.read(1)).toHaveLength(512);
    expect(`${virtio.probe(VirtioBlk).transport}`).toContain('virtio-pci (modern)');
  });
});

describe('a driver behind a subchannel', () => {
  const programs = (events: readonly JournalEvent[]) =>
    events.filter(
      (event): event is EventOf<'channel'> =>
        event.kind === 'channel' && event.op === CHANNEL_OP.ssch,
    );

  it('[4.3.2.1.2] tries the highest revision first, and lower ones where it is rejected', () => {
    for (const most of [2, 1, 0]) {
      const name =
        most === 2 ? 'ccw on s390-ccw-virtio' : (`ccw revision ${most}` as TransportName);
      const { virtio, since } = openGuest(name);
      const found = virtio.find(2);
      const before = programs(since()).length;
      const device = found.open();
      expect(device instanceof VirtioCcw && device.revision).toBe(most);
      expect(programs(since()).length - before).toBe(3 - most);
    }
  });

  it('[4.3.2.1.1] agrees on a revision anew after it disabled the subchannel', () => {
    const { virtio } = openGuest('ccw on s390-ccw-virtio');
    expect(`${virtio.find(2).open()}`).toContain('revision 2');
    expect(`${virtio.find(2).open({ legacy: true })}`).toContain('revision 0');
    expect(`${virtio.find(2).open()}`).toContain('revision 2');
  });

  it('[4.3.2.3.1] takes a status that was rejected for what it was before', () => {
    for (const name of ['ccw on s390-ccw-virtio', 'ccw revision 1'] as const) {
      const { virtio } = openGuest(name, '-global virtio-device.iommu_platform=on');
      const device = virtio.find(2).open();
      device.reset();
      device.status = STATUS.ACKNOWLEDGE | STATUS.DRIVER;
      // A device that offers ACCESS_PLATFORM insists on it.
      device.acceptFeatures([VIRTIO_F.VIRTIO_F_VERSION_1]);
      device.status |= STATUS.FEATURES_OK;
      expect(device.status & STATUS.FEATURES_OK).toBe(0);
    }
  });

  it.each(['classic', 'adapter'] as const)('[4.3.2.6] is told by %s indicators', (indicators) => {
    const { virtio } = openGuest('ccw on s390-ccw-virtio');
    const disk = virtio.probe(VirtioBlk, 0, { indicators });
    expect(disk.transport instanceof VirtioCcw && disk.transport.indicators).toBe(indicators);
    for (let sector = 0; sector < 5; sector++) expect(disk.read(sector)).toHaveLength(512);
    // A new driver may choose again.
    expect(virtio.probe(VirtioBlk, 0, { indicators: 'classic' }).read(1)).toHaveLength(512);
  });

  it('[4.3.3.2.2] gives the cookie of the last notification with the next', () => {
    const { guest, virtio, since } = openGuest('ccw on s390-ccw-virtio');
    const disk = virtio.probe(VirtioBlk);
    const { hal } = guest;
    const call = hal.hypercall.bind(hal);
    const cookies: number[] = [];
    hal.hypercall = (subcode, a, b, c) => {
      cookies.push(c);
      return call(subcode, a, b, c) + 40 + cookies.length;
    };
    for (const sector of [1, 2, 3]) disk.read(sector);
    expect(cookies).toEqual([0, 41, 42]);
    expect(since().filter(({ kind }) => kind === 'hypercall')).toHaveLength(3);
  });

  it('[4.3.3.2] puts where the next entry will be above the queue’s number, where that was agreed on', () => {
    const line = '-global virtio-blk-device.x-notification-data=on';
    const { virtio, since } = openGuest('ccw on s390-ccw-virtio', line);
    const disk = new VirtioBlk(virtio.find(2).open(), { notificationData: true });
    for (const sector of [1, 2]) disk.read(sector);
    const data = since().flatMap((event) => (event.kind === 'hypercall' ? [event.b] : []));
    expect(data).toEqual([0x1_0000, 0x2_0000]);
  });

  it('[4.3.2.5] reads the whole configuration with one command, and writes it from its start', () => {
    const { virtio, since } = openGuest('ccw on s390-ccw-virtio');
    const device = virtio.find(2).open();
    device.reset();
    device.negotiate([VIRTIO_BLK_F.VIRTIO_BLK_F_CONFIG_WCE]);
    const before = programs(since()).length;
    expect(device.config(VIRTIO_BLK_CONFIG.capacity)).toBe(2048);
    expect(programs(since()).length - before).toBe(1);
    const { offset } = VIRTIO_BLK_CONFIG.writeback;
    device.writeConfig(offset, 1, 0);
    expect(device.readConfig(offset, 1)).toBe(0);
    expect(device.config(VIRTIO_BLK_CONFIG.capacity)).toBe(2048);
  });

  it('[4.3.3.1.2.2] clears the summary indicator before it looks at those of queues', () => {
    const { virtio, since } = openGuest('ccw on s390-ccw-virtio');
    const disk = virtio.probe(VirtioBlk);
    disk.startRead(1);
    disk.submit();
    const before = since().length;
    disk.next();
    // Each has a cache line of its own, the summary the later one.
    const [summary, queue] = since()
      .slice(before)
      .flatMap((event) =>
        event.kind === 'memWrite' && event.actor === 'driver' ? [event.addr] : [],
      );
    expect(summary).toBe((queue ?? 0) + 64);
  });
});
