import { describe, expect, it } from 'vitest';
import { VIRTIO_BLK_CONFIG } from '../../spec/blk.ts';
import { DirectGuest } from '../../testing/direct-guest.ts';
import { createGuestModule } from '../api/guest-module.ts';

const DISK = '-M pc -m 64 -drive if=none,id=d0,file=hello.img,format=raw';

function open(commandLine = `${DISK} -device virtio-blk-pci,drive=d0`) {
  const guest = new DirectGuest(commandLine);
  const module = createGuestModule(guest.hal);
  const device = module.virtio.open(module.pci.find({ vendor: 0x1af4 }).enable());
  const seen = guest.events().length;
  /** Register accesses since the device was opened: region offset and value, writes marked. */
  const accesses = () =>
    guest
      .events()
      .slice(seen)
      .flatMap((event) =>
        event.kind === 'regWrite' || event.kind === 'regRead'
          ? [
              `${event.kind === 'regWrite' ? 'w' : 'r'}${event.size} ${event.offset.toString(16)} ${event.value.toString(16)}`,
            ]
          : [],
      );
  return { guest, device, accesses, dma: module.dma };
}

describe('VirtioPci', () => {
  it('[4.1.4.3] reads the features in two halves', () => {
    const { device, accesses } = open();
    expect(`${device.deviceFeatures()}`).toMatch(/^0x0000010130006e54 \(VIRTIO_BLK_F_SEG_MAX, /);
    expect(accesses()).toEqual(['w4 0 0', 'r4 4 30006e54', 'w4 0 1', 'r4 4 101']);
  });

  it('[4.1.5.1.3] sets a queue up in the order that the specification has', () => {
    const { device, accesses } = open();
    device.negotiate([]);
    const before = accesses().length;
    const queue = device.queue(0, { size: 8 });
    expect(accesses().slice(before)).toEqual([
      'w2 16 0',
      'r2 18 100',
      'w2 18 8',
      'r2 1e 0',
      `w4 20 ${queue.desc.toString(16)}`,
      'w4 24 0',
      `w4 28 ${queue.avail.toString(16)}`,
      'w4 2c 0',
      `w4 30 ${queue.used.toString(16)}`,
      'w4 34 0',
      'w2 1c 1',
    ]);
  });

  it('[4.1.4.4] finds the doorbell of each queue by its offset and multiplier', () => {
    const { guest, device } = open(`${DISK} -device virtio-blk-pci,drive=d0,num-queues=4`);
    device.negotiate([12]);
    for (let index = 0; index < 4; index++) device.queue(index, { size: 8 });
    device.notify(0);
    device.notify(3);
    const rung = guest
      .events()
      .flatMap((event) => (event.kind === 'regWrite' && event.size === 2 ? [event] : []));
    expect(rung.slice(-2)).toMatchObject([
      { addr: 0xe000_7000, value: 0 },
      { addr: 0xe000_700c, value: 3 },
    ]);
    expect(() => device.notify(4)).toThrow('queue 4 is not set up');
  });

  it('[2.5] reads and writes the device’s configuration', () => {
    const { device } = open();
    expect(device.config(VIRTIO_BLK_CONFIG.capacity)).toBe(2048);
    expect(device.config(VIRTIO_BLK_CONFIG.seg_max)).toBe(254);
    expect(device.config(VIRTIO_BLK_CONFIG.writeback)).toBe(1);
    device.negotiate([11]);
    device.writeConfig(32, 1, 0);
    expect(device.readConfig(32, 1)).toBe(0);
    expect(() => device.readConfig(4095, 2)).toThrow(RangeError);
    expect(() => device.readConfig(-1, 1)).toThrow(RangeError);
  });

  it('reads and writes common registers by name', () => {
    const { device, accesses } = open();
    expect(device.queueCount).toBe(1);
    device.writeRegister('queue_select', 7);
    expect(device.readRegister('queue_size')).toBe(0);
    expect(accesses()).toEqual(['r2 12 1', 'w2 16 7', 'r2 18 0']);
    expect(() => device.queue(7)).toThrow('the device has no queue 7');
  });

  it('[2.1.1] resets', () => {
    const { device } = open();
    device.status |= 3;
    expect(device.status).toBe(3);
    device.reset();
    expect(device.status).toBe(0);
  });

  it('[4.1.4.5] acknowledges the interrupt of a request', () => {
    const { guest, device, dma } = open();
    device.negotiate([]);
    const queue = device.queue(0, { size: 8 });
    device.status |= 4;
    const header = dma.alloc(16).u64(8, 1);
    const rest = dma.alloc(513);
    queue.publish(queue.add({ readable: [header], writable: [rest] }));
    queue.notify();
    expect(guest.machine.interruptWord(0)).toBe(1 << device.interruptInput);
    expect(queue.wait()).toEqual({ head: 0, length: 513 });
    expect(guest.machine.interruptWord(0)).toBe(0);
    expect(rest.text(0, 20)).toBe('Hello from sector 1!');
  });
});
