import { join64 } from '../../base/bits.ts';
import { CHANNEL_OP } from '../../spec/channel-io.ts';
import { REGION_INDEX } from '../../spec/regions.ts';
import { SPLIT } from '../../spec/virtio.ts';
import { VIRTIO_CCW_CMD } from '../../spec/virtio-ccw.ts';
import { VIRTIO_MMIO } from '../../spec/virtio-mmio.ts';
import { VIRTIO_PCI_LEGACY } from '../../spec/virtio-pci.ts';
import type { QueueMoment } from '../fold/moment.ts';
import { ringAreas } from '../fold/ring-areas.ts';
import { ACTOR, EVENTS, INTERRUPT, NONE, RULES, type Rule } from '../schema.ts';
import { INTERRUPT_STATUS } from '../spans/sightings.ts';
import { type EventStore, recordAt } from '../store.ts';
import { type Landmark, landmarksOf } from './landmarks.ts';

/**
 * How far a trace goes back, in events: what lies further back is told without an event, but for
 * landmarks.
 */
export const TRACE_EVENTS = 8192;

/** An interrupt step of the queue. */
export interface InterruptStep {
  readonly event: number;
  /** `INTERRUPT` */
  readonly step: number;
  readonly line: number;
  readonly rule: Rule;
}

/** A notification that went to another queue than the one that is asked about. */
export interface OtherNotification {
  readonly event: number;
  readonly queue: number;
}

/**
 * The newest event of each kind that concerns one queue, before a moment: its number, or undefined
 * where none is among the `TRACE_EVENTS` before it, nor a landmark.
 */
export interface Trace {
  readonly status: number | undefined;
  readonly features: number | undefined;
  readonly queueConfig: number | undefined;
  /** The queue was set up and enabled. */
  readonly enabled: number | undefined;
  readonly reset: number | undefined;
  /** Anything that the driver did with the device. */
  readonly touched: number | undefined;
  /** Driver's writes: a descriptor, an entry of the available ring, its index. */
  readonly descriptor: number | undefined;
  readonly availEntry: number | undefined;
  readonly availIdx: number | undefined;
  readonly usedEntry: number | undefined;
  readonly notified: number | undefined;
  readonly notifiedRule: Rule;
  readonly leftOut: number | undefined;
  readonly leftOutRule: Rule;
  readonly elsewhere: OtherNotification | undefined;
  /** Nothing was recorded for a time, which ended there: what was before that is not looked at. */
  readonly gap: number | undefined;
  /** A hypercall that was refused. */
  readonly refusedCall: number | undefined;
  readonly popped: number | undefined;
  readonly pushed: number | undefined;
  /** Driver's write to the descriptor `returned`, after `pushed`. */
  readonly reused: number | undefined;
  readonly asked: number | undefined;
  readonly answered: number | undefined;
  readonly interrupt: InterruptStep | undefined;
  /** The driver read that the device has interrupted for used buffers. */
  readonly causeRead: number | undefined;
  /** The device lowered its line. */
  readonly lowered: number | undefined;
  /** The CPU took an input: the newest time for each. */
  readonly taken: ReadonlyMap<number, number>;
  /** The vCPU halted; it went on (`woken`) after that, or did not. */
  readonly halted: number | undefined;
  readonly woken: number | undefined;
  /** How often it went on by each input since the device's line was raised or lowered last. */
  readonly wakes: ReadonlyMap<number, number>;
  readonly scriptStart: number | undefined;
  /** Channel commands, by code, and a START SUBCHANNEL that was not taken. */
  readonly commands: ReadonlyMap<number, number>;
  readonly notOperational: number | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const { fields: WAIT } = EVENTS.vcpuWait;
const { fields: REG } = EVENTS.regWrite;
const { fields: INT } = EVENTS.interrupt;
const KIND = Object.fromEntries(
  Object.entries(EVENTS).map(([kind, { code }]) => [kind, code]),
) as Readonly<Record<keyof typeof EVENTS, number>>;

const PCI_NOTIFY = REGION_INDEX['virtio-pci-notify'];
const PCI_LEGACY = REGION_INDEX['virtio-pci-legacy'];
const MMIO = REGION_INDEX['virtio-mmio'];

/** Queue that a register write notifies, or undefined where the register is no doorbell. */
function doorbellOf(region: number, offset: number, value: number): number | undefined {
  const rings =
    region === PCI_NOTIFY ||
    (region === PCI_LEGACY && offset === VIRTIO_PCI_LEGACY.queue_notify.offset) ||
    (region === MMIO && offset === VIRTIO_MMIO.QueueNotify.offset);
  return rings ? value & 0xffff : undefined;
}

/** Whether a register read tells the driver of used buffers. */
function readsCause(region: number, offset: number, value: number): boolean {
  return INTERRUPT_STATUS.get(region) === offset && (value & 1) !== 0;
}

function word(words: Uint32Array, at: number): number {
  return words[at] as number;
}

/**
 * Looks back from moment `at` for what concerns queue `queue` of `dev`; `known` is the queue there, and `returned` the
 * first descriptor of the chain that came back last, or that in which it did.
 */
export function traceOf(
  store: EventStore,
  at: number,
  dev: number,
  queue: number,
  known: QueueMoment | undefined,
  returned: number | undefined,
): Trace {
  const taken = new Map<number, number>();
  const wakes = new Map<number, number>();
  const commands = new Map<number, number>();
  const trace: Mutable<Trace> = {
    ...NOTHING,
    ...landmarks(store, at, dev, queue),
    taken,
    wakes,
    commands,
  };
  const areas = known ? ringAreas(known) : [];
  const [desc, avail, used] = areas;
  const end = Math.max(store.first, at - TRACE_EVENTS);
  let settled = false;
  for (let i = at - 1; i >= end && trace.gap === undefined; i--) {
    const words = store.words(i);
    if (!words) break;
    const base = recordAt(i);
    const head = words[base] as number;
    const aux = head >>> 16;
    const device = word(words, base + 2) & 0xffff;
    const its = device === dev && word(words, base + 2) >>> 16 === queue;
    switch (head & 0xff) {
      case KIND.memWrite:
      case KIND.dataWrite: {
        if (!desc || !avail || !used) break;
        const addr = join64(word(words, base + 2), word(words, base + 3));
        const size =
          (head & 0xff) === KIND.memWrite ? (head >>> 12) & 15 || 16 : word(words, base + 4);
        const last = addr + size;
        const byDriver = ((head >>> 8) & 15) === ACTOR.driver;
        if (byDriver && addr < desc.end && last > desc.start) trace.descriptor ??= i;
        if (byDriver && trace.pushed === undefined && returned !== undefined) {
          const cell = desc.start + SPLIT.descSize * returned;
          if (addr < cell + SPLIT.descSize && last > cell) trace.reused ??= i;
        }
        if (byDriver && addr < avail.end && last > avail.start && !avail.packed) {
          if (addr >= avail.start + SPLIT.availEntry(0)) {
            if (addr < avail.start + SPLIT.usedEvent(avail.size)) trace.availEntry ??= i;
          } else if (last > avail.start + SPLIT.availIdx) trace.availIdx ??= i;
        }
        if (!byDriver && addr < used.end && last > used.start && !used.packed)
          if (addr >= used.start + SPLIT.usedEntry(0)) trace.usedEntry ??= i;
        break;
      }
      case KIND.regRead:
      case KIND.regWrite:
        if (device !== dev) break;
        trace.touched ??= i;
        if ((head & 0xff) === KIND.regRead) {
          if (readsCause(aux, word(words, base + REG.offset.at), word(words, base + REG.value.at)))
            trace.causeRead ??= i;
        } else if (trace.elsewhere === undefined) {
          const rung = doorbellOf(
            aux,
            word(words, base + REG.offset.at),
            word(words, base + REG.value.at),
          );
          if (rung !== undefined && rung !== queue) trace.elsewhere = { event: i, queue: rung };
        }
        break;
      case KIND.notification: {
        const sent = aux !== 0;
        const rule = RULES[word(words, base + 3)] ?? 'always';
        if (sent && its && trace.notified === undefined) {
          trace.notified = i;
          trace.notifiedRule = rule;
        } else if (sent && device === dev && !its)
          trace.elsewhere ??= { event: i, queue: word(words, base + 2) >>> 16 };
        else if (
          !sent &&
          trace.leftOut === undefined &&
          (its ||
            (device === NONE &&
              known?.enabled &&
              join64(word(words, base + 4), word(words, base + 5)) === known.desc))
        ) {
          trace.leftOut = i;
          trace.leftOutRule = rule;
        }
        break;
      }
      case KIND.chainPopped:
        if (its) trace.popped ??= i;
        break;
      case KIND.chainPushed:
        if (its) trace.pushed ??= i;
        break;
      case KIND.backendRequest:
        if (its) trace.asked ??= i;
        break;
      case KIND.backendCompletion:
        if (its) trace.answered ??= i;
        break;
      case KIND.interrupt: {
        const line = word(words, base + INT.line.at);
        if (aux === INTERRUPT.taken) {
          if (!taken.has(line)) taken.set(line, i);
          break;
        }
        if (device !== dev) break;
        settled = true;
        if (aux === INTERRUPT.lowered) trace.lowered ??= i;
        else if (its) trace.interrupt ??= stepAt(store, i);
        break;
      }
      case KIND.vcpuWait: {
        if (aux === 0) trace.halted ??= i;
        else {
          trace.woken ??= i;
          const input = word(words, base + WAIT.input.at);
          if (!settled) wakes.set(input, (wakes.get(input) ?? 0) + 1);
        }
        break;
      }
      case KIND.script:
        if (aux === 0) trace.scriptStart ??= i;
        break;
      case KIND.hypercall:
        if (device === dev) trace.touched ??= i;
        if ((word(words, base + 9) | 0) < 0) trace.refusedCall ??= i;
        break;
      case KIND.channel:
        if (device !== dev) break;
        trace.touched ??= i;
        if (aux === CHANNEL_OP.ssch && word(words, base + 6) === 3) trace.notOperational ??= i;
        break;
      case KIND.gap:
        trace.gap = i;
        break;
      case KIND.ccw:
        if (device === dev && !commands.has(aux)) commands.set(aux, i);
        break;
    }
  }
  // What lies further back; of before a gap nothing is used, as newer ones may be missing.
  const marks = landmarksOf(store);
  const gap = marks.last('gap', dev, queue, at);
  const far = (kind: Landmark) => {
    const event = marks.last(kind, dev, queue, at);
    return after(event, gap) ? event : undefined;
  };
  trace.pushed ??= far('chainPushed');
  trace.lowered ??= far('lowered');
  const interrupt = far('interrupt');
  if (interrupt !== undefined) trace.interrupt ??= stepAt(store, interrupt);
  return trace;
}

function stepAt(store: EventStore, event: number): InterruptStep {
  return {
    event,
    step: store.word(event, 0) >>> 16,
    line: store.word(event, INT.line.at),
    rule: RULES[store.word(event, INT.rule.at)] ?? 'always',
  };
}

/** Commands that tell where indicators are. */
export const INDICATOR_COMMANDS = [VIRTIO_CCW_CMD.SET_IND, VIRTIO_CCW_CMD.SET_IND_ADAPTER] as const;

const NOTHING = {
  touched: undefined,
  descriptor: undefined,
  availEntry: undefined,
  availIdx: undefined,
  usedEntry: undefined,
  notified: undefined,
  notifiedRule: 'always',
  leftOut: undefined,
  leftOutRule: 'always',
  elsewhere: undefined,
  gap: undefined,
  refusedCall: undefined,
  popped: undefined,
  pushed: undefined,
  reused: undefined,
  asked: undefined,
  answered: undefined,
  interrupt: undefined,
  causeRead: undefined,
  lowered: undefined,
  halted: undefined,
  woken: undefined,
  scriptStart: undefined,
  notOperational: undefined,
} as const;

function landmarks(store: EventStore, at: number, dev: number, queue: number) {
  const known = landmarksOf(store);
  return {
    status: known.last('status', dev, queue, at),
    features: known.last('features', dev, queue, at),
    queueConfig: known.last('queueConfig', dev, queue, at),
    enabled: known.last('enabled', dev, queue, at),
    reset: known.last('reset', dev, queue, at),
  };
}

/** Events that are looked at for the line that ran at one of them. */
const LINE_EVENTS = 8192;

/** Line of the script that ran at event `index`, or undefined. */
export function lineAt(store: EventStore, index: number): number | undefined {
  const end = Math.max(store.first, index - LINE_EVENTS);
  for (let i = index; i >= end; i--) {
    const kind = store.kindAt(i);
    if (kind === 'scriptLine') return store.word(i, EVENTS.scriptLine.fields.line.at) || undefined;
    if (kind === 'gap') return store.word(i, EVENTS.gap.fields.line.at) || undefined;
    if (kind === 'script') return undefined;
  }
  return undefined;
}

/** Whether event `one` came after event `other`; one that is not there came before all. */
export function after(one: number | undefined, other: number | undefined): boolean {
  return (one ?? -1) > (other ?? -1);
}
