import { join64 } from '../base/bits.ts';
import { utf8Decode } from '../base/utf8.ts';
import { PACKED, SPLIT } from '../spec/virtio.ts';
import type { Moment, QueueMoment } from './fold/moment.ts';
import { queueKey } from './fold/moment.ts';
import { EVENTS, type EventKind, INTERRUPT_STEPS, LOG_LEVELS, NONE } from './schema.ts';
import { type EventStore, recordAt } from './store.ts';

/** An event to stop after. What is left out of one is not asked for: any device, any queue, any outcome. */
export type EventBreakpoint =
  /** The used or the available index of a queue changes; of a packed one, the place where the ring goes on. */
  | { readonly kind: 'used' | 'available'; readonly dev: number; readonly queue: number }
  /** An available-buffer notification; `sent` false: one that the driver left out. */
  | {
      readonly kind: 'notification';
      readonly dev?: number;
      readonly queue?: number;
      readonly sent?: boolean;
    }
  /** An interrupt; a message counts as raised. */
  | {
      readonly kind: 'interrupt';
      readonly dev?: number;
      readonly queue?: number;
      readonly outcome?: 'raised' | 'suppressed' | 'masked';
    }
  | { readonly kind: 'violation'; readonly dev?: number }
  /** The device status field changes. */
  | { readonly kind: 'status'; readonly dev?: number }
  /** An access that touches the byte at `offset` of a region, which indexes `REGIONS`. */
  | {
      readonly kind: 'register';
      readonly dev: number;
      readonly region: number;
      readonly offset: number;
      readonly write?: boolean;
    }
  /** A write, by whomever, to any of `length` bytes of guest memory. */
  | { readonly kind: 'memory'; readonly addr: number; readonly length: number }
  /** A line of output of the script's that contains `text`. */
  | { readonly kind: 'console'; readonly text?: string };

/** An event that meets a breakpoint. */
export interface BreakpointHit {
  readonly event: number;
  readonly breakpoint: EventBreakpoint;
}

/** One record under test. */
interface Candidate {
  readonly words: Uint32Array;
  /** Word of `words` at which it begins. */
  readonly at: number;
  /** Its number. */
  readonly event: number;
}
type IndexBreakpoint = Extract<EventBreakpoint, { kind: 'used' | 'available' }>;
type Test = (candidate: Candidate) => boolean;

const { regRead: REGISTER, memWrite: WRITE, dataWrite: DATA, notification: NOTIFICATION } = EVENTS;
/** What changes where rings lie. */
const MOVES: readonly number[] = [EVENTS.queueConfig.code, EVENTS.reset.code, EVENTS.plug.code];
const DEVICE_LEVEL = LOG_LEVELS.indexOf('device');

const devOf = ({ words, at }: Candidate): number => words[at + 2]! & 0xffff;
const queueOf = ({ words, at }: Candidate): number => words[at + 2]! >>> 16;
const auxOf = ({ words, at }: Candidate): number => words[at]! >>> 16;
const sizeOf = ({ words, at }: Candidate): number => (words[at]! >>> 12) & 15;
const is = <T>(wanted: T | undefined, found: T): boolean =>
  wanted === undefined || wanted === found;

/**
 * Finds the events of a store that meet one of some breakpoints: by the records alone, and where rings
 * lie by the fold at that place.
 */
export class BreakpointSearch {
  readonly #store: EventStore;
  readonly #momentAt: (at: number) => Moment;
  /** By code of the event's kind. */
  readonly #tests: { readonly breakpoint: EventBreakpoint; readonly test: Test }[][] = [];
  /** Where rings lie matters, and where they lie at the event under test. */
  #needsQueues = false;
  #queues: ReadonlyMap<number, QueueMoment> = new Map();

  /** `momentAt`: the fold of `store` after any number of events. */
  constructor(
    breakpoints: readonly EventBreakpoint[],
    store: EventStore,
    momentAt: (at: number) => Moment,
  ) {
    this.#store = store;
    this.#momentAt = momentAt;
    for (const breakpoint of breakpoints) {
      const { kinds, test } = this.#testOf(breakpoint);
      for (const kind of kinds) {
        const { code } = EVENTS[kind];
        this.#tests[code] = [...(this.#tests[code] ?? []), { breakpoint, test }];
      }
    }
  }

  /** The first of the events `from` to before `to` that meets a breakpoint. Both ends are held. */
  first(from: number, to: number): BreakpointHit | undefined {
    if (this.#tests.length === 0 || from >= to) return undefined;
    if (this.#needsQueues) this.#queues = this.#momentAt(from).queues;
    for (let event = from; event < to; event++) {
      const words = this.#store.words(event);
      if (!words) continue;
      const at = recordAt(event);
      const code = words[at]! & 0xff;
      for (const { breakpoint, test } of this.#tests[code] ?? [])
        if (test({ words, at, event })) return { event, breakpoint };
      if (this.#needsQueues && MOVES.includes(code))
        this.#queues = this.#momentAt(event + 1).queues;
    }
    return undefined;
  }

  #testOf(wanted: EventBreakpoint): { readonly kinds: readonly EventKind[]; readonly test: Test } {
    switch (wanted.kind) {
      case 'available':
      case 'used':
        this.#needsQueues = true;
        return {
          kinds: ['memWrite', 'dataWrite'],
          test: (candidate) => this.#moves(candidate, wanted),
        };
      case 'notification':
        this.#needsQueues = true;
        return {
          kinds: ['notification'],
          test: (candidate) => {
            if (!is(wanted.sent, auxOf(candidate) !== 0)) return false;
            const dev = devOf(candidate) === NONE ? this.#devAt(candidate) : devOf(candidate);
            return is(wanted.dev, dev) && is(wanted.queue, queueOf(candidate));
          },
        };
      case 'interrupt':
        return {
          kinds: ['interrupt'],
          test: (candidate) => {
            const step = INTERRUPT_STEPS[auxOf(candidate)];
            const outcome = step === 'message' ? 'raised' : step;
            if (outcome !== 'raised' && outcome !== 'suppressed' && outcome !== 'masked')
              return false;
            return (
              is(wanted.outcome, outcome) &&
              is(wanted.dev, devOf(candidate)) &&
              is(wanted.queue, queueOf(candidate))
            );
          },
        };
      case 'violation':
      case 'status':
        return { kinds: [wanted.kind], test: (candidate) => is(wanted.dev, devOf(candidate)) };
      case 'register':
        return {
          kinds: ['regRead', 'regWrite'],
          test: (candidate) => {
            const { words, at } = candidate;
            const offset = words[at + REGISTER.fields.offset.at]!;
            return (
              wanted.dev === devOf(candidate) &&
              wanted.region === auxOf(candidate) &&
              wanted.offset >= offset &&
              wanted.offset < offset + sizeOf(candidate) &&
              is(wanted.write, (words[at]! & 0xff) !== REGISTER.code)
            );
          },
        };
      case 'memory':
        return {
          kinds: ['memWrite', 'dataWrite'],
          test: (candidate) => {
            const { addr, length } = written(candidate);
            return addr < wanted.addr + wanted.length && addr + length > wanted.addr;
          },
        };
      case 'console':
        return {
          kinds: ['log'],
          test: (candidate) => {
            if (auxOf(candidate) === DEVICE_LEVEL) return false;
            const { text } = wanted;
            if (text === undefined) return true;
            return utf8Decode(this.#store.payload(candidate.event) ?? []).includes(text);
          },
        };
    }
  }

  /** Whether a write moves the index of a queue. */
  #moves(candidate: Candidate, { kind, dev, queue }: IndexBreakpoint): boolean {
    const place = this.#queues.get(queueKey(dev, queue));
    if (!place?.enabled) return false;
    if (!place.packed) {
      const start = kind === 'used' ? place.device + SPLIT.usedIdx : place.driver + SPLIT.availIdx;
      return this.#changes(candidate, start, 2);
    }
    // Which descriptors go on from there is what the fold knows; it is asked where a ring is written.
    const { addr, length } = written(candidate);
    if (addr >= place.desc + PACKED.descSize * place.size || addr + length <= place.desc)
      return false;
    const next = (at: number): number | undefined => {
      const ring = this.#momentAt(at).queues.get(queueKey(dev, queue))?.ring;
      return kind === 'used' ? ring?.used : ring?.avail;
    };
    return next(candidate.event) !== next(candidate.event + 1);
  }

  /** Whether a write changes any of the `count` bytes from `start`. */
  #changes(candidate: Candidate, start: number, count: number): boolean {
    const { words, at, event } = candidate;
    const { addr, length } = written(candidate);
    if (addr >= start + count || addr + length <= start) return false;
    const data = (words[at]! & 0xff) === DATA.code ? this.#store.payload(event) : undefined;
    const byte = (field: number, i: number): number =>
      (words[at + field + (i >> 2)]! >>> ((i & 3) * 8)) & 0xff;
    for (let i = Math.max(0, start - addr); i < Math.min(length, start + count - addr); i++)
      if (data ? data[i] !== data[length + i] : byte(OLD, i) !== byte(NEW, i)) return true;
    return false;
  }

  /** The device whose queue has its descriptors where a notification says. */
  #devAt({ words, at }: Candidate): number {
    const { desc } = NOTIFICATION.fields;
    const addr = join64(words[at + desc.at]!, words[at + desc.at + 1]!);
    for (const queue of this.#queues.values())
      if (queue.enabled && queue.desc === addr) return queue.dev;
    return NONE;
  }
}

const OLD = WRITE.fields.old.at;
const NEW = WRITE.fields.new.at;

/** Where a write went, and its length in bytes. */
function written(candidate: Candidate): { readonly addr: number; readonly length: number } {
  const { words, at } = candidate;
  const addr = join64(words[at + WRITE.fields.addr.at]!, words[at + WRITE.fields.addr.at + 1]!);
  const long = (words[at]! & 0xff) === DATA.code;
  return { addr, length: long ? words[at + DATA.fields.length.at]! : sizeOf(candidate) || 16 };
}
