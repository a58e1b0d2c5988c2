import type { Action } from './actions.ts';

/** A session in which QEMU and the engine once differed, as short as it could be made. */
export interface FoundSession {
  readonly name: string;
  /** Name of the configuration that it runs on. */
  readonly on: string;
  readonly actions: readonly Action[];
}

const START: readonly Action[] = [
  { kind: 'begin', low: 0, high: 1 },
  { kind: 'queue', queue: 0, size: 8, place: 'good', enable: 1 },
  { kind: 'status', value: 15 },
];
const EVENT_IDX = 0x2000_0000;

function request(rest: Partial<Action & { kind: 'request' }>): Action {
  return {
    kind: 'request',
    queue: 0,
    type: 0,
    sector: 0,
    length: 512,
    parts: 1,
    indirect: false,
    fault: undefined,
    notify: true,
    ...rest,
  };
}

/** Every difference that random sessions have found. */
export const FOUND: readonly FoundSession[] = [
  {
    name: 'MSI-X that is turned on takes the pin down',
    on: 'pci-modern',
    actions: [...START, request({}), { kind: 'messages', control: 0x8000 }],
  },
  {
    name: 'a vector that its queue gives up forgets what was pending',
    on: 'pci-modern',
    actions: [
      ...START,
      { kind: 'vector', entry: 1, cell: 1, data: 0x22, control: 1 },
      { kind: 'messages', control: 0x8000 },
      { kind: 'assign', queue: 0, vector: 1 },
      request({}),
      { kind: 'table', pending: true, offset: 0, width: 4, value: undefined },
      { kind: 'assign', queue: 0, vector: 2 },
      { kind: 'table', pending: true, offset: 0, width: 4, value: undefined },
    ],
  },
  {
    name: 'pending bits read by bytes are zero',
    on: 'pci-modern',
    actions: [
      ...START,
      { kind: 'messages', control: 0xc000 },
      { kind: 'assign', queue: 0, vector: 1 },
      request({}),
      { kind: 'table', pending: true, offset: 0, width: 1, value: undefined },
      { kind: 'table', pending: true, offset: 0, width: 8, value: undefined },
      { kind: 'messages', control: 0x8000 },
    ],
  },
  {
    name: 'a SCSI command with too few buffers is an error',
    on: 'pci-modern',
    actions: [...START, request({ type: 2 })],
  },
  {
    name: 'a segment that leaves the disk is an error before its flags are unknown',
    on: 'pci-modern',
    actions: [...START, request({ type: 11, sector: 1793, length: 2048, parts: 2 })],
  },
  {
    name: 'a configuration that was never read is written as it is',
    on: 'pci-transitional-legacy',
    actions: [
      ...START,
      { kind: 'config', offset: 0, width: 2, value: 16 },
      { kind: 'config', offset: 32, width: 1, value: undefined },
    ],
  },
  {
    name: 'the legacy doorbell reads as all ones',
    on: 'pci-legacy',
    actions: [
      ...START,
      { kind: 'register', range: 0, known: 5, offset: 0, width: 4, value: undefined },
    ],
  },
  {
    name: 'a device that broke leaves its line up when it is acknowledged',
    on: 'mmio-2',
    actions: [...START, request({ fault: 'loop' }), { kind: 'acknowledge' }],
  },
  {
    name: 'what a drive was asked for before a chain broke the device is not returned',
    on: 'mmio-2',
    actions: [...START, request({ type: 4, notify: false }), request({ fault: 'loop' })],
  },
  {
    name: 'a device that broke still notes why it would have interrupted',
    on: 'mmio-1',
    actions: [...START, request({ notify: false }), request({ fault: 'loop' })],
  },
  {
    name: 'a notification of nothing asks for the next one at the same place',
    on: 'mmio-2-packed',
    actions: [
      { kind: 'begin', low: EVENT_IDX, high: 1 },
      ...START.slice(1),
      { kind: 'notify', queue: 0 },
    ],
  },
  {
    name: 'a device that starts behind an ioeventfd looks at its queues',
    on: 'pci-modern-packed',
    actions: [{ kind: 'begin', low: EVENT_IDX, high: 1 }, ...START.slice(1)],
  },
  {
    name: 'a queue can be reset where that was not offered',
    on: 'pci-port-doorbell',
    actions: [...START, { kind: 'resetQueue', queue: 0 }],
  },
];
