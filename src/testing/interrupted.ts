import type { Host } from '../engine/machine/host.ts';
import { Machine } from '../engine/machine/machine.ts';
import type { Snapshot } from '../engine/machine/snapshot.ts';
import { ResolvedType, TypeRegistry } from '../engine/qom/type.ts';
import { ElementPool } from '../engine/virtio/virtqueue/element-pool.ts';
import { JournalReader } from '../journal/reader.ts';
import { JournalRing } from '../journal/ring.ts';
import type { JournalEvent } from '../journal/schema.ts';
import { EventStore } from '../journal/store.ts';
import { JournalWriter } from '../journal/writer.ts';
import { AddressSpace } from '../memory/address-space.ts';
import { GuestRam } from '../memory/guest-ram.ts';
import { MemoryRegion } from '../memory/memory-region.ts';
import { privateFields } from './private-fields.ts';

/** What a driver or a person does to a machine: a step each. */
const STEPS: readonly PropertyKey[] = [
  'read',
  'write',
  'channel',
  'hypercall',
  'takeInterrupt',
  'monitor',
  'qmp',
  'cont',
  'reset',
];

/** Whom a machine tells; set from outside, and so no part of a snapshot. */
const LISTENERS = ['onInterrupt', 'onInput', 'onEvent'] as const;

/** A byte that stands everywhere in RAM while a machine is put back together. */
const GARBAGE = 0xa5;
const PAGE = 4096;
/** Every how many replacements fields are compared where they are: that takes long. */
const COMPARED = 4;

/** A machine as those who drive it have it: whenever it is told to, another one takes its place. */
class Interrupted {
  /** Steps that were begun. */
  steps = 0;
  /** The machine now, whatever takes its place later. */
  readonly facade: Machine;
  readonly #first: Machine;
  readonly #host: Host;
  readonly #isDue: (step: number) => boolean;
  #now: Machine;
  #depth = 0;
  #replaced = 0;
  readonly #fields: boolean;

  constructor(machine: Machine, host: Host, isDue: (step: number) => boolean, fields: boolean) {
    this.#fields = fields;
    this.#first = machine;
    this.#now = machine;
    this.#host = host;
    this.#isDue = isDue;
    this.facade = new Proxy(machine, {
      get: (_, name) => this.#get(name),
      set: (_, name, value) => Reflect.set(this.#now, name, value, this.#now),
    });
  }

  #get(name: PropertyKey): unknown {
    const value = Reflect.get(this.#now, name, this.#now);
    if (typeof value !== 'function') return value;
    if (!STEPS.includes(name)) return value.bind(this.#now);
    return (...args: unknown[]) => {
      if (this.#depth === 0 && this.#isDue(this.steps++)) this.#replace();
      this.#depth++;
      try {
        return Reflect.get(this.#now, name, this.#now).apply(this.#now, args);
      } finally {
        this.#depth--;
        // Drivers keep the view of RAM that they got.
        if (this.#now !== this.#first) this.#first.ram.windows = this.#now.ram.windows;
      }
    };
  }

  /** Saves the machine and goes on with one that knows nothing but the snapshot. */
  #replace(): void {
    const old = this.#now;
    const { journal, ram } = old;
    const { clock } = journal;
    const snapshot = structuredClone(old.save());
    for (const [at, piece] of snapshot.ram) ram.u8.fill(GARBAGE, at, at + piece.length);
    ram.u8.fill(GARBAGE, ram.size - PAGE);
    // The same memory and journal, since drivers have them too; what they held is gone.
    journal.clock = 0;
    const machine = withBuild(build, () =>
      Machine.restore(snapshot, {
        ...this.#host,
        journal,
        allocateRam: () => ram.buffer as SharedArrayBuffer,
      }),
    );
    if (journal.clock !== clock) throw new Error(`clock ${journal.clock} instead of ${clock}`);
    checkEqual(machine.save(), snapshot);
    if (this.#fields && this.#replaced++ % COMPARED === 0) checkFields(old, machine);
    for (const listener of LISTENERS) Object.assign(machine, { [listener]: old[listener] });
    this.#now = machine;
  }
}

/** The real thing. */
const { build } = Machine;

function withBuild<T>(building: typeof Machine.build, work: () => T): T {
  const before = Machine.build;
  Machine.build = building;
  try {
    return work();
  } finally {
    Machine.build = before;
  }
}

/** Throws where a machine that was put back differs from what it was put back from. */
function checkEqual(got: Snapshot, wanted: Snapshot): void {
  const found = firstDifference(got, wanted, '');
  if (found !== undefined) throw new Error(`saved again it differs: ${found}`);
}

/** Classes whose objects are surroundings, or are compared otherwise. */
const SURROUNDINGS = [
  ElementPool,
  GuestRam,
  JournalWriter,
  MemoryRegion,
  AddressSpace,
  Machine,
  TypeRegistry,
  ResolvedType,
];

/** Fields that may differ: what is kept for the next use only, and how often something was reset. */
const UNKEPT = [
  // Where an element of a queue lies in its pool, and its generation.
  ...['poolSlot', 'poolNext', 'poolEpoch'],
  // Where descriptors were read last, by a queue that is in use no more.
  ...['#table', '#ring', '#size', '#scratch'],
  // A file that was opened.
  '#file',
];

/**
 * Throws where an object of a machine that was put back holds a field that is not what it was: somebody has added
 * one and forgot to save it.
 */
function checkFields(old: Machine, restored: Machine): void {
  const seen = new Set<unknown>();
  const check = (was: unknown, is: unknown, path: string): void => {
    if (typeof was === 'function' || seen.has(was)) return;
    if (typeof was !== 'object' || was === null || ArrayBuffer.isView(was)) {
      const found = firstDifference(is, was, path);
      if (found !== undefined) throw new Error(`not restored: ${found}`);
      return;
    }
    if (SURROUNDINGS.some((kind) => was instanceof kind)) return;
    seen.add(was);
    const others = contentOf(is);
    for (const [name, inner] of contentOf(was)) check(inner, others.get(name), `${path}.${name}`);
  };
  check(old.root, restored.root, '');
  check(old.backEnds, restored.backEnds, 'back ends');
}

/** What an object holds, by name: fields, whether for all to see or its own; entries of collections by their place. */
function contentOf(object: unknown): ReadonlyMap<string, unknown> {
  if (typeof object !== 'object' || object === null) return new Map();
  if (object instanceof Map || object instanceof Set)
    return new Map([...object].flat().map((value, i) => [`${i}`, value]));
  const content = new Map(Object.entries(object));
  if (!PLAIN.includes(Object.getPrototypeOf(object)))
    // A class and the one that it extends may have called two fields the same.
    for (const [i, [name, value]] of privateFields(object).entries())
      if (!UNKEPT.includes(name)) content.set(`${name} ${i}`, value);
  return content;
}

/** Prototypes of objects that keep nothing to themselves. */
const PLAIN = [Object.prototype, Array.prototype, null];

function firstDifference(got: unknown, wanted: unknown, path: string): string | undefined {
  if (Object.is(got, wanted)) return undefined;
  const entries = (value: unknown): ReadonlyMap<unknown, unknown> | undefined => {
    if (value instanceof Map) return value;
    if (value instanceof Set) return new Map([...value].map((one) => [one, true]));
    return typeof value === 'object' && value ? new Map(Object.entries(value)) : undefined;
  };
  if (ArrayBuffer.isView(got) && ArrayBuffer.isView(wanted))
    return bytesOf(got).equals(bytesOf(wanted)) ? undefined : path;
  const [ours, theirs] = [entries(got), entries(wanted)];
  if (!ours || !theirs) return `${path}: ${String(got)} instead of ${String(wanted)}`;
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
    const found = firstDifference(ours.get(key), theirs.get(key), `${path}/${String(key)}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What happened to one machine from its start on, and what became of it. */
interface Story {
  readonly steps: number;
  readonly events: readonly JournalEvent[];
  /** All of it in the end: devices, RAM, disks. */
  readonly end: Snapshot;
}

/**
 * Runs whatever builds and drives machines, and tells what happened to each that was built. A machine is replaced
 * by one that is restored from its snapshot right before each step that `isDue` names.
 */
function storiesOf(run: () => void, isDue: (step: number) => boolean, fields: boolean): Story[] {
  const machines: { machine: Interrupted; events: () => JournalEvent[] }[] = [];
  withBuild((line, host) => {
    const ring = JournalRing.create(1 << 14, 1 << 18);
    const store = new EventStore();
    const reader = new JournalReader([ring], store);
    const journal = new JournalWriter(ring);
    journal.waitForRoom = () => reader.drain() > 0;
    const machine = new Interrupted(build(line, { ...host, journal }), host, isDue, fields);
    const events = () => {
      journal.flush();
      reader.drain();
      return Array.from({ length: store.length }, (_, i) => store.get(i));
    };
    machines.push({ machine, events });
    return machine.facade;
  }, run);
  return machines.map(({ machine, events }) => ({
    steps: machine.steps,
    events: events(),
    end: machine.facade.save(),
  }));
}

/**
 * Runs the same twice, the second time on machines that are replaced before each step that `isDue` names. Throws
 * where anything differs from there on; `fields`: also where an object holds a field that was not restored. Returns how
 * many steps there were.
 */
export function checkInterrupted(
  run: () => void,
  isDue: (step: number) => boolean,
  fields = false,
): number {
  const whole = storiesOf(run, () => false, false);
  const pieced = storiesOf(run, isDue, fields);
  const found = firstDifference(pieced, whole, '');
  if (found !== undefined) throw new Error(`the interrupted run differs: ${found}`);
  return whole.reduce((sum, { steps }) => sum + steps, 0);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
