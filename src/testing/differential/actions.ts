import fc from 'fast-check';
import { STATUS, VIRTIO_F } from '../../spec/virtio.ts';
import type { Configuration } from './configurations.ts';

/** What a driver does wrong in one chain. */
export const FAULTS = [
  'loop',
  'nextOutOfRange',
  'headOutOfRange',
  'zeroLength',
  'wrongOrder',
  'indirectBadLength',
  'indirectNested',
  'indirectLate',
  'outsideRam',
  'indexJump',
  'noStatus',
  'noHeader',
  'shortHeader',
  'acrossEnd',
] as const;

/** One of them. */
export type Fault = (typeof FAULTS)[number];

/** Where a queue is put. */
export const PLACES = ['good', 'misaligned', 'outside', 'acrossEnd', 'zero', 'swapped'] as const;

/** One step of a session. Says nothing of addresses: those come with the machine. */
export type Action =
  | { readonly kind: 'begin'; readonly low: number; readonly high: number }
  | {
      readonly kind: 'queue';
      readonly queue: number;
      readonly size: number;
      readonly place: (typeof PLACES)[number];
      readonly enable: number;
    }
  | { readonly kind: 'status'; readonly value: number }
  | {
      readonly kind: 'request';
      readonly queue: number;
      readonly type: number;
      readonly sector: number;
      readonly length: number;
      readonly parts: number;
      readonly indirect: boolean;
      readonly fault: Fault | undefined;
      readonly notify: boolean;
    }
  | { readonly kind: 'notify'; readonly queue: number }
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'readQueue'; readonly queue: number }
  | { readonly kind: 'resetQueue'; readonly queue: number }
  | { readonly kind: 'ringFlags'; readonly queue: number; readonly value: number }
  | { readonly kind: 'event'; readonly queue: number; readonly ahead: number }
  | {
      readonly kind: 'register';
      readonly range: number;
      readonly known: number | undefined;
      readonly offset: number;
      readonly width: 1 | 2 | 4 | 8;
      readonly value: number | undefined;
    }
  | {
      readonly kind: 'config';
      readonly offset: number;
      readonly width: 1 | 2 | 4;
      readonly value: number | undefined;
    }
  | {
      readonly kind: 'pciConfig';
      readonly offset: number;
      readonly width: 1 | 2 | 4;
      readonly value: number | undefined;
    }
  | {
      readonly kind: 'window';
      readonly bar: number;
      readonly offset: number;
      readonly length: number;
      readonly width: 1 | 2 | 4;
      readonly value: number | undefined;
    }
  | {
      readonly kind: 'vector';
      readonly entry: number;
      readonly cell: number;
      readonly data: number;
      readonly control: number;
    }
  | { readonly kind: 'messages'; readonly control: number }
  | {
      readonly kind: 'table';
      readonly pending: boolean;
      readonly offset: number;
      readonly width: 1 | 2 | 4 | 8;
      readonly value: number | undefined;
    }
  | {
      readonly kind: 'assign';
      readonly queue: number | undefined;
      readonly vector: number;
    };

/** The step of a kind. */
export type ActionOf<K extends Action['kind']> = Extract<Action, { kind: K }>;

const bit = (feature: number) => (2 ** (feature % 32)) >>> 0;
const INDIRECT = bit(VIRTIO_F.VIRTIO_F_INDIRECT_DESC);
const EVENT = bit(VIRTIO_F.VIRTIO_F_EVENT_IDX);
const VERSION_1 = bit(VIRTIO_F.VIRTIO_F_VERSION_1);
const RING_RESET = bit(VIRTIO_F.VIRTIO_F_RING_RESET);
const NOTIFY_ON_EMPTY = bit(VIRTIO_F.VIRTIO_F_NOTIFY_ON_EMPTY);

const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 64, 128, 255, 256) },
  { weight: 2, arbitrary: fc.constantFrom(0xffff, 0x1_0000, 0x8000_0000, 0xffff_ffff, 1024, 1025) },
  { weight: 1, arbitrary: fc.nat(0xffff) },
);

/** Words that a register takes without harm: none is an address of something that must not be hit. */
const registerValue = fc.oneof(
  { weight: 3, arbitrary: word },
  { weight: 1, arbitrary: fc.nat(63).map((page) => 0x10_0000 + 0x1000 * page) },
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const queueIndex = fc.oneof(
  { weight: 12, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.constantFrom(2, 3, 1023, 1024, 0xffff) },
);
const usableQueue = fc.constantFrom(0, 0, 0, 1);
const width = fc.constantFrom(1, 2, 4);
const anyWidth = fc.constantFrom(1, 2, 4, 4, 8);

const goodFeatures = fc.record({
  kind: fc.constant('begin' as const),
  low: fc.subarray([INDIRECT, EVENT]).map((bits) => bits.reduce((sum, value) => sum + value, 0)),
  high: fc.constant(VERSION_1),
});
const anyFeatures = fc.record({
  kind: fc.constant('begin' as const),
  low: fc
    .subarray([INDIRECT, EVENT, NOTIFY_ON_EMPTY, 2 ** 30, 2 ** 31, 2, 0x40, 0x200, 0x1000, 0x6000])
    .map((bits) => bits.reduce((sum, value) => sum + value, 0)),
  high: fc
    .subarray([VERSION_1, 2, RING_RESET, 8, 0x80], { minLength: 0 })
    .map((bits) => bits.reduce((sum, value) => sum + value, 0)),
});

const queueSetUp = (size: number) =>
  fc.record({
    kind: fc.constant('queue' as const),
    queue: queueIndex,
    size: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(size, size, size / 2, 2, 1) },
      { weight: 1, arbitrary: fc.constantFrom(0, 3, 5, 7, 2 * size, 1024, 1025, 0xffff) },
    ),
    place: fc.oneof(
      { weight: 12, arbitrary: fc.constant('good' as const) },
      { weight: 1, arbitrary: fc.constantFrom(...PLACES) },
    ),
    enable: fc.oneof(
      { weight: 12, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.constantFrom(0, 2, 0xffff) },
    ),
  });

const request = fc.record({
  kind: fc.constant('request' as const),
  queue: usableQueue,
  type: fc.constantFrom(0, 0, 0, 1, 1, 4, 8, 8, 11, 13, 99, 2, 3, 0x8000_0000, 0x8000_0001),
  sector: fc.oneof(
    { weight: 6, arbitrary: fc.nat(2040) },
    { weight: 1, arbitrary: fc.constantFrom(2047, 2048, 2049, 0xffff_ffff, 2 ** 40) },
  ),
  length: fc.constantFrom(512, 512, 512, 1024, 2048, 1, 16, 20, 100, 513),
  parts: fc.constantFrom(1, 1, 2, 3),
  indirect: fc.boolean(),
  fault: fc.oneof(
    { weight: 12, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...FAULTS) },
  ),
  notify: fc.constantFrom(true, true, true, false),
});

const status = fc.record({
  kind: fc.constant('status' as const),
  value: fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .subarray(Object.values(STATUS))
        .map((bits) => bits.reduce((sum, value) => sum | value, 0)),
    },
    { weight: 2, arbitrary: fc.constantFrom(0, 3, 11, 15) },
    { weight: 1, arbitrary: fc.nat(255) },
  ),
});

function common(configuration: Configuration): fc.Arbitrary<Action>[] {
  const { ranges } = configuration.transport;
  return [
    request,
    request,
    request,
    request,
    fc.record({ kind: fc.constant('notify' as const), queue: queueIndex }),
    fc.record({ kind: fc.constant('acknowledge' as const) }),
    fc.record({ kind: fc.constant('readQueue' as const), queue: queueIndex }),
    fc.record({ kind: fc.constant('resetQueue' as const), queue: queueIndex }),
    fc.record({
      kind: fc.constant('ringFlags' as const),
      queue: usableQueue,
      value: fc.constantFrom(0, 1, 2, 3, 0xffff),
    }),
    fc.record({
      kind: fc.constant('event' as const),
      queue: usableQueue,
      ahead: fc.constantFrom(-2, -1, 0, 0, 1, 2, 5, 0x8000),
    }),
    status,
    goodFeatures,
    anyFeatures,
    queueSetUp(configuration.queueSize),
    ...[1, 2, 3].map(() =>
      fc.record({
        kind: fc.constant('register' as const),
        range: fc.nat(ranges.length - 1),
        known: maybe(fc.nat(40)),
        offset: fc.nat(0x47),
        width: anyWidth,
        value: maybe(registerValue),
      }),
    ),
    fc.record({
      kind: fc.constant('config' as const),
      offset: fc.oneof(fc.nat(0x50), fc.constantFrom(0, 4, 0x20, 0x21)),
      width,
      value: maybe(word),
    }),
  ];
}

const PCI: fc.Arbitrary<Action>[] = [
  fc.record({
    kind: fc.constant('pciConfig' as const),
    offset: fc.oneof(fc.nat(255), fc.constantFrom(4, 4, 5, 6, 7, 0x3c, 0x9a, 0x9b)),
    width,
    value: maybe(fc.oneof(word, fc.constantFrom(3, 6, 7, 0x107, 0x407, 0x406))),
  }),
  fc.record({
    kind: fc.constant('window' as const),
    bar: fc.constantFrom(4, 4, 4, 4, 0, 1, 2, 6, 255),
    offset: fc.oneof(
      fc.nat(0x40),
      fc.constantFrom(0x1000, 0x2000, 0x2004, 0x2020, 0x3000, 0x3004, 0x3002, 0x800, 0x4000),
    ),
    length: fc.constantFrom(1, 2, 4, 4, 0, 3, 8),
    width,
    value: maybe(word),
  }),
  fc.record({
    kind: fc.constant('vector' as const),
    entry: fc.nat(3),
    cell: fc.nat(7),
    data: fc.nat(0xffff_ffff),
    control: fc.constantFrom(0, 0, 0, 1),
  }),
  fc.record({
    kind: fc.constant('messages' as const),
    control: fc.constantFrom(0x8000, 0x8000, 0xc000, 0x4000, 0),
  }),
  fc.record({
    kind: fc.constant('table' as const),
    pending: fc.constantFrom(false, true, true),
    offset: fc.nat(0x3f),
    width: anyWidth,
    // No address: a message must not hit what nobody watches.
    value: fc.constant(undefined),
  }),
  ...[1, 2].map(() =>
    fc.record({
      kind: fc.constant('assign' as const),
      queue: maybe(usableQueue),
      vector: fc.oneof(
        { weight: 8, arbitrary: fc.nat(3) },
        { weight: 1, arbitrary: fc.constantFrom(4, 0xffff, 0xfffe, 0x100) },
      ),
    }),
  ),
];

/** Sessions for a machine: most begin as a driver should, and go wrong later. */
export function sessions(configuration: Configuration): fc.Arbitrary<Action[]> {
  const kinds = common(configuration);
  if (configuration.devfn !== undefined) kinds.push(...PCI);
  const action = fc.oneof(...kinds);
  const size = configuration.queueSize;
  const start = fc
    .tuple(goodFeatures, fc.subarray([0, 1]))
    .map(([begin, queues]): Action[] => [
      begin,
      { kind: 'queue', queue: 0, size, place: 'good', enable: 1 },
      ...(queues.includes(1)
        ? [{ kind: 'queue', queue: 1, size, place: 'good', enable: 1 } as const]
        : []),
      { kind: 'status', value: 15 },
    ]);
  const vectors: Action[] = [
    { kind: 'vector', entry: 0, cell: 0, data: 0x11, control: 0 },
    { kind: 'vector', entry: 1, cell: 1, data: 0x22, control: 0 },
    { kind: 'messages', control: 0x8000 },
    { kind: 'assign', queue: 0, vector: 1 },
  ];
  const withVectors =
    configuration.devfn === undefined
      ? fc.constant([])
      : fc.constantFrom<readonly Action[]>([], [], vectors);
  return fc
    .tuple(
      fc.oneof({ weight: 6, arbitrary: start }, fc.constant([])),
      withVectors,
      fc.array(action, { minLength: 1, maxLength: 24 }),
    )
    .map(([begin, messages, rest]) => [...begin, ...messages, ...rest]);
}
