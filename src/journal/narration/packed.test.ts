import { describe, expect, it } from 'vitest';
import { MARKS, PACKED_RING, packedDeeds } from '../../testing/packed-deeds.ts';
import type { Deed } from '../../testing/random-journal.ts';
import { DEV, last, words } from '../../testing/told.ts';
import { NONE } from '../schema.ts';

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
      'disk0 takes the chain with buffer ID 5, from descriptor 0 on: 3 descriptors, 16 bytes to read, 513 to write. The request: IN, sector 1.',
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
    const returned = [...taken, pushed(5, WRAP | 3)];
    expect(words(...returned, (j) => j.interrupt(DEV, 0, 'suppressed', 0, 'eventIdx'))).toEqual([
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
