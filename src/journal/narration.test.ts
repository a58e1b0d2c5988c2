import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { PCI_CONFIG } from '../spec/pci.ts';
import { REGION_INDEX } from '../spec/regions.ts';
import { sectionTitle } from '../spec/sections.ts';
import { VIOLATION_INDEX, VIOLATIONS } from '../spec/violations.ts';
import { SPLIT, STATUS, VIRTIO_ID } from '../spec/virtio.ts';
import { VIRTIO_PCI_COMMON as COMMON } from '../spec/virtio-pci.ts';
import { MARKS, PACKED_RING, packedDeeds } from '../testing/packed-deeds.ts';
import { type Deed, journalOf, randomDeeds } from '../testing/random-journal.ts';
import { Folder } from './fold/folder.ts';
import { GuestImage } from './fold/guest-image.ts';
import type { Names, Narration } from './narration/narration-types.ts';
import { narrate } from './narration.ts';
import { EVENTS, KINDS, NONE, RECORD_WORDS } from './schema.ts';
import { decode } from './store.ts';

const DEV = 7;
const HOST = 3;
const NAMES: Names = {
  device: (dev) => (dev === DEV ? 'disk0' : undefined),
  virtioId: (dev) => (dev === DEV ? VIRTIO_ID.BLOCK : undefined),
  queue: (dev, queue) => (dev === DEV ? `requestq${queue}` : undefined),
};
const NAMELESS: Names = {
  device: () => undefined,
  virtioId: () => undefined,
  queue: () => undefined,
};

/** All that deeds lead to, in words. */
function told(deeds: readonly Deed[], names = NAMES): Narration[] {
  const store = journalOf(deeds);
  const folder = new Folder(store);
  return Array.from({ length: store.length }, (_, i) =>
    narrate(store.get(i), folder.momentAt(i), names),
  );
}

/** What is said of the last deed. */
const last = (...deeds: Deed[]): Narration => told(deeds).at(-1) as Narration;
/** Title, text and section of the last deed. */
const words = (...deeds: Deed[]): string[] => {
  const { title, text, section = '', document = '' } = last(...deeds);
  return [title, text, section || document];
};

const read =
  (region: number, offset: number, size: number, value: number, dev = DEV): Deed =>
  (j) =>
    j.setValue(
      j.register(false, 'memory', 0xfe00_0000 + offset, size, 0, dev, region, offset),
      value,
    );
const write =
  (region: number, offset: number, size: number, value: number, dev = DEV): Deed =>
  (j) =>
    j.register(true, 'memory', 0xfe00_0000 + offset, size, value, dev, region, offset);

describe('registers in words', () => {
  const region = REGION_INDEX['virtio-pci-common'];
  const get = (name: keyof typeof COMMON, value: number) =>
    read(region, COMMON[name].offset, COMMON[name].width, value);
  const set = (name: keyof typeof COMMON, value: number) =>
    write(region, COMMON[name].offset, COMMON[name].width, value);
  const { ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK } = STATUS;

  it('[3.1.1] name the status bits that are new, and what they say', () => {
    const status: Deed = (j) => j.status(DEV, 0, ACKNOWLEDGE);
    expect(words(status, set('device_status', ACKNOWLEDGE | DRIVER))).toEqual([
      'device_status ← ACKNOWLEDGE | DRIVER',
      'Says: the guest knows how to drive it (DRIVER).',
      '3.1.1',
    ]);
    expect(words(set('device_status', FEATURES_OK))[1]).toBe(
      'Says: the driver has chosen its features (FEATURES_OK). Reading it back tells whether the device agrees.',
    );
  });

  it('[2.2.2] tell when the device refuses the features', () => {
    const asked = set('device_status', ACKNOWLEDGE | DRIVER | FEATURES_OK);
    const refused = get('device_status', ACKNOWLEDGE | DRIVER);
    expect(words(asked, refused)).toEqual([
      'device_status is ACKNOWLEDGE | DRIVER',
      'FEATURES_OK did not stay set: the device refuses the features that the driver chose.',
      '2.2.2',
    ]);
    expect(
      words(asked, get('device_status', ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK))[2],
    ).toBe('2.1');
  });

  it('[2.4] call a reset a reset', () => {
    expect(words(set('device_status', 0))).toEqual([
      'Reset',
      'Writing 0 to device_status resets disk0.',
      '2.4',
    ]);
  });

  it('[2.2] name feature bits, in the half that is selected', () => {
    expect(words(get('device_feature', (1 << 9) | (1 << 28)))[1]).toBe(
      'The device offers, of bits 0 to 31: VIRTIO_BLK_F_FLUSH and VIRTIO_F_INDIRECT_DESC.',
    );
    expect(words(set('driver_feature_select', 1), set('driver_feature', 1))).toEqual([
      'driver_feature ← 0x00000001',
      'The driver accepts, of bits 32 to 63: VIRTIO_F_VERSION_1.',
      '2.2.1',
    ]);
    expect(words(set('device_feature_select', 2), get('device_feature', 2))[1]).toContain('bit 65');
  });

  it('[4.1.5.1.3] know which queue is selected', () => {
    const narration = last(set('queue_select', 5), set('queue_size', 8));
    expect(narration).toMatchObject({
      title: 'queue_size ← 8',
      text: 'Queue 5 gets 8 entries.',
      tone: 'driver',
    });
    expect(narration.at).toEqual({ dev: DEV, region, offset: COMMON.queue_size.offset, queue: 5 });
    expect(
      words(
        set('queue_select', 5),
        set('queue_select', 0),
        set('device_status', 0),
        get('queue_size', 0),
      )[1],
    ).toBe('Queue 0 does not exist.');
    expect(words(set('queue_select', 1), set('queue_driver_hi', 1))[1]).toBe(
      'The upper half of the address of the available ring of queue 1.',
    );
  });

  it('[4.1.4.5] read the interrupt status, and ring the doorbell', () => {
    expect(last(read(REGION_INDEX['virtio-pci-isr'], 0, 1, 3))).toMatchObject({
      title: 'isr_status is QUEUE | CONFIG',
      tone: 'interrupt',
      section: '4.1.4.5',
    });
    expect(last(write(REGION_INDEX['virtio-pci-notify'], 8, 2, 2))).toMatchObject({
      title: 'Doorbell of queue 2',
      text: 'The driver tells disk0 that queue 2 has new available buffers.',
      tone: 'notification',
      at: { queue: 2, offset: 8 },
    });
  });

  it('[2.5] read the device’s own configuration', () => {
    const config = REGION_INDEX['virtio-pci-device'];
    expect(words(read(config, 0, 4, 2048))).toEqual([
      'capacity (lower 4 of 8 bytes) is 2048',
      'Size, in 512-byte sectors.',
      '2.5',
    ]);
    expect(words(read(config, 20, 4, 512))[0]).toBe('blk_size is 512');
    expect(words(read(config, 200, 4, 1))[1]).toBe(
      'Reads 4 bytes at offset 0xc8 of virtio-pci-device of disk0.',
    );
  });

  it('say so where nothing answers', () => {
    const nothing: Deed = (j) =>
      j.setValue(j.register(false, 'io', 0x510, 2, 0, NONE, 0xffff, 0), 0xffff);
    expect(last(nothing)).toMatchObject({
      title: 'port 0x0510 is 0xffff',
      text: 'Reads 2 bytes from port 0x0510, where nothing answers.',
    });
  });
});

describe('PCI configuration in words', () => {
  const ports = REGION_INDEX['pci-config-ports'];
  const select = (place: number) => write(ports, 0, 4, 0x8000_0000 + place, HOST);
  const data = (offset: number, size: number, value: number) =>
    read(ports, 4 + (offset & 3), size, value, HOST);
  const at = (offset: number) => 0x1000 + offset;

  it('[4.1.2] knows a virtio device when it is found', () => {
    expect(words(select(at(0)))).toEqual([
      'CONFIG_ADDRESS ← 0x80001000',
      'Selects VendorID and DeviceID in the configuration space of 00:02.0.',
      'PCI 3.0 §3.2.2.3.2',
    ]);
    expect(words(select(at(0)), data(0, 4, 0x1001_1af4))).toEqual([
      '00:02.0: 1af4:1001',
      '00:02.0 holds a virtio device, transitional, of kind block.',
      '4.1.2',
    ]);
    expect(words(select(at(0)), data(0, 4, 0x1044_1af4))[1]).toContain(
      'modern only, of kind entropy',
    );
    expect(words(select(at(0)), data(0, 4, 0xffff_ffff))[1]).toBe(
      'There is no function at 00:02.0.',
    );
  });

  it('sizes a BAR and places it', () => {
    const bar4 = at(PCI_CONFIG.BAR4.offset);
    const bar5 = at(PCI_CONFIG.BAR5.offset);
    const to = (value: number): Deed => write(ports, 4, 4, value, HOST);
    const story = told([
      select(bar4),
      to(0xffff_ffff),
      data(0, 4, 0xffff_c00c),
      select(bar5),
      to(0xffff_ffff),
      data(0, 4, 0xffff_ffff),
      select(bar4),
      to(0xfe00_0000),
      select(bar5),
      to(0),
    ]).map(({ text }) => text);
    expect(story[2]).toBe('The BAR is 16 KiB of memory, 64-bit, prefetchable.');
    expect(story[5]).toBe('The upper half of a 64-bit base address.');
    expect(story[7]).toBe('The device is to answer from 0xfe000000 on.');
    expect(story[9]).toBe('The upper half of a 64-bit base address.');
  });

  it('[4.1.4] knows a capability as far as the guest has walked the list', () => {
    const walk = [
      select(at(0x34)),
      data(0x34, 1, 0x70),
      select(at(0x70)),
      data(0x70, 4, 0x0214_6009),
      select(at(0x78)),
      data(0x78, 4, 0x3000),
      select(at(0x80)),
      data(0x80, 4, 4),
    ];
    const story = told(walk);
    expect(story[3]).toMatchObject({
      title: '00:02.0 NOTIFY_CFG cap_vndr, cap_next, cap_len, cfg_type: 0x02146009',
      text: 'The capability at 0x70 is for notifications. The next one is at 0x60.',
      section: '4.1.4',
    });
    expect(story[5]?.text).toBe(
      'The capability at 0x70 is for notifications. It begins 0x3000 bytes into its BAR.',
    );
    expect(story[7]).toMatchObject({
      title: '00:02.0 NOTIFY_CFG notify_off_multiplier: 0x00000004',
      text: 'The capability at 0x70 is for notifications. Doorbells are 4 bytes apart.',
    });
    expect(words(select(at(0x78)), data(0x78, 4, 0x3000))[1]).toBe(
      '4 bytes of the configuration space of 00:02.0.',
    );
  });

  it('reads the same from an access in its decoded form', () => {
    const decoded: Deed = (j) =>
      j.setValue(
        j.register(false, 'pciConfig', at(0), 4, 0, DEV, REGION_INDEX['pci-config'], 0),
        0x1001_1af4,
      );
    expect(words(decoded)[0]).toBe('00:02.0: 1af4:1001');
  });
});

describe('rings in words', () => {
  const DESC = 0x1100_0000;
  const AVAIL = 0x1200_0000;
  const USED = 0x1300_0000;
  const SIZE = 8;
  const none = new Uint32Array(4);
  const setUp: Deed = (j) => j.queueConfig(DEV, 0, true, false, SIZE, DESC, AVAIL, USED);
  const desc =
    (index: number, addr: number, len: number, flags: number, next = 0): Deed =>
    (j) =>
      j.memWrite16(0, DESC + 16 * index, none, 0, addr, 0, len, flags | (next << 16));
  const mem =
    (actor: number, addr: number, size: number, value: number, high = 0): Deed =>
    (j) =>
      j.memWrite(actor, addr, size, 0, 0, value, high);
  const request = [
    setUp,
    desc(0, 0x0110_0000, 16, 1, 1),
    desc(1, 0x0110_0040, 512, 3, 2),
    desc(2, 0x0110_0240, 1, 2),
  ];
  const header = [mem(0, 0x0110_0000, 4, 0), mem(0, 0x0110_0008, 8, 1)];
  const published = [...header, ...request, mem(0, AVAIL + 4, 2, 0), mem(0, AVAIL + 2, 2, 1)];
  const taken = [...published, ((j) => j.chainPopped(DEV, 0, 0, 1, 16, 513, 3)) as Deed];

  it('[2.7.5] tell what a descriptor describes', () => {
    expect(words(...request.slice(0, 3))).toEqual([
      'Descriptor 1 filled',
      '512 bytes at 0x01100040 that the device may write (WRITE), then 2 (NEXT).',
      '2.7.5',
    ]);
    const narration = last(...request);
    expect(narration).toMatchObject({
      text: '1 byte at 0x01100240 that the device may write (WRITE), the last of its chain.',
      tone: 'driver',
      at: {
        dev: DEV,
        queue: 0,
        structure: 'desc',
        part: 'entries',
        index: 2,
        addr: DESC + 32,
        length: 16,
      },
    });
    expect(words(setUp, desc(3, 0, 0, 0))[0]).toBe('Descriptor 3 cleared');
    expect(words(setUp, desc(3, 0x1000, 32, 4))[1]).toContain(
      'A table of 2 descriptors at 0x00001000 (INDIRECT)',
    );
  });

  it('[2.7.5] tell the fields of a descriptor that are written one by one', () => {
    expect(words(setUp, mem(0, DESC + 16, 8, 0x1000))[0]).toBe('Descriptor 1: addr ← 0x00001000');
    expect(words(setUp, mem(0, DESC + 24, 4, 512))[0]).toBe('Descriptor 1: len ← 512');
    expect(words(setUp, mem(0, DESC + 28, 4, 0x0002_0003))[0]).toBe(
      'Descriptor 1: flags ← NEXT | WRITE and next ← 2',
    );
    expect(words(setUp, mem(0, DESC + 17, 1, 1))[0]).toBe('Descriptor 1: part of a field');
  });

  it('[2.7.13.2] tell that a written available entry is not visible yet', () => {
    expect(words(...request, mem(0, AVAIL + 4, 2, 0))).toEqual([
      'Head 0 put into available[0]',
      'The chain that begins at descriptor 0. Not visible to the device yet: idx still says 0.',
      '2.7.13.2',
    ]);
    expect(words(...published, mem(0, AVAIL + 4, 2, 3))[1]).toContain('in place of an older entry');
  });

  it('[2.7.13.3] tell what an available index publishes', () => {
    expect(words(...published)).toEqual([
      'Available index 0 → 1',
      'The driver publishes head 0. Everything before it must be visible first: a barrier.',
      '2.7.13.3',
    ]);
    const two = [setUp, mem(0, AVAIL + 4, 2, 3), mem(0, AVAIL + 6, 2, 5), mem(0, AVAIL + 2, 2, 2)];
    expect(words(...two)[1]).toContain('publishes heads 3 and 5.');
    expect(words(setUp, mem(0, AVAIL + 2, 2, 6))[1]).toContain('publishes 6 chains.');
    expect(words(setUp, mem(0, AVAIL + 2, 2, 9))[1]).toBe(
      'It moves by 9 at once, but the queue has only 8 entries.',
    );
    expect(last(...published).at).toMatchObject({ structure: 'avail', part: 'idx' });
  });

  it('[2.7.12] tell which request the device takes', () => {
    expect(words(...taken)).toEqual([
      'Chain 0 taken',
      'disk0 takes the chain from descriptor 0: 3 descriptors, 16 bytes to read, 513 to write. It asks for IN, sector 1.',
      '2.7.12',
    ]);
  });

  it('[5.2.6] tell which field of the request the device fills in', () => {
    const data: Deed = (j) =>
      j.bytesWritten(1, 0x0110_0040, new Uint8Array(512), new Uint8Array(512).fill(0xab));
    expect(last(...taken, data)).toMatchObject({
      title: 'data ← 512 bytes',
      section: '5.2.6',
      tone: 'device',
      at: { queue: 0, structure: 'desc', index: 1, addr: 0x0110_0040, length: 512 },
    });
    expect(last(...taken, mem(1, 0x0110_0240, 1, 2))).toMatchObject({
      title: 'status ← UNSUPP (2)',
      text: 'disk0 writes 1 byte into the request’s status, in descriptor 2 of chain 0: 02.',
    });
  });

  it('[2.7.8] tell what the device returns', () => {
    const entry = mem(1, USED + SPLIT.usedEntry(0), 8, 0, 513);
    const idx = mem(1, USED + SPLIT.usedIdx, 2, 1);
    expect(words(...taken, entry)).toEqual([
      'Chain 0 put into used[0]',
      'The chain from descriptor 0, into which the device wrote 513 bytes. Not visible to the driver yet: idx still says 0.',
      '2.7.8',
    ]);
    expect(words(...taken, entry, idx)).toEqual([
      'Used index 0 → 1',
      'The device gives back chain 0: the driver owns the buffers again.',
      '2.7.8.2',
    ]);
    expect(last(...taken, entry, idx, (j) => j.chainPushed(DEV, 0, 0, 1, 513))).toMatchObject({
      title: 'Chain 0 returned',
      at: { structure: 'used', index: 0 },
    });
  });

  it('[2.7.7] tell flags and event fields', () => {
    expect(words(setUp, mem(0, AVAIL, 2, 1))).toEqual([
      'Available flags ← NO_INTERRUPT',
      'The driver wants no interrupts for used buffers.',
      '2.7.7',
    ]);
    expect(words(setUp, mem(1, USED, 2, 0))[1]).toBe('The device wants notifications again.');
    const event = mem(0, AVAIL + SPLIT.usedEvent(SIZE), 2, 3);
    expect(words(setUp, event)[1]).toBe('Without VIRTIO_F_EVENT_IDX this field means nothing.');
    const accepted: Deed = (j) => j.features(DEV, 'accepted', 1 << 29, 1);
    expect(words(setUp, accepted, event)[1]).toBe(
      'The driver wants an interrupt once the used index passes 3.',
    );
  });

  it('tell who writes what is the other side’s', () => {
    expect(words(setUp, mem(0, USED + SPLIT.usedIdx, 2, 1))[1]).toContain(
      'This part of the ring is the device’s to write.',
    );
    expect(words(...taken, desc(1, 0x9000, 1, 0))[1]).toContain(
      'The device owns this descriptor now',
    );
  });

  it('tell plain memory writes while the queue is unknown, and clearing as such', () => {
    expect(last(request[1] as Deed)).toMatchObject({
      title: 'Writes 16 bytes at 0x11000000',
      text: 'The driver writes 16 bytes at 0x11000000: 00001001 00000000 10000000 01000100.',
      at: { addr: DESC, length: 16 },
    });
    const clear: Deed = (j) =>
      j.bytesWritten(0, AVAIL, new Uint8Array(22).fill(9), new Uint8Array(22));
    expect(words(setUp, clear)).toEqual([
      'Clears available ring',
      '22 bytes at 0x12000000, part of queue 0 of disk0.',
      '2.7',
    ]);
  });

  it('tell where a queue was set up', () => {
    expect(words(setUp)).toEqual([
      'queue 0 of disk0 (requestq0) is set up',
      '8 entries: descriptor table at 0x11000000, available ring at 0x12000000, used ring at 0x13000000.',
      '4.1.5.1.3',
    ]);
  });
});

describe('packed rings in words', () => {
  const SIZE = 8;
  const WRAP = 0x8000;
  const { setUp, fill, mark, use, event, popped, pushed } = packedDeeds(DEV, SIZE);
  const { available, used } = MARKS;
  const [NEXT, WRITE, INDIRECT] = [1, 2, 4];
  const header: Deed[] = [
    (j) => j.memWrite(0, 0x9000, 4, 0, 0, 0, 0),
    (j) => j.memWrite(0, 0x9008, 8, 0, 0, 1, 0),
  ];
  const filled = [
    ...header,
    setUp,
    fill(0, 0x9000, 16, 5, NEXT),
    fill(1, 0xa000, 512, 5, NEXT | WRITE | available[1]),
    fill(2, 0xb000, 1, 5, WRITE | available[1]),
  ];
  const published = [...filled, mark(0, 5, NEXT | available[1])];
  const taken = [...published, popped(5, WRAP | 3, 3)];

  it('[2.8.13] tell what a descriptor describes, and why the device does not see it yet', () => {
    expect(words(...filled.slice(0, 4))).toEqual([
      'Descriptor 0 filled',
      '16 bytes at 0x00009000 for the device to read, then the next one (NEXT), buffer ID 5. Not available yet: AVAIL and USED are equal.',
      '2.8.13',
    ]);
    expect(words(...filled)[1]).toBe(
      '1 byte at 0x0000b000 that the device may write (WRITE), the last of its chain, buffer ID 5. Marked as available, but the device comes to descriptor 0 first.',
    );
    expect(words(setUp, fill(0, 0x9000, 32, 1, INDIRECT))[1]).toContain(
      'A table of 2 descriptors at 0x00009000 (INDIRECT)',
    );
    expect(words(setUp, (j) => j.memWrite(0, PACKED_RING.desc + 16, 8, 0, 0, 0x9000, 0))).toEqual([
      'Descriptor 1: addr ← 0x00009000',
      'Writes addr ← 0x00009000 of descriptor 1.',
      '2.8.13',
    ]);
  });

  it('[2.8.21.1] tell which mark hands a chain over', () => {
    expect(words(...published)).toEqual([
      'Descriptor 0 made available',
      'Buffer 5 is the device’s from now on: AVAIL is 1 and USED is 0, as the driver’s wrap counter 1 wants it. Everything else of it must be visible first: a barrier.',
      '2.8.21.1',
    ]);
    const two = [...filled, fill(3, 0xc000, 4, 6, WRITE | available[1])];
    expect(words(...two, mark(0, 5, NEXT | available[1]))[1]).toContain('Buffers 5 and 6 are');
  });

  it('[2.8.20] tell which request the device takes', () => {
    expect(words(...taken)).toEqual([
      'Buffer 5 taken',
      'disk0 takes the chain with buffer ID 5, from descriptor 0 on: 3 descriptors, 16 bytes to read, 513 to write. It asks for IN, sector 1.',
      '2.8.20',
    ]);
    expect(last(...taken).at).toMatchObject({ structure: 'desc', part: 'entries', index: 0 });
    expect(words(setUp, popped(9, WRAP | 1))[1]).toContain('the chain with buffer ID 9: 1 desc');
  });

  it('[5.2.6] tell which field of the request the device fills in', () => {
    expect(words(...taken, (j) => j.memWrite(1, 0xb000, 1, 0, 0, 0, 0))).toEqual([
      'status ← OK (0)',
      'disk0 writes 1 byte into the request’s status, in descriptor 2 of the chain from 0: 00.',
      '5.2.6',
    ]);
  });

  it('[2.8.22] tell what the device returns, and where it goes on', () => {
    const returned = [...taken, use(0, 5, 513, used[1])];
    expect(words(...returned)).toEqual([
      'Buffer 5 returned in descriptor 0',
      'The device returns the chain with buffer ID 5, into which it wrote 513 bytes: AVAIL and USED both equal its wrap counter. The next one that it uses is descriptor 3, with wrap counter 1.',
      '2.8.22',
    ]);
    expect(words(...returned, pushed(5, WRAP | 3))).toEqual([
      'Buffer 5 returned',
      'disk0 is done with the chain with buffer ID 5 and wrote 513 bytes.',
      '2.8.22',
    ]);
  });

  it('[2.8.14] tell what each side wants to hear of', () => {
    expect(words(setUp, event('driver', WRAP | 3, 2))).toEqual([
      'Driver event suppression ← DESC 3, wrap 1',
      'The driver wants an interrupt once descriptor 3 is used in the lap of wrap counter 1.',
      '2.8.14',
    ]);
    expect(words(setUp, event('device', 0, 1))[1]).toBe(
      'The device wants no notifications for now: it will look by itself.',
    );
    expect(words(setUp, event('device', 0, 0))[1]).toBe(
      'The device wants a notification for every buffer that the driver makes available.',
    );
    expect(words(setUp, event('driver', 0, 3))[1]).toBe('These flags have no meaning.');
  });

  it('[2.8.10] tell why a notification or an interrupt was left out', () => {
    const { desc } = PACKED_RING;
    expect(words(setUp, (j) => j.notification('driver', NONE, 0, false, 'noNotify', desc))).toEqual(
      [
        'Notification left out',
        'The driver does not notify queue 0 of disk0: the device’s event suppression says DISABLE.',
        '2.8.10',
      ],
    );
    expect(words(setUp, (j) => j.interrupt(DEV, 0, 'suppressed', 0, 'eventIdx'))).toEqual([
      'Interrupt left out',
      'Queue 0 has used buffers, but disk0 sends no interrupt: the other side asked to hear of another descriptor.',
      '2.8.10',
    ]);
  });

  it('tell who writes what is the other side’s, and where the queue is', () => {
    expect(words(setUp, (j) => j.memWrite(1, PACKED_RING.driver, 4, 0, 0, 0, 0))[1]).toContain(
      'This part of the ring is the driver’s to write.',
    );
    expect(words(setUp)[1]).toBe(
      '8 entries, packed: descriptor ring at 0x00011000, event suppression of the driver at 0x00012000, of the device at 0x00012004.',
    );
    const zeros = new Uint8Array(128);
    expect(words(setUp, (j) => j.bytesWritten(0, PACKED_RING.desc, zeros, zeros))[0]).toBe(
      'Clears descriptor ring',
    );
  });
});

describe('notifications and interrupts in words', () => {
  it('[2.7.10] tell why one was left out', () => {
    expect(words((j) => j.notification('driver', DEV, 0, false, 'noNotify'))).toEqual([
      'Notification left out',
      'The driver does not notify queue 0 of disk0: the device set NO_NOTIFY in the used ring’s flags.',
      '2.7.10',
    ]);
    expect(words((j) => j.interrupt(DEV, 0, 'suppressed', 0, 'noInterrupt'))).toEqual([
      'Interrupt left out',
      'Queue 0 has used buffers, but disk0 sends no interrupt: the driver set NO_INTERRUPT in the available ring’s flags.',
      '2.7.7',
    ]);
    expect(words((j) => j.notification('driver', DEV, 0, true, 'queueNotEnabled'))[1]).toContain(
      'but the queue is not set up',
    );
  });

  it('[4.1.5.3] tell inputs and vectors apart, and queues from the configuration', () => {
    expect(last((j) => j.interrupt(DEV, 0, 'raised', 11, 'always'))).toMatchObject({
      title: 'Interrupt: input 11 raised',
      text: 'disk0 raises input 11: queue 0 has used buffers.',
      tone: 'interrupt',
      at: { dev: DEV, queue: 0 },
    });
    expect(words((j) => j.interrupt(DEV, NONE, 'message', 2, 'always'))).toEqual([
      'Interrupt: vector 2',
      'disk0 sends the message of MSI-X vector 2: its configuration changed.',
      '4.1.5.4',
    ]);
    expect(words((j) => j.interrupt(DEV, 0, 'masked', 11, 'intxDisabled'))[1]).toContain(
      'the PCI Command register disables INTx',
    );
    expect(words((j) => j.interrupt(DEV, NONE, 'lowered', 11, 'always'))[0]).toBe(
      'Input 11 lowered',
    );
  });

  it('tell what a halted vCPU waits for', () => {
    expect(words((j) => j.vcpuWait('halt', [10, 211], 0))[1]).toBe(
      'The guest has nothing to do before input 10 or 211 is raised.',
    );
  });
});

describe('the rest in words', () => {
  it('[5.2.6] names what is asked of a back end', () => {
    expect(words((j) => j.backendRequest(DEV, 0, 'read', 4, 512, 1024))).toEqual([
      'Back end: read',
      'disk0 asks its back end to read 1024 bytes at byte 512 (request 4).',
      '5.2.6',
    ]);
    expect(words((j) => j.backendCompletion(DEV, 0, 'write', 4, 1, 0))[1]).toBe(
      'The back end of disk0 has answered request 4 with status IOERR (1).',
    );
  });

  it.each(VIOLATIONS.map(({ code }, i) => [code, i] as const))(
    'tells violation %s with its numbers',
    (_, i) => {
      const narration = last(
        (j) => j.scriptLine(14),
        (j) => j.violation(DEV, 0, i, 3, 40_000),
      );
      expect(narration.tone).toBe('violation');
      expect(narration.section).toBe(VIOLATIONS[i]?.section);
      expect(narration.at).toMatchObject({ dev: DEV, queue: 0, line: 14 });
      expect(narration.text).not.toMatch(/[{}]|undefined/);
      expect(narration.title).toMatch(/^[A-Z][\w ]+$/);
    },
  );

  it('shows addresses, features and status bits of violations as what they are', () => {
    const text = (code: keyof typeof VIOLATION_INDEX, value: number) =>
      last((j) => j.violation(DEV, 0, VIOLATION_INDEX[code], 1, value)).text;
    expect(text('addressOutsideRam', 0x7f00_0000_1000)).toContain('0x7f0000001000');
    expect(text('featureNotOffered', 2 ** 9)).toContain('VIRTIO_BLK_F_FLUSH');
    expect(text('statusBitCleared', 3)).toContain('ACKNOWLEDGE | DRIVER');
  });

  it('tells the script’s life', () => {
    const story = told([
      (j) => j.script('start', 0, ''),
      (j) => j.scriptLine(14),
      (j) => j.log('driver', 'log', `a\n${'x'.repeat(300)}`),
      (j) => j.script('fail', 0, 'TypeError: no'),
    ]);
    expect(story.map(({ title }) => title)).toEqual([
      'Script starts',
      'Line 14',
      'Printed',
      'Script fails',
    ]);
    expect(story[2]?.text.length).toBeLessThan(160);
    expect(story[3]).toMatchObject({ text: '“TypeError: no”, at line 14.', at: { line: 14 } });
  });

  it('does without names', () => {
    const [narration] = told([(j) => j.status(DEV, 0, 1)], NAMELESS);
    expect(narration?.title).toBe('Status of device 7: ACKNOWLEDGE');
  });
});

describe('whatever happens', () => {
  const sound = (narration: Narration) => {
    expect(narration.title).not.toBe('');
    expect(`${narration.title} ${narration.text}`).not.toMatch(/undefined|NaN|\[object|null/);
    expect(narration.text).toMatch(/[.…]$/);
    expect(narration.text.length).toBeLessThan(1_000);
    if (narration.section) {
      expect(narration.sectionTitle).toBe(sectionTitle(narration.section));
      expect(narration.sectionTitle).toBeTypeOf('string');
    }
  };

  it('every event has a sentence and a section that exists', () => {
    fc.assert(
      fc.property(randomDeeds(80), fc.boolean(), (deeds, named) => {
        for (const narration of told(deeds, named ? NAMES : NAMELESS)) sound(narration);
      }),
      { numRuns: 150 },
    );
  });

  it('a write is told with bounded work, however long the chains are that it may belong to', () => {
    const size = 32_768;
    const [desc, driver, device] = [0x100_0000, 0x200_0000, 0x300_0000];
    const table = new Uint8Array(16 * size);
    const view = new DataView(table.buffer);
    for (let i = 0; i < size; i++) {
      view.setUint32(16 * i + 12, 1 | (((i + 1) % size) << 16), true);
    }
    const heads = Uint8Array.from({ length: 2 * size }, (_, i) => (i % 2 === 0 ? i / 2 : i >> 9));
    const deeds: Deed[] = [
      (j) => j.queueConfig(DEV, 0, true, false, size, desc, driver, device),
      (j) => j.bytesWritten(0, desc, new Uint8Array(table.length), table),
      (j) => j.bytesWritten(0, driver + 4, new Uint8Array(heads.length), heads),
      (j) => j.memWrite(0, driver + 2, 2, 0, 0, size, 0),
      (j) => j.memWrite(1, 0x9000, 4, 0, 0, 1, 0),
    ];
    const store = journalOf(deeds, undefined, 1 << 22);
    const before = new Folder(store).momentAt(store.length - 1);
    const reads = vi.spyOn(GuestImage.prototype, 'u16');
    const { title } = narrate(store.get(store.length - 1), before, NAMES);
    expect(title).toBe('Writes 4 bytes at 0x00009000');
    // Once through table and ring, not once for each of the 64 newest chains.
    expect(reads.mock.calls.length).toBeLessThan(20 * size);
    reads.mockRestore();
  });

  it('even records of random words are told, after any journal', () => {
    const record = fc.uint32Array({ minLength: RECORD_WORDS, maxLength: RECORD_WORDS });
    const kinds = KINDS.flatMap((kind) => (kind ? [EVENTS[kind].code] : []));
    fc.assert(
      fc.property(
        randomDeeds(20),
        fc.array(fc.tuple(record, fc.constantFrom(...kinds)), { maxLength: 40 }),
        (deeds, records) => {
          const store = journalOf(deeds);
          const before = new Folder(store).momentAt(store.length);
          for (const [random, code] of records) {
            random[0] = ((random[0] ?? 0) & ~0xff) | code;
            sound(narrate(decode(random, 0, new Uint8Array(20)), before, NAMES));
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
