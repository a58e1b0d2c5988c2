import { RESET_BY_DRIVER } from '../../spec/region-names.ts';
import { SPLIT } from '../../spec/virtio.ts';
import { isAction } from '../actions.ts';
import { EVENTS, GAP, NONE } from '../schema.ts';
import type { EventStore } from '../store.ts';
import { recordAt } from '../store.ts';
import { AppendLog } from './append-log.ts';
import { FOLD } from './fold-events.ts';
import { GuestImage, type ImageBuilder } from './guest-image.ts';
import {
  CONSOLE_LINES,
  type ConsoleLine,
  type DeviceMoment,
  type Moment,
  PINS,
  queueKey,
  type RegisterMoment,
  VIOLATION_COUNT,
  type ViolationMoment,
} from './moment.ts';
import { type FoldedQueue, QueueState, unknownQueue } from './queue-state.ts';
import { RegisterMap, type RegisterMapBuilder } from './register-map.ts';
import { type QueuePlace, type RingArea, RingIndex } from './ring-areas.ts';
import { u16In } from './ring-numbers.ts';

/** What all states of one fold share: entries that never change once they are there. */
export class FoldLogs {
  readonly console = new AppendLog<ConsoleLine>(CONSOLE_LINES);
  readonly violations = new AppendLog<ViolationMoment>(VIOLATION_COUNT);
}

/** A device whose registers can be changed without a copy of them all. */
export interface FoldedDevice extends DeviceMoment {
  readonly registers: RegisterMap;
}

/** Everything that folding knows after `at` events: immutable, and shares what did not change. */
export interface Snapshot
  extends Omit<Moment, 'last' | 'console' | 'violations' | 'asserted' | 'devices' | 'queues'> {
  readonly devices: ReadonlyMap<number, FoldedDevice>;
  readonly queues: ReadonlyMap<number, FoldedQueue>;
  /** Asserted interrupt inputs by device: dev * `PINS` + input. */
  readonly pins: ReadonlySet<number>;
  readonly rings: RingIndex;
  /** Counts of entries in `FoldLogs`. */
  readonly consoleCount: number;
  readonly violationCount: number;
}

/** Where every journal begins: nothing has happened. */
export const START: Snapshot = {
  at: 0,
  line: 0,
  script: 'idle',
  scriptError: undefined,
  run: 0,
  actions: 0,
  plugs: 0,
  haltedOn: undefined,
  devices: new Map(),
  queues: new Map(),
  dropped: 0,
  unrecorded: 0,
  inGap: false,
  memory: GuestImage.empty,
  pins: new Set(),
  rings: RingIndex.empty,
  consoleCount: 0,
  violationCount: 0,
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Offset of the index in the available ring, and in the used ring (VIRTIO 1.4 §2.7). */
const RING_IDX = SPLIT.availIdx;

/**
 * A fold under way: events change it in place, and `seal` makes snapshots that later events do not
 * change.
 */
export class FoldState {
  readonly logs: FoldLogs;
  /** Fields that are plain values; the rest is stale until `seal`. */
  readonly now: Mutable<Snapshot>;
  readonly memory: ImageBuilder;
  #queues = new Map<number, QueueState>();
  #devices = new Map<number, Mutable<FoldedDevice>>();
  /** Registers of devices, where they were changed. */
  #registers = new Map<number, RegisterMapBuilder>();
  #rings: RingIndex | undefined;
  #ownPins: Set<number> | undefined;

  constructor(from: Snapshot, logs: FoldLogs) {
    this.now = { ...from };
    this.logs = logs;
    this.memory = from.memory.builder();
    this.#rings = from.rings;
  }

  /** Count of events folded. */
  get at(): number {
    return this.now.at;
  }

  /** Folds the events of `store` up to, not including, event `to`, or behind the end of a gap: true then. All must be held. */
  run(store: EventStore, to: number): boolean {
    while (this.now.at < to) {
      const words = store.words(this.now.at);
      if (!words) return false;
      const at = recordAt(this.now.at);
      // Without a script, what acts is the board's firmware.
      if (isAction(words, at) && this.now.script === 'running') this.now.actions++;
      const head = words[at] as number;
      FOLD[head & 0xff]?.(this, words, at, store);
      this.now.at++;
      if ((head & 0xff) === EVENTS.gap.code && head >>> 16 === GAP.end) return true;
    }
    return false;
  }

  /** The state now, for keeps. */
  seal(): Snapshot {
    const { now } = this;
    if (this.#queues.size > 0) {
      const queues = new Map(now.queues);
      for (const [key, queue] of this.#queues) queues.set(key, queue.seal());
      now.queues = queues;
      this.#queues.clear();
    }
    if (this.#devices.size > 0) {
      const devices = new Map(now.devices);
      for (const [dev, device] of this.#devices) {
        const registers = this.#registers.get(dev);
        if (registers) device.registers = registers.seal();
        devices.set(dev, device);
      }
      now.devices = devices;
      this.#devices.clear();
      this.#registers.clear();
    }
    if (this.#ownPins) now.pins = this.#ownPins;
    this.#ownPins = undefined;
    now.rings = this.rings;
    now.memory = this.memory.seal();
    return { ...now };
  }

  /** A queue, to be changed. */
  queue(dev: number, queue: number): QueueState {
    const key = queueKey(dev, queue);
    const known = this.#queues.get(key);
    if (known) return known;
    const state = new QueueState(this.now.queues.get(key) ?? unknownQueue(dev, queue));
    this.#queues.set(key, state);
    return state;
  }

  /** The queue whose descriptor area is at `desc`, to be changed; undefined where there is none. */
  queueAt(desc: number): QueueState | undefined {
    for (const state of this.#queues.values())
      if (state.place.enabled && state.place.desc === desc) return state;
    for (const [key, moment] of this.now.queues)
      if (!this.#queues.has(key) && moment.enabled && moment.desc === desc)
        return this.queue(moment.dev, moment.queue);
    return undefined;
  }

  /** A gap ends: rings go on from what their memory says now. */
  resume(): void {
    for (const { dev, queue, enabled } of [...this.now.queues.values()])
      if (enabled || this.#queues.has(queueKey(dev, queue)))
        this.queue(dev, queue).resume(this.memory);
    for (const queue of this.#queues.values()) queue.resume(this.memory);
  }

  /** A device, to be changed. */
  device(dev: number): Mutable<FoldedDevice> {
    const known = this.#devices.get(dev);
    if (known) return known;
    const device = { ...(this.now.devices.get(dev) ?? unknownDevice(dev)) };
    this.#devices.set(dev, device);
    return device;
  }

  /** The value last seen of a register, or undefined. */
  register(dev: number, region: number, offset: number): RegisterMoment | undefined {
    const own = this.#registers.get(dev);
    return (own ?? this.now.devices.get(dev)?.registers)?.find(region, offset);
  }

  setRegister(dev: number, register: RegisterMoment): void {
    if (dev === NONE) return;
    this.#registersOf(dev).set(register);
  }

  /** Drops what was seen of a device's registers: all, or those that the driver's reset changes. */
  forgetRegisters(dev: number, all: boolean): void {
    if (!this.#registers.has(dev) && !this.now.devices.get(dev)?.registers.size) return;
    this.#registersOf(dev).forget((region) => all || RESET_BY_DRIVER.has(region));
  }

  /** A device comes back to its state at power-on, or leaves. */
  resetDevice(dev: number): void {
    for (const key of this.#queuesOf(dev)) this.queue(dev, key % 0x1_0000).disable();
    for (const pin of this.pins) if (Math.floor(pin / PINS) === dev) this.ownPins().delete(pin);
    this.ringsChanged();
  }

  removeDevice(dev: number): void {
    this.resetDevice(dev);
    const queues = new Map(this.now.queues);
    for (const key of this.#queuesOf(dev)) {
      queues.delete(key);
      this.#queues.delete(key);
    }
    const devices = new Map(this.now.devices);
    devices.delete(dev);
    this.#devices.delete(dev);
    this.#registers.delete(dev);
    Object.assign(this.now, { queues, devices });
  }

  get pins(): ReadonlySet<number> {
    return this.#ownPins ?? this.now.pins;
  }

  ownPins(): Set<number> {
    this.#ownPins ??= new Set(this.now.pins);
    return this.#ownPins;
  }

  /** Where ring structures lie now. */
  get rings(): RingIndex {
    if (!this.#rings) {
      const queues = new Map<number, QueuePlace>(this.now.queues);
      for (const [key, queue] of this.#queues) queues.set(key, queue.place);
      this.#rings = new RingIndex(queues.values());
    }
    return this.#rings;
  }

  /** A queue was set up or taken back: ring structures lie elsewhere. */
  ringsChanged(): void {
    this.#rings = undefined;
  }

  /** Whether the driver of a device accepted a feature, by its bit. */
  accepts(dev: number, bit: number): boolean {
    const device = this.#devices.get(dev) ?? this.now.devices.get(dev);
    return Math.floor((device?.accepted ?? 0) / 2 ** bit) % 2 === 1;
  }

  /** A write to guest memory that touches ring structures; `write` does it. */
  ringWrite(areas: readonly RingArea[], addr: number, size: number, write: () => void): void {
    const before = areas.map((area) =>
      area.structure === 'desc' || area.packed
        ? 0
        : u16In(this.memory, area.start + RING_IDX, area.bigEndian),
    );
    write();
    areas.forEach((area, i) => {
      this.queue(area.dev, area.queue).wrote(area, addr, size, before[i] ?? 0, this.memory);
    });
  }

  #queuesOf(dev: number): number[] {
    const keys = new Set([...this.now.queues.keys(), ...this.#queues.keys()]);
    return [...keys].filter((key) => Math.floor(key / 0x1_0000) === dev);
  }

  #registersOf(dev: number): RegisterMapBuilder {
    const own = this.#registers.get(dev);
    if (own) return own;
    const registers = this.device(dev).registers.builder();
    this.#registers.set(dev, registers);
    return registers;
  }
}

function unknownDevice(dev: number): FoldedDevice {
  return { dev, status: 0, offered: 0, accepted: 0, generation: 0, registers: RegisterMap.empty };
}
