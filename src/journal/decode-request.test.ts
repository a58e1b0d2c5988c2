import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VIRTIO_ID } from '../spec/virtio.ts';
import { decodeRequest, fieldAt, fieldsIn } from './decode-request.ts';
import { GuestImage } from './fold/guest-image.ts';

const HEADER = 0x1000;
const DATA = 0x2000;
const STATUS = 0x3000;

/** A block request's header in memory, and a status byte. */
function memory(type: number, sector: number, status = 0): GuestImage {
  const header = new Uint8Array(16);
  const view = new DataView(header.buffer);
  view.setUint32(0, type, true);
  view.setBigUint64(8, BigInt(sector), true);
  return GuestImage.empty.with(HEADER, header).with(STATUS, [status]);
}

const segment = (index: number, addr: number, len: number, writable: boolean) => ({
  index,
  addr,
  len,
  writable,
});
const IN = [
  segment(0, HEADER, 16, false),
  segment(1, DATA, 512, true),
  segment(2, STATUS, 1, true),
];
const OUT = [
  segment(0, HEADER, 16, false),
  segment(1, DATA, 512, false),
  segment(2, STATUS, 1, true),
];

const blk = (chain: typeof IN, image: GuestImage) => decodeRequest(VIRTIO_ID.BLOCK, chain, image);
const shown = (chain: typeof IN, image: GuestImage) =>
  blk(chain, image)?.fields.map(({ name, value, by }) => `${by} ${name} ${value}`);

describe('a block request', () => {
  it('[5.2.6] is header, data and status', () => {
    expect(blk(IN, memory(0, 2 ** 33 + 1))?.title).toBe('IN, sector 8589934593');
    expect(shown(IN, memory(0, 1))).toEqual([
      'driver type IN (0)',
      'driver reserved 0',
      'driver sector 1',
      'device data 512 bytes',
      'device status OK (0)',
    ]);
    expect(shown(OUT, memory(1, 2, 1))).toEqual([
      'driver type OUT (1)',
      'driver reserved 0',
      'driver sector 2',
      'driver data 512 bytes',
      'device status IOERR (1)',
    ]);
  });

  it('[2.7.4] may be cut into descriptors anywhere', () => {
    const cut = [
      segment(4, HEADER, 3, false),
      segment(5, HEADER + 3, 6, false),
      segment(6, HEADER + 9, 7, false),
      segment(7, DATA, 100, true),
      segment(0, DATA + 100, 413, true),
    ];
    const request = blk(cut, memory(0, 1).with(DATA + 512, [2]));
    expect(request?.title).toBe('IN, sector 1');
    const sector = request?.fields.find(({ name }) => name === 'sector');
    expect(sector?.parts).toEqual([
      { descriptor: 5, addr: HEADER + 8, length: 1 },
      { descriptor: 6, addr: HEADER + 9, length: 7 },
    ]);
    const status = request?.fields.find(({ name }) => name === 'status');
    expect(status).toMatchObject({
      value: 'UNSUPP (2)',
      parts: [{ descriptor: 0, addr: DATA + 512, length: 1 }],
    });
  });

  it('[5.2.6] shows an answer to GET_ID as text, and the ranges of a DISCARD', () => {
    const id = memory(8, 0).with(DATA, [72, 105, 0, 99]);
    expect(shown(IN, id)?.[3]).toBe('device data "Hi"');
    expect(blk(IN, id)?.title).toBe('GET_ID');
    const discard = memory(11, 0).with(DATA, [5, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0]);
    expect(shown(OUT, discard)?.[3]).toBe('driver data 8 sectors of 512 bytes from 5');
  });

  it('of an unknown type, or too short, is still shown as far as it goes', () => {
    expect(blk(IN, memory(99, 0))?.title).toBe('unknown type 99');
    expect(shown([segment(0, HEADER, 10, false)], memory(0, 1))).toEqual([
      'driver type IN (0)',
      'driver reserved 0',
      'driver sector missing',
      'device status missing',
    ]);
    expect(shown([segment(0, STATUS, 1, true)], memory(0, 1))?.[0]).toBe('driver type missing');
  });

  it('tells which field an address, and which fields a descriptor, belong to', () => {
    const request = blk(IN, memory(0, 1));
    if (!request) throw new Error('not decoded');
    expect(fieldAt(request, HEADER + 9)?.name).toBe('sector');
    expect(fieldAt(request, DATA + 511)?.name).toBe('data');
    expect(fieldAt(request, DATA + 512)).toBeUndefined();
    expect(fieldsIn(request, 0).map(({ name }) => name)).toEqual(['type', 'reserved', 'sector']);
    expect(fieldsIn(request, 2).map(({ name }) => name)).toEqual(['status']);
  });
});

describe('requests', () => {
  it('[5.4.6] of the entropy device are buffers to fill', () => {
    const request = decodeRequest(
      VIRTIO_ID.ENTROPY,
      [segment(3, DATA, 64, true)],
      GuestImage.empty,
    );
    expect(request).toMatchObject({
      title: '64 random bytes',
      fields: [{ name: 'data', by: 'device' }],
    });
  });

  it('of other devices, and no chain at all, are not decoded', () => {
    expect(decodeRequest(VIRTIO_ID.NET, IN, GuestImage.empty)).toBeUndefined();
    expect(decodeRequest(undefined, IN, GuestImage.empty)).toBeUndefined();
    expect(decodeRequest(VIRTIO_ID.BLOCK, [], GuestImage.empty)).toBeUndefined();
  });

  it('of any shape are decoded without an error', () => {
    const piece = fc.record({
      index: fc.nat(9),
      addr: fc.oneof(fc.nat(100), fc.constant(Number.MAX_SAFE_INTEGER)),
      len: fc.oneof(fc.nat(20), fc.constantFrom(0, 0xffff_ffff)),
      writable: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.uint8Array({ maxLength: 120 }),
        fc.constantFrom(2, 4),
        (chain, bytes, id) => {
          const request = decodeRequest(id, chain, GuestImage.empty.with(0, bytes));
          expect(request === undefined).toBe(chain.length === 0);
          for (const { parts } of request?.fields ?? [])
            for (const { length } of parts) expect(length).toBeGreaterThan(0);
        },
      ),
    );
  });
});
