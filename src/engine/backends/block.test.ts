import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlockBackend, type DriveOptions, Overlay } from './block.ts';
import { type ByteSource, bytesSource } from './byte-source.ts';

const OPTIONS: DriveOptions = { id: 'd0', filename: 'x', format: 'raw', readOnly: false };

function drive(source: ByteSource, options: Partial<DriveOptions> = {}): BlockBackend {
  return new BlockBackend({ ...OPTIONS, ...options }, new Overlay(source));
}

function read(
  from: { read(position: number, into: Uint8Array): void },
  position: number,
  length: number,
): number[] {
  const into = new Uint8Array(length).fill(0xee);
  from.read(position, into);
  return [...into];
}

test('an image in memory gives as many bytes as there are', () => {
  const source = bytesSource(Uint8Array.of(1, 2, 3));
  const into = new Uint8Array(4);
  expect(source.read(1, into)).toBe(2);
  expect([...into]).toEqual([2, 3, 0, 0]);
  expect(source.read(3, into)).toBe(0);
});

describe('the overlay', () => {
  test('reads as an array that is written in place, and leaves the image as it was', () => {
    const size = 3 * 65536;
    const original = new Uint8Array(size).map((_, i) => (i * 7) & 0xff);
    const span = fc
      .integer({ min: 0, max: size - 1 })
      .chain((at) =>
        fc.tuple(
          fc.constant(at),
          fc.integer({ min: 0, max: Math.min(70_000, size - at) }),
          fc.nat(255),
        ),
      );
    fc.assert(
      fc.property(fc.array(span, { maxLength: 6 }), (writes) => {
        const image = original.slice();
        const model = original.slice();
        const overlay = new Overlay(bytesSource(image));
        for (const [at, length, byte] of writes) {
          overlay.write(at, new Uint8Array(length).fill(byte));
          model.fill(byte, at, at + length);
          const into = new Uint8Array(Math.min(size - at, length + 10));
          overlay.read(at, into);
          expect(Buffer.compare(into, model.subarray(at, at + into.length))).toBe(0);
        }
        const whole = new Uint8Array(size);
        overlay.read(0, whole);
        expect(Buffer.compare(whole, model)).toBe(0);
        expect(Buffer.compare(image, original)).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  test('forgets everything when it is restored', () => {
    const overlay = new Overlay(bytesSource(new Uint8Array(1024)));
    overlay.write(500, Uint8Array.of(1, 2, 3));
    expect(overlay.changedBytes).toBe(65536);
    overlay.restore();
    expect(overlay.changedBytes).toBe(0);
    expect(read(overlay, 500, 3)).toEqual([0, 0, 0]);
  });

  test('passes on what the image throws', () => {
    const broken: ByteSource = {
      length: 512,
      read: () => {
        throw new Error('gone');
      },
    };
    expect(() => read(drive(broken), 0, 512)).toThrow('gone');
  });
});

describe('a drive', () => {
  test('has whole sectors; what the image lacks reads as zeros and can be written', () => {
    const short = drive(bytesSource(new Uint8Array(513).fill(5)));
    expect(short.length).toBe(1024);
    expect(read(short, 511, 4)).toEqual([5, 5, 0, 0]);
    short.write(1020, Uint8Array.of(1, 2, 3, 4));
    expect(read(short, 1019, 5)).toEqual([0, 1, 2, 3, 4]);
  });

  test('that discards what is written reads as before', () => {
    const sink = drive(bytesSource(new Uint8Array(512)), { discardsWrites: true });
    sink.write(0, Uint8Array.of(1));
    expect(read(sink, 0, 1)).toEqual([0]);
  });

  test('starts with the write cache that its options name', () => {
    expect(drive(bytesSource(new Uint8Array(512))).writeCache).toBe(true);
    expect(drive(bytesSource(new Uint8Array(512)), { writeCache: false }).writeCache).toBe(false);
  });
});

describe('devices at one drive', () => {
  const conflict = (writer: string, holder: string) =>
    "Permission conflict on node 'd0': permissions 'write' are both required by block device " +
    `'${writer}' (uses node 'd0' as 'root' child) and unshared by block device '${holder}' (uses node 'd0' as 'root' child).`;

  test('stand in each other’s way unless both share, in QEMU 7.2’s words', () => {
    const shared = drive(bytesSource(new Uint8Array(512)));
    expect(shared.attach('/a', true)).toBeUndefined();
    expect(shared.attach('/b', false)).toBe(conflict('/a', '/b'));
    expect(shared.attach('/c', true)).toBeUndefined();
    expect(shared.users).toEqual(['/a', '/c']);
    const owned = drive(bytesSource(new Uint8Array(512)));
    expect(owned.attach('/a', false)).toBeUndefined();
    expect(owned.attach('/b', true)).toBe(conflict('/b', '/a'));
    expect(owned.attach('/b', false)).toBe(conflict('/a', '/b'));
    owned.detach('/a');
    expect(owned.attach('/b', false)).toBeUndefined();
  });

  test('may be any number where nobody can write', () => {
    const cd = drive(bytesSource(new Uint8Array(512)), { readOnly: true });
    expect([cd.attach('/a', false), cd.attach('/b', false)]).toEqual([undefined, undefined]);
  });
});
