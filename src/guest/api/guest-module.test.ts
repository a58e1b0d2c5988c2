import { describe, expect, it } from 'vitest';
import { DirectGuest } from '../../testing/direct-guest.ts';
import { FakeHal } from '../../testing/fake-transport.ts';
import { createGuestModule } from './guest-module.ts';

/** A Hal that notes every bus access, and answers reads with `answer`. */
function noting(answer = 0) {
  const hal = new FakeHal(1);
  const accesses: unknown[][] = [];
  hal.read = (...access) => {
    accesses.push(['read', ...access]);
    return answer;
  };
  hal.write = (...access: unknown[]) => void accesses.push(['write', ...access]);
  return { hal, accesses, guest: createGuestModule(hal) };
}

describe('the module guest', () => {
  it('reaches ports and registers with one access of the right size each', () => {
    const { guest, accesses } = noting(5);
    const { io, mmio } = guest;
    expect([
      io.inb(1),
      io.inw(2),
      io.inl(4),
      mmio.read8(1),
      mmio.read16(2),
      mmio.read32(4),
    ]).toEqual([5, 5, 5, 5, 5, 5]);
    io.outb(0xffff, 0x1ff);
    io.outw(2, -1);
    io.outl(4, -1);
    mmio.write8(0xe000_0001, 0x1ff);
    mmio.write16(2, -1);
    mmio.write32(4, -1);
    expect(accesses).toEqual([
      ['read', 'io', 1, 1],
      ['read', 'io', 2, 2],
      ['read', 'io', 4, 4],
      ['read', 'memory', 1, 1],
      ['read', 'memory', 2, 2],
      ['read', 'memory', 4, 4],
      ['write', 'io', 0xffff, 1, 0xff],
      ['write', 'io', 2, 2, 0xffff],
      ['write', 'io', 4, 4, 0xffff_ffff],
      ['write', 'memory', 0xe000_0001, 1, 0xff],
      ['write', 'memory', 2, 2, 0xffff],
      ['write', 'memory', 4, 4, 0xffff_ffff],
    ]);
  });

  it('refuses ports and addresses that cannot exist', () => {
    const { guest, accesses } = noting();
    expect(() => guest.io.inb(0x1_0000)).toThrow('65536 is not a number from 0 to 65535');
    expect(() => guest.io.outl(0xfffd, 0)).toThrow(RangeError);
    for (const bad of [-1, 0.5, Number.NaN, 2 ** 53])
      expect(() => guest.mmio.read8(bad)).toThrow(RangeError);
    expect(() => guest.irq.wait(256)).toThrow(RangeError);
    expect(accesses).toEqual([]);
  });

  it('selects a PCI register again after the script wrote to the address port itself', () => {
    const { guest, accesses } = noting(0x1234_1af4);
    const fn = guest.pci.find({});
    accesses.length = 0;
    guest.io.outl(0xcf8, 0);
    fn.config32(0);
    expect(accesses.map(([verb, , port]) => [verb, port])).toEqual([
      ['write', 0xcf8],
      ['write', 0xcf8],
      ['read', 0xcfc],
    ]);
  });

  it('names interrupt inputs by number', () => {
    const { hal, guest } = noting();
    hal.level = (1 << 31) | (1 << 5);
    expect(guest.irq.asserted()).toEqual([5, 31]);
    expect(guest.irq.wait(31, 7)).toEqual([31]);
  });

  it('has the constants of the specification under their own names', () => {
    const { guest } = noting();
    expect(guest).toMatchObject({
      ACKNOWLEDGE: 1,
      DRIVER_OK: 4,
      VIRTIO_F_VERSION_1: 32,
      VIRTIO_BLK_F_FLUSH: 9,
      VIRTIO_BLK_T_GET_ID: 8,
      VIRTIO_BLK_S_UNSUPP: 2,
      VIRTIO_ID_BLOCK: 2,
      VIRTIO_ID_9P: 9,
      VIRTQ_DESC_F_WRITE: 2,
      VIRTIO_PCI_CAP_NOTIFY_CFG: 2,
    });
  });
});

describe('the virtio bus of a guest', () => {
  const TWO_DISKS =
    '-M pc -m 64 -nodefaults -drive if=none,id=d0,file=hello.img,format=raw -blockdev driver=null-co,node-name=d1,size=1048576' +
    ' -device virtio-blk-pci,drive=d0,serial=first -device virtio-rng-pci -device virtio-blk-pci,drive=d1,serial=second,disable-legacy=on';
  const guestOf = (commandLine: string) => createGuestModule(new DirectGuest(commandLine).hal);

  it('finds every virtio device, and nothing else', () => {
    const { virtio } = guestOf(TWO_DISKS);
    expect(virtio.devices().map(({ deviceId, place }) => [deviceId, place])).toEqual([
      [2, '1af4:1001 at 00:02.0'],
      [4, '1af4:1005 at 00:03.0'],
      [2, '1af4:1042 at 00:04.0'],
    ]);
  });

  it('matches a device with its driver by its ID, the first or a later one', () => {
    const { virtio, VirtioBlk, VirtioRng } = guestOf(TWO_DISKS);
    expect(virtio.probe(VirtioBlk).getId()).toBe('first');
    expect(virtio.probe(VirtioBlk, 1).getId()).toBe('second');
    expect(virtio.probe(VirtioRng).read(3)).toEqual(Uint8Array.of(0, 1, 2));
    expect(() => virtio.probe(VirtioBlk, 2)).toThrow(
      'this machine has no virtio device number 2, counted from 0, with ID 2',
    );
  });

  it('lets a driver take over a device that another one has had', () => {
    const { virtio, VirtioBlk } = guestOf(TWO_DISKS);
    const before = virtio.probe(VirtioBlk);
    const after = virtio.probe(VirtioBlk);
    expect(after.read(1)).toHaveLength(512);
    expect(after.getId()).toBe('first');
    expect(() => before.read(1)).toThrow('opened again');
  });

  it('says what a machine does not have', () => {
    const { virtio, VirtioRng } = guestOf('-M pc -m 64 -nodefaults');
    expect(virtio.devices()).toEqual([]);
    expect(() => virtio.probe(VirtioRng)).toThrow('this machine has no virtio device with ID 4');
  });

  it('opens enabled virtio functions only', () => {
    const { virtio, pci } = guestOf(TWO_DISKS);
    const disk = pci.find({ vendor: 0x1af4 });
    expect(() => virtio.open(disk)).toThrow('call enable() on the function first');
    expect(`${virtio.open(disk.enable())}`).toBe('virtio-pci (modern) 1af4:1001 at 00:02.0');
    expect(() => virtio.open(pci.find({ vendor: 0x8086 }))).toThrow('is not a virtio device');
  });
});
