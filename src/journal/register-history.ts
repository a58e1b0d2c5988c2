import { join64 } from '../base/bits.ts';
import { PCI_PORTS } from '../spec/pci-ports.ts';
import { REGION_INDEX } from '../spec/regions.ts';
import { selectorOf } from '../spec/selected-registers.ts';
import { EventList } from './event-list.ts';
import { ACTORS, type Actor, EVENTS, type EventKind, KINDS, NONE } from './schema.ts';
import { type EventStore, recordAt } from './store.ts';

/** One access to a register. */
export interface RegisterAccess {
  /** Number of the event. */
  readonly event: number;
  readonly by: Actor;
  readonly write: boolean;
  /** Bytes. */
  readonly size: number;
  readonly value: number;
  /** What was last seen there before, of the same queue or half where the register has several; undefined at first. */
  readonly old: number | undefined;
  /** What was chosen by the register's selector: a queue, a half of the features; undefined where it has none. */
  readonly selected: number | undefined;
  /** Line of the script, or 0. */
  readonly line: number;
}

/** Events of a device that tell how it changed, rather than what was read and written. */
export type DeviceMark = Extract<
  EventKind,
  | 'status'
  | 'features'
  | 'queueConfig'
  | 'configChange'
  | 'plug'
  | 'reset'
  | 'ccw'
  | 'channelStatus'
  | 'hypercall'
>;

const MARKS: ReadonlySet<EventKind> = new Set<DeviceMark>([
  'status',
  'features',
  'queueConfig',
  'configChange',
  'plug',
  'reset',
  'ccw',
  'channelStatus',
  'hypercall',
]);
const IS_MARK = KINDS.map((kind) => kind !== undefined && MARKS.has(kind));

const READ = EVENTS.regRead;
const WRITE = EVENTS.regWrite;
const LINE = EVENTS.scriptLine;
const RUN = EVENTS.script;
const PORTS = REGION_INDEX['pci-config-ports'];
const CONFIG = REGION_INDEX['pci-config'];
const { CONFIG_ADDRESS, CONFIG_DATA } = PCI_PORTS;

/** Accesses before one that are looked through for the value before it. */
const LOOK_BACK = 256;

/**
 * Who accessed which register when: an index into a store, four bytes an access, that grows as the store does.
 * Configuration space behind ports is found as region `pci-config` of the host bridge, as in `DeviceMoment.registers`.
 */
export class RegisterHistory {
  readonly #store: EventStore;
  #epoch: number;
  #first = 0;
  #next = 0;
  /** By device, then by region * 2^32 + offset. */
  #registers = new Map<number, Map<number, EventList>>();
  /** By device * 256 + code of the kind. */
  #marks = new Map<number, EventList>();
  #lines = new EventList();
  /** What CONFIG_ADDRESS of a host bridge selects, by device. */
  #selected = new Map<number, number>();

  constructor(store: EventStore) {
    this.#store = store;
    this.#epoch = store.epoch;
    this.#next = store.first;
  }

  /** Count of events that it knows of. */
  get length(): number {
    return this.#next;
  }

  /** Takes in what is new, at most `most` events. Answers whether that was all. */
  update(most = Number.POSITIVE_INFINITY): boolean {
    const store = this.#store;
    this.#settle();
    const end = Math.min(store.length, this.#next + most);
    for (; this.#next < end; this.#next++) {
      const words = store.words(this.#next);
      if (words) this.#see(words, recordAt(this.#next), this.#next);
    }
    return end === store.length;
  }

  /** Registers of a device that were accessed before event count `at`, with how often. */
  registersOf(
    dev: number,
    at: number,
  ): readonly { readonly region: number; readonly offset: number; readonly count: number }[] {
    this.#settle();
    return [...(this.#registers.get(dev) ?? [])].flatMap(([key, events]) => {
      const count = events.countBefore(at);
      return count > 0 ? [{ region: Math.floor(key / 2 ** 32), offset: key % 2 ** 32, count }] : [];
    });
  }

  /** How often a register was accessed before event count `at`, as far as that is held. */
  count(dev: number, region: number, offset: number, at: number): number {
    this.#settle();
    return this.#listOf(dev, region, offset)?.countBefore(at) ?? 0;
  }

  /** The newest accesses to a register before event count `at`, the newest first, at most `most`. */
  accesses(
    dev: number,
    region: number,
    offset: number,
    at: number,
    most: number,
  ): RegisterAccess[] {
    this.#settle();
    const events = this.#listOf(dev, region, offset);
    if (!events) return [];
    const found: RegisterAccess[] = [];
    for (let i = events.countBefore(at) - 1; i >= 0 && found.length < most; i--) {
      const access = this.#accessAt(events, i, dev, region, offset);
      if (access) found.push(access);
    }
    return found;
  }

  /** The newest events of one kind about a device before event count `at`, the newest first, at most `most`. */
  marks(dev: number, kind: DeviceMark, at: number, most: number): number[] {
    this.#settle();
    const events = this.#marks.get(dev * 256 + EVENTS[kind].code);
    const found: number[] = [];
    for (let i = (events?.countBefore(at) ?? 0) - 1; i >= 0 && found.length < most; i--)
      found.push(events?.at(i) as number);
    return found;
  }

  /** Line of the script that ran when an event happened, or 0. */
  lineAt(event: number): number {
    const line = this.#lines.at(this.#lines.countBefore(event + 1) - 1);
    if (line === undefined) return 0;
    const words = this.#store.words(line);
    const w = recordAt(line);
    const code = (words?.[w] ?? 0) & 0xff;
    return code === LINE.code ? (words?.[w + LINE.fields.line.at] ?? 0) : 0;
  }

  #see(words: Uint32Array, w: number, event: number): void {
    const head = words[w] as number;
    const code = head & 0xff;
    if (code === READ.code || code === WRITE.code) {
      const dev = (words[w + READ.fields.dev.at] as number) & 0xffff;
      if (dev !== NONE) this.#seeAccess(words, w, event, dev, head >>> 16);
    } else if (code === LINE.code || code === RUN.code) this.#lines.push(event);
    else if (IS_MARK[code]) {
      const dev = (words[w + 2] as number) & 0xffff;
      listIn(this.#marks, dev * 256 + code).push(event);
    }
  }

  #seeAccess(words: Uint32Array, w: number, event: number, dev: number, region: number): void {
    const offset = words[w + READ.fields.offset.at] as number;
    let own = this.#registers.get(dev);
    if (!own) {
      own = new Map();
      this.#registers.set(dev, own);
    }
    listIn(own, region * 2 ** 32 + offset).push(event);
    if (region !== PORTS) return;
    if (offset < CONFIG_DATA.offset) {
      const size = ((words[w] as number) >>> 12) & 15;
      if (offset === CONFIG_ADDRESS.offset && size === 4)
        this.#selected.set(dev, words[w + READ.fields.value.at] as number);
      return;
    }
    const selected = this.#selected.get(dev) ?? 0;
    if (selected >= 0x8000_0000)
      listIn(own, CONFIG * 2 ** 32 + (((selected & 0xff_ffff) | (offset & 3)) >>> 0)).push(event);
  }

  #accessAt(
    events: EventList,
    i: number,
    dev: number,
    region: number,
    offset: number,
  ): RegisterAccess | undefined {
    const event = events.at(i);
    const seen = event === undefined ? undefined : this.#valueAt(event);
    if (event === undefined || !seen) return undefined;
    const selector = selectorOf(region, offset);
    const chosen = (at: number) =>
      selector === undefined ? undefined : this.#written(dev, region, selector, at);
    const selected = chosen(event);
    let old: number | undefined;
    for (let k = i - 1; k >= Math.max(0, i - LOOK_BACK) && old === undefined; k--) {
      const before = events.at(k) as number;
      if (chosen(before) === selected) old = this.#valueAt(before)?.value;
    }
    return { event, ...seen, old, selected, line: this.lineAt(event) };
  }

  /** What was last written to a register before an event; 0, as after a reset, where nothing was. */
  #written(dev: number, region: number, offset: number, before: number): number {
    const events = this.#listOf(dev, region, offset);
    for (let i = (events?.countBefore(before) ?? 0) - 1; i >= 0; i--) {
      const seen = this.#valueAt(events?.at(i) as number);
      if (seen?.write) return seen.value;
    }
    return 0;
  }

  #valueAt(event: number) {
    const words = this.#store.words(event);
    if (!words) return undefined;
    const w = recordAt(event);
    const head = words[w] as number;
    const { at } = READ.fields.value;
    return {
      by: ACTORS[(head >>> 8) & 15] ?? ('driver' as const),
      write: (head & 0xff) === WRITE.code,
      size: (head >>> 12) & 15,
      value: join64(words[w + at] as number, words[w + at + 1] as number),
    };
  }

  #listOf(dev: number, region: number, offset: number): EventList | undefined {
    return this.#registers.get(dev)?.get(region * 2 ** 32 + offset);
  }

  /** Nothing is told of what the store has let go of since the last look, nor of the journal before it. */
  #settle(): void {
    if (this.#store.epoch !== this.#epoch) this.#restart();
    this.#forget();
  }

  #restart(): void {
    this.#epoch = this.#store.epoch;
    this.#first = 0;
    this.#next = this.#store.first;
    this.#registers = new Map();
    this.#marks = new Map();
    this.#lines = new EventList();
    this.#selected = new Map();
  }

  /** Forgets what the store has forgotten. */
  #forget(): void {
    const { first } = this.#store;
    if (first === this.#first) return;
    this.#first = first;
    this.#next = Math.max(this.#next, first);
    this.#lines.forgetBefore(first);
    for (const events of this.#marks.values()) events.forgetBefore(first);
    for (const own of this.#registers.values())
      for (const events of own.values()) events.forgetBefore(first);
  }
}

function listIn(lists: Map<number, EventList>, key: number): EventList {
  let list = lists.get(key);
  if (!list) {
    list = new EventList();
    lists.set(key, list);
  }
  return list;
}
