import { describe, expect, it } from 'vitest';
import { SPLIT } from '../../spec/virtio.ts';
import type { Deed } from '../../testing/random-journal.ts';
import { DEV, last, words } from '../../testing/told.ts';

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
      'disk0 takes the chain from descriptor 0: 3 descriptors, 16 bytes to read, 513 to write. The request: IN, sector 1.',
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

  it('[2.7.5.3] tell which entry of an indirect table names what is written', () => {
    const table = 0x0120_0000;
    const entry = (at: number, addr: number, len: number, flags: number, next: number): Deed[] => [
      mem(0, table + 16 * at, 8, addr),
      mem(0, table + 16 * at + 8, 8, len, flags | (next << 16)),
    ];
    // The chain in the table does not lie in order.
    const indirect = [
      ...header,
      ...entry(0, 0x0110_0000, 16, 1, 2),
      ...entry(2, 0x0110_0040, 512, 3, 1),
      ...entry(1, 0x0110_0240, 1, 2, 0),
      setUp,
      desc(0, table, 48, 4),
    ];
    expect(words(...indirect, mem(0, table + 16, 8, 0x0110_0280))).toEqual([
      'Writes 8 bytes at 0x01200010',
      'The driver writes 8 bytes into the indirect table, in descriptor 0 of chain 0: 80021001 00000000.',
      '2.7.5.3',
    ]);
    const popped: Deed = (j) => j.chainPopped(DEV, 0, 0, 1, 16, 513, 3);
    const owned = [...indirect, mem(0, AVAIL + 4, 2, 0), mem(0, AVAIL + 2, 2, 1), popped];
    const data: Deed = (j) =>
      j.bytesWritten(1, 0x0110_0040, new Uint8Array(512), new Uint8Array(512).fill(0xab));
    expect(words(...owned, data)[1]).toContain('data, in entry 2 of the indirect table of chain 0');
    expect(words(...owned, mem(1, 0x0110_0240, 1, 0))[1]).toBe(
      'disk0 writes 1 byte into the request’s status, in entry 1 of the indirect table of chain 0: 00.',
    );
    expect(words(...owned, mem(0, 0x0110_0008, 8, 2))[1]).toContain(
      'sector, in entry 0 of the indirect table of chain 0',
    );
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
