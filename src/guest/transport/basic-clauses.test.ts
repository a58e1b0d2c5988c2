import { describe, expect, it } from 'vitest';
import { STATUS, VIRTIO_F } from '../../spec/virtio.ts';
import { answerReads, openGuest, touched, touches } from '../../testing/clauses/driver-rig.ts';
import { TRANSPORTS, type TransportName } from '../../testing/transports.ts';
import { DmaAllocator } from '../dma.ts';
import { VirtioBlk } from '../drivers/virtio-blk.ts';
import { DeviceError } from '../virtqueue/queue.ts';
import { allocateLegacy } from './legacy-rings.ts';

const names = Object.keys(TRANSPORTS) as TransportName[];
const LEGACY: readonly TransportName[] = [
  'pci-legacy on pc',
  'pci-legacy on virt',
  'mmio version 1 on virt',
  'mmio on microvm',
  'ccw revision 0',
  's390-virtio',
];
/** Transports that have a register to read the status from. */
const REGISTERS = names.filter((name) => !TRANSPORTS[name].includes('s390x'));

describe('a reset', () => {
  it.each(REGISTERS)('[2.4.2] is over when the status reads 0: %s', (name) => {
    const { hal, virtio, during } = openGuest(name);
    const device = virtio.find(2).open();
    device.status = STATUS.ACKNOWLEDGE;
    const [status] = touches(during(() => device.status));
    let slow = 5;
    answerReads(hal, (said, space, addr) =>
      addr === status?.addr && space === status.space && slow-- > 0 ? STATUS.ACKNOWLEDGE : said,
    );
    const steps = touched(during(() => device.reset()));
    const before = steps.filter((step) => step === `${status?.name}?`);
    expect(steps.indexOf(`${status?.name}=0`)).toBe(0);
    expect(before).toHaveLength(6);
    slow = Number.POSITIVE_INFINITY;
    expect(() => device.reset()).toThrow(DeviceError);
  });

  it('[2.4.2] is over when the status in the descriptor is 0: s390-virtio', () => {
    const { hal, virtio } = openGuest('s390-virtio');
    const device = virtio.find(2).open();
    device.status = STATUS.ACKNOWLEDGE;
    const { read8 } = hal.ram;
    const seen: number[] = [];
    hal.ram.read8 = (addr) => {
      seen.push(seen.length < 5 ? STATUS.ACKNOWLEDGE : read8.call(hal.ram, addr));
      return seen.at(-1) ?? 0;
    };
    device.reset();
    expect(seen).toEqual([1, 1, 1, 1, 1, 0]);
  });
});

describe('a queue that is enabled again', () => {
  it.each([
    { packed: false, size: 256 },
    { packed: false, size: 8 },
    { packed: true, size: 5 },
  ])('[2.6.1.2.2] is set up as it was at first: %o', ({ packed, size }) => {
    const line = '-global virtio-blk-pci.packed=on -global virtio-blk-pci.num-queues=2';
    const { virtio, during } = openGuest('pci-modern on pc', line);
    const options = { packed, ringReset: true, msix: true };
    const { transport, queue } = virtio.probe(VirtioBlk, 0, options);
    const names = (run: () => unknown) => touched(during(run)).map((step) => step.split(/[=?]/)[0]);
    const first = names(() => transport.queue(1, { size: 16 }));
    queue.reset();
    let again = queue;
    const steps = names(() => {
      again = transport.queue(0, { size });
    });
    // The vector's message, in registers without a name, is in the table already.
    expect(steps).toEqual(first.filter((name) => name !== ''));
    expect([again.size, again.free, again.inFlight]).toEqual([size, size, 0]);
    const { dma } = transport;
    for (let round = 0; round < 20; round++) {
      const header = dma.alloc(16).u64(8, 1);
      again.publish(again.add({ readable: [header], writable: [dma.alloc(513)] }));
      again.notify();
      expect(again.wait().length).toBe(513);
    }
  });
});

describe('a legacy device', () => {
  it.each(LEGACY)('[2.2.3] is one that offers no VIRTIO_F_VERSION_1: %s', (name) => {
    const { virtio } = openGuest(name);
    const device = virtio.find(2).open();
    expect(device.legacy).toBe(true);
    expect(device.deviceFeatures().has(VIRTIO_F.VIRTIO_F_VERSION_1)).toBe(false);
    const accepted = device.negotiate([VIRTIO_F.VIRTIO_F_VERSION_1]);
    expect(accepted.bits).toEqual([]);
  });

  it('[2.2.3] is told by the missing bit, behind registers of the modern interface', () => {
    const { hal, virtio, during } = openGuest('pci-modern on pc');
    const device = virtio.find(2).open();
    const seen = touches(during(() => device.deviceFeatures()));
    const feature = seen.findLast(({ write }) => !write);
    answerReads(hal, (said, _space, addr) => (addr === feature?.addr ? said & ~1 : said));
    expect(() => new VirtioBlk(device)).toThrow('it is a legacy device');
    expect(device.status & STATUS.FAILED).toBe(STATUS.FAILED);
  });

  it.each(LEGACY)('[3.1.2] is initialized without FEATURES_OK: %s', (name) => {
    const { virtio, since } = openGuest(name);
    expect(virtio.probe(VirtioBlk).read(1)).toHaveLength(512);
    const { ACKNOWLEDGE, DRIVER, DRIVER_OK } = STATUS;
    const steps = since().flatMap((event) => {
      if (event.kind === 'status') return [`status ${event.new}`];
      if (event.kind === 'features' && event.which === 1) return ['features'];
      if (event.kind === 'queueConfig' && event.enabled === 1) return ['queue'];
      return event.kind === 'notification' ? ['notified'] : [];
    });
    // Whether a feature is accepted that was not before, the device says; queues are the host's on s390-virtio.
    expect(steps.filter((step) => step !== 'features' && step !== 'queue')).toEqual([
      `status ${ACKNOWLEDGE}`,
      `status ${ACKNOWLEDGE | DRIVER}`,
      `status ${ACKNOWLEDGE | DRIVER | DRIVER_OK}`,
      'notified',
    ]);
  });

  it.each(LEGACY.filter((name) => name !== 's390-virtio'))(
    '[2.7.2] gets its queue as one piece of whole pages, of the size that it says: %s',
    (name) => {
      const { hal, virtio } = openGuest(name);
      const device = virtio.find(2).open();
      const { desc, avail, used, size } = device.queue(0);
      expect(size).toBe(name.includes('mmio') ? 1024 : 256);
      expect([desc % 4096, avail, used]).toEqual([
        0,
        desc + 16 * size,
        Math.ceil((desc + 16 * size + 2 * (3 + size)) / 4096) * 4096,
      ]);
      // Nothing else is put onto its last page.
      const end = Math.ceil((used + 6 + 8 * size) / 4096) * 4096;
      const others = Array.from({ length: 100 }, () => device.dma.alloc(64).addr);
      expect(others.filter((addr) => addr >= desc && addr < end)).toEqual([]);
      expect(Math.max(...others)).toBeGreaterThan(end);
      expect(hal.ram.readBytes(desc, end - desc).every((byte) => byte === 0)).toBe(true);
    },
  );

  it('[2.7.2] takes as much memory as the formula says, whatever the size', () => {
    const { hal } = openGuest('pci-legacy on pc');
    const align = (length: number) => Math.ceil(length / 4096) * 4096;
    for (let size = 1; size <= 32768; size *= 2) {
      const dma = new DmaAllocator(hal.ram);
      const before = dma.available;
      allocateLegacy(dma, size);
      const formula = align(16 * size + 2 * (3 + size)) + align(2 * 3 + 8 * size);
      expect(before - dma.available).toBe(formula);
    }
  });
});
