import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VIRTIO_ID } from '../spec/virtio.ts';
import {
  decodeRequest,
  fieldAt,
  fieldsIn,
  REQUEST_DECODERS,
  type RequestContext,
} from './decode-request.ts';
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

/** Little-endian, nothing known of queue and features. */
const PLAIN: RequestContext = { queue: '', accepted: 0, bigEndian: false };
const blk = (chain: typeof IN, image: GuestImage) =>
  decodeRequest(VIRTIO_ID.BLOCK, chain, image, PLAIN);
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
      PLAIN,
    );
    expect(request).toMatchObject({
      title: '64 random bytes',
      fields: [{ name: 'data', by: 'device' }],
    });
  });

  it('of other devices, and no chain at all, are not decoded', () => {
    expect(decodeRequest(VIRTIO_ID.NET, IN, GuestImage.empty, PLAIN)).toBeUndefined();
    expect(decodeRequest(undefined, IN, GuestImage.empty, PLAIN)).toBeUndefined();
    expect(decodeRequest(VIRTIO_ID.BLOCK, [], GuestImage.empty, PLAIN)).toBeUndefined();
  });

  it('of any shape are decoded without an error, and no byte is two fields', () => {
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
        fc.constantFrom(...Object.keys(REQUEST_DECODERS).map(Number)),
        fc.constantFrom('', ...QUEUES),
        fc.constantFrom(0, 2 ** 32, 2 ** 15),
        fc.boolean(),
        (chain, bytes, id, queue, accepted, bigEndian) => {
          const memory = GuestImage.empty.with(0, bytes);
          const request = decodeRequest(id, chain, memory, { queue, accepted, bigEndian });
          let told = 0;
          for (const { parts, value } of request?.fields ?? []) {
            expect(value).not.toMatch(/undefined|NaN/);
            for (const { length } of parts) {
              expect(length).toBeGreaterThan(0);
              told += length;
            }
          }
          expect(told).toBeLessThanOrEqual(chain.reduce((sum, { len }) => sum + len, 0));
        },
      ),
      { numRuns: 300 },
    );
  });
});

const QUEUES = [
  ...['receiveq1', 'transmitq1', 'controlq', 'receiveq(port0)', 'transmitq(port0)'],
  ...['control receiveq', 'control transmitq', 'statsq', 'free_page_vq', 'reporting_vq'],
  ...['eventq', 'statusq', 'cursorq', 'inflateq', 'requestq0'],
];

const le = (...values: number[]): number[] =>
  values.flatMap((value) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff));
const zeros = (count: number): number[] => new Array(count).fill(0);
const chars = (text: string): number[] => [...new TextEncoder().encode(text)];
const VERSION_1 = 2 ** 32;
const { NET, CONSOLE, BALLOON, SCSI, GPU, INPUT, CRYPTO, IOMMU, MEM, PMEM } = VIRTIO_ID;

/** Requests as drivers make them: device, queue, bytes to read, bytes to write; title and a field. */
const REQUESTS: readonly (readonly [
  id: number,
  queue: string,
  readable: readonly number[],
  writable: readonly number[],
  title: string,
  field: string,
])[] = [
  [
    NET,
    'transmitq1',
    [...zeros(12), ...new Array(6).fill(0xff), 0x52, 0x54, 0, 1, 2, 3, 8, 6, ...zeros(46)],
    [],
    'send 60 bytes, ARP',
    'source 52:54:00:01:02:03',
  ],
  [NET, 'receiveq1', [], zeros(1526), 'room for a packet of 1514 bytes', 'num_buffers 0'],
  [NET, 'controlq', [0, 0, 1], [0], 'RX PROMISC', 'ack OK (0)'],
  [NET, 'controlq', [1, 1, 2, 0, 0, 0, 0, 9], [1], 'MAC ADDR_SET', 'mac 02:00:00:00:00:09'],
  [CONSOLE, 'transmitq(port0)', chars('hello'), [], 'print 5 characters', 'data "hello"'],
  [CONSOLE, 'control transmitq', [...le(1), 3, 0, 1, 0], [], 'PORT_READY', 'id 1'],
  [BALLOON, 'inflateq', le(0x3ff, 0x400), [], 'give 2 pages', 'pfns 0x3ff, 0x400'],
  [BALLOON, 'statsq', [4, 0, ...le(4096, 0)], [], '1 statistic', 'tag MEMFREE (4)'],
  [
    SCSI,
    'requestq0',
    [1, 3, 0x40, 2, ...zeros(15), 0x12, 0, 0, 0, 36, ...zeros(27)],
    zeros(144),
    'INQUIRY',
    'lun target 3, unit 2',
  ],
  [
    SCSI,
    'controlq',
    [...le(0, 5), 1, 0, 0x40, 0, ...zeros(12)],
    [0],
    'LOGICAL_UNIT_RESET',
    'response OK (0)',
  ],
  [SCSI, 'eventq', [], zeros(16), 'room for an event', 'event NO_EVENT (0)'],
  [
    GPU,
    'controlq',
    [...le(0x101, 1, 7, 0, 0, 0), ...le(5, 2, 640, 480)],
    [...le(0x1100, 1, 7, 0, 0, 0)],
    'RESOURCE_CREATE_2D',
    'flags FENCE (0x1)',
  ],
  [INPUT, 'eventq', [], [1, 0, 30, 0, ...le(1)], 'room for an event', 'type KEY (1)'],
  [
    CRYPTO,
    'controlq',
    [...le(2, 3, 0, 0), ...zeros(56)],
    zeros(16),
    'CIPHER_CREATE_SESSION',
    'status OK (0)',
  ],
  [
    CRYPTO,
    'dataq1',
    [...le(0, 3, 9, 0, 0, 0), ...zeros(64)],
    zeros(17),
    'CIPHER_ENCRYPT',
    'session_id 9',
  ],
  [
    IOMMU,
    'requestq',
    [3, 0, 0, 0, ...le(1, 0x1000, 0, 0x1fff, 0, 0x8000, 0, 3)],
    zeros(4),
    'MAP',
    'flags READ | WRITE (0x3)',
  ],
  [
    MEM,
    'guest-request',
    [3, ...zeros(7), ...le(0, 1), 2, ...zeros(7)],
    zeros(10),
    'STATE',
    'state PLUGGED (0)',
  ],
  [PMEM, 'req_vq', le(0), le(0), 'FLUSH', 'ret 0'],
  [
    VIRTIO_ID['9P'],
    'requests',
    [...le(19), 100, 0xff, 0xff, ...le(8192), 6, 0, ...chars('9P2000')],
    zeros(64),
    'TVERSION',
    'version "9P2000"',
  ],
];

describe('every device that answers requests has its format', () => {
  it.each(REQUESTS)('device %i, %s', (id, queue, readable, writable, title, field) => {
    const image = GuestImage.empty.with(DATA, readable).with(STATUS, writable);
    // Cut where no field ends, so that nothing depends on where descriptors do.
    const chain = [
      segment(0, DATA, Math.min(readable.length, 5), false),
      segment(1, DATA + 5, readable.length - 5, false),
      segment(2, STATUS, writable.length, true),
    ].filter(({ len }) => len > 0);
    const request = decodeRequest(id, chain, image, {
      ...PLAIN,
      queue,
      accepted: VERSION_1,
    });
    expect(request?.title).toBe(title);
    expect(request?.fields.map(({ name, value }) => `${name} ${value}`)).toContain(field);
    const told = request?.fields.flatMap(({ parts }) => parts.map(({ length }) => length)) ?? [];
    expect(told.reduce((sum, length) => sum + length, 0)).toBe(readable.length + writable.length);
  });

  it('a legacy packet without MRG_RXBUF has no num_buffers', () => {
    const chain = [segment(0, DATA, 74, true)];
    const request = decodeRequest(NET, chain, GuestImage.empty, {
      ...PLAIN,
      queue: 'receiveq1',
    });
    expect(request?.title).toBe('room for a packet of 64 bytes');
  });
});
