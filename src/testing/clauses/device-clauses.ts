import { VIRTIO_BLK_CONFIG, VIRTIO_BLK_T } from '../../spec/blk.ts';
import { STATUS, VIRTIO_F, VIRTQ_DESC_F_INDIRECT, VIRTQ_DESC_F_WRITE } from '../../spec/virtio.ts';
import type { Piece } from './ring.ts';
import type { Subject } from './subject.ts';

/** What a device must do, as a trial on a subject. Returns what was found wrong. */
export interface Clause {
  /** `2.7.4.1` */
  readonly section: string;
  readonly title: string;
  /** Where the clause has a meaning; everywhere where left out. */
  applies?(subject: Subject): boolean;
  /** Properties that the device needs, as `,name=value`. */
  readonly properties?: string;
  /** The trial: what must be equal, by name. */
  trial(subject: Subject): Readonly<Record<string, readonly [found: unknown, expected: unknown]>>;
}

const { VIRTIO_F_INDIRECT_DESC, VIRTIO_F_EVENT_IDX, VIRTIO_F_RING_RESET } = VIRTIO_F;

/** Offset of the field that the accepted features may change. */
const WRITEBACK = VIRTIO_BLK_CONFIG.writeback.offset;

const modern = ({ port }: Subject) => !port.legacy;
const split = ({ format }: Subject) => format === 'split';
const packed = ({ format }: Subject) => format === 'packed';
const resets = ({ port }: Subject) => port.resetsQueues;

/** A piece cut into parts of at most `length` bytes. */
function cut({ addr, len, writable = false }: Piece, length: number): Piece[] {
  return Array.from({ length: Math.ceil(len / length) }, (_, i) => ({
    addr: addr + i * length,
    len: Math.min(length, len - i * length),
    writable,
  }));
}

const BASIC: readonly Clause[] = [
  {
    section: '2.1.2',
    title: 'a device that gives up sets DEVICE_NEEDS_RESET and tells of a configuration change',
    applies: modern,
    trial(subject) {
      const ring = subject.start();
      ring.offer([{ addr: 0x8000_0000_0000, len: 0 }]);
      subject.port.notify(0);
      const status = subject.port.status();
      return {
        DEVICE_NEEDS_RESET: [status & STATUS.DEVICE_NEEDS_RESET, STATUS.DEVICE_NEEDS_RESET],
        told: [subject.port.told().config, true],
      };
    },
  },
  {
    section: '2.1.2',
    title: 'no configuration change is told of before DRIVER_OK',
    trial(subject) {
      subject.negotiate();
      subject.queue();
      subject.port.told();
      subject.port.device.notifyConfig();
      return { told: [subject.port.told().config, false] };
    },
  },
  {
    section: '2.2.2',
    title: 'the same features are agreed on again after a reset',
    applies: modern,
    trial(subject) {
      const offered = subject.port.features();
      const wanted = [VIRTIO_F_INDIRECT_DESC, VIRTIO_F_EVENT_IDX];
      const first = subject.negotiate(wanted);
      return {
        first: [first, true],
        again: [subject.negotiate(wanted), true],
        offered: [subject.port.features(), offered],
      };
    },
  },
  {
    section: '2.2.2',
    title: 'every subset of the features that the driver may choose among is accepted',
    applies: modern,
    trial(subject) {
      const free = [VIRTIO_F_INDIRECT_DESC, VIRTIO_F_EVENT_IDX, VIRTIO_F_RING_RESET];
      const refused = Array.from({ length: 2 ** free.length }, (_, set) =>
        free.filter((_feature, i) => (set >> i) & 1),
      ).filter((features) => !subject.negotiate(features));
      return { refused: [refused, []] };
    },
  },
  {
    section: '2.2.2',
    title: 'FEATURES_OK stays clear where the device cannot do without a feature that is missing',
    properties: ',iommu_platform=on',
    applies: modern,
    trial: (subject) => ({
      without: [subject.negotiate(), false],
      with: [subject.negotiate([VIRTIO_F.VIRTIO_F_ACCESS_PLATFORM]), true],
    }),
  },
  {
    section: '2.4.1',
    title: 'a reset leaves status 0, and queues alone until they are set up again',
    trial(subject) {
      const ring = subject.start();
      const request = subject.request();
      ring.offer(request.pieces);
      subject.port.reset();
      const status = subject.port.status();
      subject.port.notify(0);
      return {
        status: [status, 0],
        untouched: [subject.untouched(request), true],
        returned: [ring.returned(), []],
        told: [subject.port.told(), { used: false, config: false }],
      };
    },
  },
  {
    section: '2.4.1',
    title: 'a device that gave up works again after a reset',
    trial(subject) {
      subject.start().offer([{ addr: 0, len: 0 }]);
      subject.port.notify(0);
      const ring = subject.start();
      const request = subject.request();
      ring.offer(request.pieces);
      subject.port.notify(0);
      return {
        served: [subject.served(request), true],
        status: [subject.port.status(), subject.live],
      };
    },
  },
  {
    section: '2.5.2',
    title: 'configuration can be read before FEATURES_OK, fields of offered features included',
    trial(subject) {
      const { port } = subject;
      port.reset();
      port.setStatus(STATUS.ACKNOWLEDGE | STATUS.DRIVER);
      // Until VERSION_1 is accepted, the byte order is that of a legacy driver.
      port.accept(subject.plain);
      const before = port.config(0, 36);
      subject.start();
      const queues = [port.device.queues.length, 0];
      return {
        capacity: [before[port.bigEndian ? 7 : 0], 128],
        'num_queues, as MQ is offered': [
          [...before.subarray(34)],
          port.bigEndian ? queues.reverse() : queues,
        ],
        'all but writeback, which features decide': [
          [...before.subarray(0, WRITEBACK)],
          [...subject.port.config(0, WRITEBACK)],
        ],
      };
    },
  },
  {
    section: '2.6.1.1.1',
    title: 'a queue that was reset serves nothing, tells nothing, and forgets where it was',
    applies: resets,
    trial(subject) {
      const ring = subject.start([VIRTIO_F_RING_RESET]);
      const first = subject.request();
      ring.offer(first.pieces);
      subject.port.notify(0);
      ring.returned();
      subject.port.told();
      const request = subject.request();
      ring.offer(request.pieces);
      subject.port.resetQueue(0);
      subject.port.notify(0);
      const told = subject.port.told();
      const again = subject.queue(0);
      const anew = subject.request();
      again.offer(anew.pieces);
      subject.port.notify(0);
      return {
        untouched: [subject.untouched(request), true],
        told: [told, { used: false, config: false }],
        'served from the first entry on': [subject.served(anew), true],
        returned: [again.returned().length, 1],
      };
    },
  },
  {
    section: '2.6.1.2.1',
    title: 'a queue that is enabled again has the size that the driver chose now',
    applies: resets,
    trial(subject) {
      subject.start([VIRTIO_F_RING_RESET], 16);
      subject.port.resetQueue(0);
      const ring = subject.queue(0, 4);
      const served = Array.from({ length: 9 }, () => {
        const request = subject.request();
        ring.offer(request.pieces, subject.table());
        subject.port.notify(0);
        ring.returned();
        return subject.served(request);
      });
      return { served: [served.filter(Boolean).length, 9] };
    },
  },
];

const RINGS: readonly Clause[] = [
  ...[
    { section: '2.7.4.1', applies: split },
    { section: '2.8.18', applies: packed },
  ].map(
    ({ section, applies }): Clause => ({
      section,
      title: 'how a request is cut into descriptors makes no difference',
      applies,
      trial(subject) {
        const ring = subject.start([VIRTIO_F_INDIRECT_DESC], 64);
        const wrong: number[] = [];
        for (const length of [1, 3, 7, 15, 100, 511]) {
          const request = subject.request(3);
          const pieces = request.pieces.flatMap((piece) =>
            cut(piece, piece.len > 100 ? Math.max(length, 100) : length),
          );
          ring.offer(pieces);
          subject.port.notify(0);
          if (!subject.served(request, 3)) wrong.push(length);
          ring.returned();
        }
        return { wrong: [wrong, []] };
      },
    }),
  ),
  ...[
    { section: '2.7.5.1', applies: split },
    { section: '2.8.15', applies: packed },
  ].map(
    ({ section, applies }): Clause => ({
      section,
      title: 'what the device may only read is left as it is',
      applies,
      trial(subject) {
        const ring = subject.start();
        const request = subject.request(2, VIRTIO_BLK_T.OUT);
        const [header, data] = request.pieces;
        const look = () =>
          [header, data].map((piece) => [
            ...subject.bytes.bytes(piece?.addr ?? 0, piece?.len ?? 0),
          ]);
        const before = look();
        const table = subject.table();
        ring.offer(request.pieces, table);
        const descriptors = [...subject.bytes.bytes(table, 48)];
        subject.port.notify(0);
        return {
          served: [subject.served(request), true],
          buffers: [look(), before],
          'indirect table': [[...subject.bytes.bytes(table, 48)], descriptors],
        };
      },
    }),
  ),
  {
    section: '2.7.5.1',
    title: 'no entry of the descriptor table is written',
    applies: split,
    trial(subject) {
      const ring = subject.start();
      const request = subject.request();
      ring.offer(request.pieces);
      const table = [...subject.bytes.bytes(ring.areas.desc, 48)];
      subject.port.notify(0);
      return {
        served: [subject.served(request), true],
        table: [[...subject.bytes.bytes(ring.areas.desc, 48)], table],
      };
    },
  },
  {
    section: '2.7.5.3.2',
    title: 'WRITE in the descriptor of an indirect table is ignored',
    applies: split,
    trial(subject) {
      const ring = subject.start([VIRTIO_F_INDIRECT_DESC]);
      const request = subject.request();
      ring.offer(request.pieces, subject.table(), VIRTQ_DESC_F_INDIRECT | VIRTQ_DESC_F_WRITE);
      subject.port.notify(0);
      return { served: [subject.served(request), true] };
    },
  },
  ...[
    { section: '2.7.7.2', applies: split },
    { section: '2.8.14', applies: packed },
  ].flatMap(({ section, applies }): Clause[] => [
    {
      section,
      title: 'a driver that wants no notification gets none, and gets one when it wants it again',
      applies,
      trial(subject) {
        const ring = subject.start();
        const told = [true, false].map((suppressed) => {
          ring.suppress(suppressed);
          ring.offer(subject.request().pieces);
          subject.port.notify(0);
          ring.returned();
          return subject.port.told().used;
        });
        return { told: [told, [false, true]] };
      },
    },
    {
      section,
      title: 'with event index, the notification comes with the buffer that the driver named',
      applies,
      trial(subject) {
        const ring = subject.start([VIRTIO_F_EVENT_IDX], 8);
        const told: boolean[] = [];
        // Whether the driver was ever told before does not matter once it was.
        ring.wantAfter(1);
        ring.offer(subject.request().pieces, subject.table());
        subject.port.notify(0);
        ring.returned();
        subject.port.told();
        for (let round = 0; round < 5; round++) {
          ring.wantAfter(3);
          for (let i = 0; i < 3; i++) {
            ring.offer(subject.request().pieces, subject.table());
            subject.port.notify(0);
            told.push(subject.port.told().used);
          }
          ring.returned();
        }
        return { told: [told, Array.from({ length: 15 }, (_, i) => i % 3 === 2)] };
      },
    },
  ]),
  {
    section: '2.7.7.2',
    title: 'without event index, used_event means nothing',
    applies: split,
    trial(subject) {
      const ring = subject.start();
      ring.wantAfter(1000);
      ring.offer(subject.request().pieces);
      subject.port.notify(0);
      return { told: [subject.port.told().used, true] };
    },
  },
  {
    section: '2.7.7.2',
    title: 'with event index, NO_INTERRUPT means nothing',
    applies: split,
    trial(subject) {
      const ring = subject.start([VIRTIO_F_EVENT_IDX]);
      ring.suppress(true);
      ring.wantAfter(1);
      ring.offer(subject.request().pieces);
      subject.port.notify(0);
      return { told: [subject.port.told().used, true] };
    },
  },
  {
    section: '2.7.8.2',
    title: 'the length is what was written, from the first writable byte on',
    applies: split,
    trial(subject) {
      const ring = subject.start();
      const read = ring.offer(subject.request().pieces);
      subject.port.notify(0);
      const write = ring.offer(subject.request(2, VIRTIO_BLK_T.OUT).pieces);
      subject.port.notify(0);
      return {
        returned: [
          ring.returned(),
          [
            { id: read, len: 513 },
            { id: write, len: 1 },
          ],
        ],
      };
    },
  },
  {
    section: '2.7.10.2',
    title: 'flags of the used ring are 0 or 1, and 0 with event index',
    applies: split,
    trial(subject) {
      const flags = [[], [VIRTIO_F_EVENT_IDX]].map((features) => {
        const ring = subject.start(features);
        ring.offer(subject.request().pieces);
        subject.port.notify(0);
        return subject.bytes.get16(ring.areas.device);
      });
      return { without: [(flags[0] ?? 2) <= 1, true], with: [flags[1], 0] };
    },
  },
  ...[
    { section: '2.7.10.2', applies: split },
    { section: '2.8.10', applies: packed },
  ].flatMap(({ section, applies }): Clause[] => [
    {
      section,
      title: 'a notification about nothing does no harm',
      applies,
      trial(subject) {
        const ring = subject.start();
        for (let i = 0; i < 3; i++) subject.port.notify(0);
        const idle = subject.port.told();
        const request = subject.request();
        ring.offer(request.pieces);
        for (let i = 0; i < 3; i++) subject.port.notify(0);
        return {
          idle: [idle, { used: false, config: false }],
          served: [subject.served(request), true],
          returned: [ring.returned().length, 1],
        };
      },
    },
    {
      section,
      title: 'an idle device wants to be notified of the next buffer',
      applies,
      trial(subject) {
        const wants = [[], [VIRTIO_F_EVENT_IDX]].map((features) => {
          const ring = subject.start(features);
          ring.offer(subject.request().pieces);
          subject.port.notify(0);
          return ring.deviceWants(features.length > 0);
        });
        return { wants: [wants, [true, true]] };
      },
    },
  ]),
  {
    section: '2.8.12',
    title: 'requests are begun in the order of the ring',
    applies: packed,
    trial(subject) {
      const ring = subject.start([], 16);
      const ids = Array.from({ length: 4 }, () => ring.offer(subject.request().pieces));
      subject.port.notify(0);
      const popped = subject.events('chainPopped').map(({ head }) => head);
      return { popped: [popped, ids], returned: [ring.returned().length, 4] };
    },
  },
  {
    section: '2.8.15',
    title: 'a descriptor whose AVAIL bit did not change is not used',
    applies: packed,
    trial(subject) {
      const ring = subject.start([], 4);
      const request = subject.request();
      const { desc } = ring.areas;
      request.pieces.forEach((piece, i) => {
        subject.bytes.set64(desc + 16 * i, piece.addr);
        subject.bytes.set32(desc + 16 * i + 8, piece.len);
        subject.bytes.set16(desc + 16 * i + 14, (piece.writable ? 2 : 0) | (i < 2 ? 1 : 0));
      });
      subject.port.notify(0);
      return { untouched: [subject.untouched(request), true], returned: [ring.returned(), []] };
    },
  },
];

/** What every device must do, whatever its transport. */
export const DEVICE_CLAUSES: readonly Clause[] = [...BASIC, ...RINGS];
