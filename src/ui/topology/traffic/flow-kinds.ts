import {
  BACKEND_OPS,
  type BackendOp,
  EVENTS,
  INTERRUPT,
  NONE,
  RULES,
} from '../../../journal/schema.ts';
import { REGIONS, registerName } from '../../../spec/regions.ts';
import { isNotifyingCall, type Tone } from '../../state/tone.ts';
import type { Carrier } from './route.ts';
import { isPciConfig, isVirtioRegion } from './ways.ts';

/** A kind of traffic that is counted, and how it is drawn. */
export interface FlowKindInfo {
  readonly kind: string;
  /** As the table has it, in the plural. */
  readonly name: string;
  /** As it stands in the picture. */
  readonly brief: string;
  readonly tone: Tone;
  /** Undefined where it is held back and goes nowhere. */
  readonly carrier: Carrier | undefined;
  /** Whether its bytes are known. */
  readonly bytes: boolean;
  /** Number of the lane of a wire that it shares with what looks alike and runs the same way. */
  readonly lane: number;
}

/** Every kind, in the order of the lanes of a wire. */
export const FLOW_KINDS = [
  {
    kind: 'doorbell',
    name: 'doorbells',
    brief: 'doorbells',
    tone: 'notify',
    carrier: 'exit',
    bytes: false,
    lane: 0,
  },
  {
    kind: 'register',
    name: 'register accesses',
    brief: 'registers',
    tone: 'exit',
    carrier: 'exit',
    bytes: false,
    lane: 1,
  },
  {
    kind: 'config',
    name: 'PCI and platform accesses',
    brief: 'configuration',
    tone: 'exit',
    carrier: 'exit',
    bytes: false,
    lane: 1,
  },
  {
    kind: 'unanswered',
    name: 'unanswered accesses',
    brief: 'unanswered',
    tone: 'exit',
    carrier: 'exit',
    bytes: false,
    lane: 1,
  },
  {
    kind: 'instruction',
    name: 'instructions',
    brief: 'instructions',
    tone: 'exit',
    carrier: 'exit',
    bytes: false,
    lane: 1,
  },
  {
    kind: 'store',
    name: 'stores',
    brief: 'stores',
    tone: 'driver',
    carrier: 'memory',
    bytes: true,
    lane: 2,
  },
  {
    kind: 'command',
    name: 'channel commands',
    brief: 'commands',
    tone: 'device',
    carrier: 'memory',
    bytes: false,
    lane: 3,
  },
  {
    kind: 'dmaRead',
    name: 'chains taken',
    brief: 'chains',
    tone: 'device',
    carrier: 'memory',
    bytes: true,
    lane: 3,
  },
  {
    kind: 'dmaWrite',
    name: 'DMA writes',
    brief: 'DMA writes',
    tone: 'device',
    carrier: 'memory',
    bytes: true,
    lane: 4,
  },
  {
    kind: 'line',
    name: 'interrupts, line',
    brief: 'interrupts',
    tone: 'interrupt',
    carrier: 'signal',
    bytes: false,
    lane: 5,
  },
  {
    kind: 'message',
    name: 'interrupts, message',
    brief: 'messages',
    tone: 'interrupt',
    carrier: 'signal',
    bytes: false,
    lane: 6,
  },
  {
    kind: 'request',
    name: 'back end requests',
    brief: 'requests',
    tone: 'device',
    carrier: 'backend',
    bytes: true,
    lane: 7,
  },
  {
    kind: 'completion',
    name: 'back end completions',
    brief: 'completions',
    tone: 'device',
    carrier: 'backend',
    bytes: true,
    lane: 8,
  },
  {
    kind: 'unsent',
    name: 'doorbells left out',
    brief: 'left out',
    tone: 'quiet',
    carrier: undefined,
    bytes: false,
    lane: 9,
  },
  {
    kind: 'withheld',
    name: 'interrupts left out',
    brief: 'left out',
    tone: 'quiet',
    carrier: undefined,
    bytes: false,
    lane: 9,
  },
  {
    kind: 'masked',
    name: 'interrupts masked',
    brief: 'masked',
    tone: 'quiet',
    carrier: undefined,
    bytes: false,
    lane: 9,
  },
  {
    kind: 'violation',
    name: 'violations',
    brief: 'violations',
    tone: 'violation',
    carrier: undefined,
    bytes: false,
    lane: 9,
  },
] as const satisfies readonly FlowKindInfo[];

/** Lanes of a wire. */
export const LANES = 10;

export type FlowKind = (typeof FLOW_KINDS)[number]['kind'];
/** Index of each kind in `FLOW_KINDS`. */
export const FLOW = Object.fromEntries(FLOW_KINDS.map(({ kind }, i) => [kind, i])) as Readonly<
  Record<FlowKind, number>
>;

const CODE = Object.fromEntries(
  Object.entries(EVENTS).map(([kind, { code }]) => [kind, code]),
) as Readonly<Record<keyof typeof EVENTS, number>>;

/** Operations whose data goes to the back end with the request, and those whose data comes with the answer. */
const OUT: ReadonlySet<BackendOp> = new Set(['write', 'send', 'show', 'compute', 'file']);
const IN: ReadonlySet<BackendOp> = new Set([
  'read',
  'getId',
  'random',
  'receive',
  'compute',
  'file',
]);
const CARRIES_OUT = BACKEND_OPS.map((op) => OUT.has(op));
const CARRIES_IN = BACKEND_OPS.map((op) => IN.has(op));

/** What an access to each region is. A doorbell's register is told by `isDoorbellRegister`. */
const OF_REGION = REGIONS.map((_, region) =>
  isVirtioRegion(region) ? FLOW.register : FLOW.config,
);
const IS_PCI = REGIONS.map((_, region) => isPciConfig(region));
const S390_RULES = RULES.map((rule) => ['status', 'adapter', 'external'].includes(rule));
const DRIVER = 0;
/** From here on nobody of the machine: a person, or the journal itself. */
const USER = 3;

/** The kind of the record at word `at`, an index of `FLOW_KINDS`; -1 where nothing travels. No event is decoded. */
export function flowKindAt(words: Uint32Array, at: number): number {
  const head = words[at] as number;
  const actor = (head >>> 8) & 15;
  switch (head & 0xff) {
    case CODE.memWrite:
    case CODE.dataWrite:
      if (actor === DRIVER) return FLOW.store;
      return actor >= USER ? -1 : FLOW.dmaWrite;
    case CODE.chainPopped:
      return FLOW.dmaRead;
    case CODE.notification:
      return head >>> 16 ? FLOW.doorbell : FLOW.unsent;
    case CODE.interrupt:
      return interruptKind(head >>> 16, words[at + 4] as number);
    case CODE.regWrite:
      // What carries a doorbell is counted as the doorbell that it is, once it is there.
      if (isDoorbellRegister(head >>> 16, words[at + 3] as number)) return -1;
      return accessKind(head >>> 16, words[at + 2] as number);
    case CODE.regRead:
      return accessKind(head >>> 16, words[at + 2] as number);
    case CODE.backendRequest:
      return FLOW.request;
    case CODE.backendCompletion:
      return FLOW.completion;
    case CODE.channel:
      return FLOW.instruction;
    case CODE.hypercall:
      return isNotifyingCall(head >>> 16) ? -1 : FLOW.instruction;
    case CODE.ccw:
      return FLOW.command;
    case CODE.violation:
      return FLOW.violation;
    default:
      return -1;
  }
}

function accessKind(region: number, place: number): number {
  if ((place & 0xffff) === NONE && !IS_PCI[region]) return FLOW.unanswered;
  return OF_REGION[region] ?? FLOW.unanswered;
}

function interruptKind(step: number, rule: number): number {
  if (step === INTERRUPT.raised) return S390_RULES[rule] ? FLOW.message : FLOW.line;
  if (step === INTERRUPT.message) return FLOW.message;
  if (step === INTERRUPT.suppressed) return FLOW.withheld;
  return step === INTERRUPT.masked ? FLOW.masked : -1;
}

/** Registers that are doorbells, by region: the one offset, or -1 for all, or undefined. */
const DOORBELLS = REGIONS.map(({ name }) => {
  if (name === 'virtio-pci-notify') return -1;
  for (let offset = 0; offset < 256; offset++) {
    const region = REGIONS.findIndex((other) => other.name === name);
    if (registerName(region, offset) === 'QueueNotify') return offset;
  }
  return undefined;
});

function isDoorbellRegister(region: number, offset: number): boolean {
  const known = DOORBELLS[region];
  return known === -1 || known === offset;
}

/** Bytes that the record of a kind moves: 0 where it moves none, or none are known. */
export function flowBytesAt(words: Uint32Array, at: number, kind: number): number {
  const head = words[at] as number;
  switch (kind) {
    case FLOW.store:
    case FLOW.dmaWrite:
      if ((head & 0xff) === CODE.dataWrite) return words[at + 4] as number;
      return (head >>> 12) & 15 || 16;
    case FLOW.dmaRead:
      return words[at + 4] as number;
    case FLOW.request:
      return CARRIES_OUT[head >>> 16] ? (words[at + 6] as number) : 0;
    case FLOW.completion:
      return CARRIES_IN[head >>> 16] ? (words[at + 6] as number) : 0;
    default:
      return 0;
  }
}
