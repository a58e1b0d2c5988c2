import { PACKED, SPLIT, VIRTQ_MAX_SIZE } from '../../spec/virtio.ts';
import { FlatMemory } from '../fold/flat-memory.ts';
import { Folder } from '../fold/folder.ts';
import { type Moment, type QueueMoment, queueKey } from '../fold/moment.ts';
import { viewOf } from '../fold/packed-view.ts';
import { ringAreas } from '../fold/ring-areas.ts';
import { type RingNumbers, ringNumbers } from '../fold/ring-numbers.ts';
import { EVENTS, GAP } from '../schema.ts';
import { EventStore, recordAt } from '../store.ts';
import { COST_NUMBERS, type Cost, costOf } from './cost.ts';
import { PackedWriter } from './packed-writer.ts';
import { RingSink } from './ring-sink.ts';
import type { RingWriter } from './ring-writer.ts';
import { SplitWriter } from './split-writer.ts';
import { KEPT, Publications } from './workload.ts';

/** Where thought-of rings lie: beyond what any guest has, each one where none was before. */
const NOWHERE = 2 ** 44;
const STRIDE = 2 ** 21;
/** Events that are looked at in one go. */
const MOST_EVENTS = 50_000;
/** Numbers of a note: event count of the run, event count of the lens, costs of both formats. */
const NOTE = 2 + 2 * COST_NUMBERS;

/** The workload of a queue in the other format, after some events of the run. */
export interface LensMoment {
  /** The fold of what the other format's driver and device would have recorded. */
  readonly moment: Moment;
  /** Whether the newest event of the run moved something here. */
  readonly moved: boolean;
  /** What it costs in the format that the queue has, and in the other one. */
  readonly own: Cost;
  readonly other: Cost;
  /** Chains that the other format had no room for. */
  readonly leftOut: number;
}

/** Rings that are set up. */
interface AtWork {
  readonly queue: QueueMoment;
  readonly memory: FlatMemory;
  readonly publications: Publications;
  /** The same work in the queue's own format, only counted, and in the other one. */
  readonly writers: readonly [own: RingWriter, other: RingWriter];
}

/**
 * A queue's workload in the other ring format. From the journal it takes what driver and device did (a chain made
 * available with its buffers, taken, returned with a length), and lays that out as a driver and a device of the other
 * format would: VIRTIO 1.4 §2.7 or VIRTIO 1.4 §2.8. What comes of it is a journal too, and folds as any other.
 */
export class Lens {
  readonly store = new EventStore();
  /** The journal that is read. */
  readonly run: EventStore;
  readonly #momentAt: (at: number) => Moment;
  readonly #dev: number;
  readonly #queue: number;
  readonly #folder = new Folder(this.store);
  readonly #own: RingSink;
  readonly #other: RingSink;
  #work: AtWork | undefined;
  /** Count of the run's events that were looked at. */
  #seen: number;
  #epoch: number;
  /** Oldest event of the run that is noted. */
  #first: number;
  #generation = 0;
  /** Nothing of what happens is recorded. */
  #inGap = false;
  /** Where something happened, ascending: `NOTE` numbers each. */
  #notes = new Float64Array(256 * NOTE);
  #count = 0;

  /** `momentAt` folds the run: it is asked where the queue is set up. */
  constructor(run: EventStore, momentAt: (at: number) => Moment, dev: number, queue: number) {
    this.run = run;
    this.#momentAt = momentAt;
    this.#dev = dev;
    this.#queue = queue;
    this.#own = new RingSink(dev, queue, undefined);
    this.#other = new RingSink(dev, queue, this.store);
    this.#seen = this.#first = run.first;
    this.#epoch = run.epoch;
    this.#begin(run.first);
  }

  /** The run has begun anew, or has forgotten what is not looked at yet: another lens is needed. */
  get stale(): boolean {
    return this.run.epoch !== this.#epoch || this.run.first > this.#seen;
  }

  /** Whether all events up to `at` were looked at; looks at some more. A long run takes several calls. */
  follow(at: number): boolean {
    if (this.run.first > this.#first) this.#forget(this.run.first);
    const end = Math.min(at, this.run.length, this.#seen + MOST_EVENTS);
    for (; this.#seen < end; this.#seen++) this.#see(this.#seen);
    return this.#seen >= Math.min(at, this.run.length);
  }

  /** The other format after the first `at` events of the run, as far as they were looked at. */
  at(at: number): LensMoment {
    const note = this.#noteAt(at) * NOTE;
    const lensAt = note < 0 ? 0 : (this.#notes[note + 1] ?? 0);
    const costs = note < 0 ? NO_COSTS : this.#notes.subarray(note + 2, note + NOTE);
    return {
      moment: this.#folder.momentAt(lensAt),
      moved: note >= 0 && this.#notes[note] === at,
      own: costOf(costs),
      other: costOf(costs, COST_NUMBERS),
      leftOut: this.#work?.writers[1].leftOut ?? 0,
    };
  }

  #see(event: number): void {
    const words = this.run.words(event);
    if (!words) return;
    const at = recordAt(event);
    const kind = (words[at] as number) & 0xff;
    const before = this.store.length;
    if (kind === GAPS) {
      // What was done meanwhile is not known; memory that is told before the end is looked at there.
      this.#inGap = (words[at] as number) >>> 16 !== GAP.end;
      if (!this.#inGap) this.#begin(event + 1);
    } else if (this.#inGap) return;
    else if (kind === MEM_WRITE) this.#wrote(words, at);
    else if (kind === DATA_WRITE) this.#wroteData(event, words, at);
    else if (kind === POPPED || kind === PUSHED) {
      if (words[at + 2] !== ((this.#queue << 16) | this.#dev) >>> 0) return;
      const name = (words[at] as number) >>> 16;
      for (const writer of this.#work?.writers ?? [])
        if (kind === POPPED) writer.take(name);
        else writer.give(name, words[at + EVENTS.chainPushed.fields.length.at] as number);
    } else if (kind === CONFIG || kind === RESET) {
      const dev = (words[at + 2] as number) & 0xffff;
      const queue = (words[at + 2] as number) >>> 16;
      if (dev !== this.#dev || (kind === CONFIG && queue !== this.#queue)) return;
      this.#begin(event + 1);
    }
    if (this.store.length > before) this.#note(event + 1);
  }

  /** The queue was set up, or taken back, or is set up already. */
  #begin(at: number): void {
    const moment = this.#momentAt(at);
    const queue = moment.queues.get(queueKey(this.#dev, this.#queue));
    if (this.#work) this.#other.remove();
    this.#work = undefined;
    if (!queue?.enabled || queue.size < 1 || queue.size > VIRTQ_MAX_SIZE) return;
    const memory = new FlatMemory();
    const areas = ringAreas(queue);
    memory.keep(areas.map(({ start, end }) => ({ addr: start, length: end - start })));
    for (const { start, end } of areas)
      memory.write(start, moment.memory.bytes(start, end - start));
    const accepted = moment.devices.get(this.#dev)?.accepted ?? 0;
    const writers = [
      this.#writer(this.#own, queue.size, queue.packed, accepted),
      this.#writer(this.#other, queue.size, !queue.packed, accepted),
    ] as const;
    // What is in flight already was made available in this order.
    const view = viewOf(queue, moment.memory);
    const heads = view.deviceHeads;
    const taken = new Set(queue.inFlight);
    const numbers = ringNumbers(memory, queue.bigEndian);
    const publications = new Publications(queue, numbers, nextOf(queue, numbers));
    for (const head of heads) {
      const chain = view.chain(head);
      const last = chain.at(-1);
      const name = last && 'id' in last && typeof last.id === 'number' ? last.id : head;
      const buffers = chain.map(({ addr, len, flags }) => ({ addr, len, flags: flags & KEPT }));
      for (const writer of writers) {
        writer.offer([{ name, buffers }]);
        if (taken.has(name)) writer.take(name);
      }
    }
    this.#work = { queue, memory, publications, writers };
    this.#note(at);
  }

  #writer(sink: RingSink, size: number, packed: boolean, accepted: number): RingWriter {
    const desc = NOWHERE + this.#generation++ * STRIDE;
    const driver = desc + SPLIT.descTable(size);
    const driverSize = packed ? PACKED.eventSize : SPLIT.availRing(size);
    const device = driver + Math.ceil(driverSize / 64) * 64;
    const deviceSize = packed ? PACKED.eventSize : SPLIT.usedRing(size);
    sink.place(
      size,
      packed,
      [
        { addr: desc, length: SPLIT.descTable(size) },
        { addr: driver, length: driverSize },
        { addr: device, length: deviceSize },
      ],
      accepted,
    );
    return packed
      ? new PackedWriter(sink, size, desc)
      : new SplitWriter(sink, size, { desc, driver, device });
  }

  #wrote(words: Uint32Array, at: number): void {
    const addr = addressAt(words, at);
    const size = ((words[at] as number) >>> 12) & 15 || 16;
    if (!this.#touches(addr, size)) return;
    const from = (at + EVENTS.memWrite.fields.new.at) * 4;
    this.#written(addr, new Uint8Array(words.buffer, words.byteOffset + from, size));
  }

  #wroteData(event: number, words: Uint32Array, at: number): void {
    const addr = addressAt(words, at);
    const length = words[at + EVENTS.dataWrite.fields.length.at] as number;
    if (!this.#touches(addr, length)) return;
    this.#written(addr, this.run.payload(event)?.subarray(length, 2 * length) ?? new Uint8Array());
  }

  #touches(addr: number, length: number): boolean {
    const queue = this.#work?.queue;
    if (!queue) return false;
    const desc = addr < queue.desc + SPLIT.descTable(queue.size) && addr + length > queue.desc;
    const driver =
      addr < queue.driver + SPLIT.availRing(queue.size) && addr + length > queue.driver;
    return desc || (driver && !queue.packed);
  }

  #written(addr: number, bytes: Uint8Array): void {
    if (!this.#work) return;
    this.#work.memory.write(addr, bytes);
    const chains = this.#work.publications.take();
    if (chains.length > 0) for (const writer of this.#work.writers) writer.offer(chains);
  }

  /** The run has forgotten what came before event `first`: so may the lens. */
  #forget(first: number): void {
    this.#first = first;
    const kept = Math.max(0, this.#noteAt(first));
    this.#notes.copyWithin(0, kept * NOTE, this.#count * NOTE);
    this.#count -= kept;
    this.store.trim(this.#notes[1] ?? 0);
  }

  #note(at: number): void {
    if ((this.#count + 1) * NOTE > this.#notes.length) {
      const more = new Float64Array(this.#notes.length * 2);
      more.set(this.#notes);
      this.#notes = more;
    }
    const note = this.#count * NOTE;
    this.#notes[note] = at;
    this.#notes[note + 1] = this.store.length;
    this.#notes.set(this.#own.cost.numbers, note + 2);
    this.#notes.set(this.#other.cost.numbers, note + 2 + COST_NUMBERS);
    this.#count++;
  }

  /** The newest note of the first `at` events, or -1. */
  #noteAt(at: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#notes[middle * NOTE] as number) <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

const MEM_WRITE = EVENTS.memWrite.code;
const DATA_WRITE = EVENTS.dataWrite.code;
const POPPED = EVENTS.chainPopped.code;
const PUSHED = EVENTS.chainPushed.code;
const CONFIG = EVENTS.queueConfig.code;
const GAPS = EVENTS.gap.code;
const RESET = EVENTS.reset.code;
const NO_COSTS = new Float64Array(2 * COST_NUMBERS);

function addressAt(words: Uint32Array, at: number): number {
  const field = at + EVENTS.memWrite.fields.addr.at;
  return (words[field] as number) + (words[field + 1] as number) * 2 ** 32;
}

/** Up to where chains of a queue are known: the index or place that its ring has now. */
function nextOf(queue: QueueMoment, numbers: RingNumbers): number {
  return queue.ring ? queue.ring.avail : numbers.u16(queue.driver + SPLIT.availIdx);
}
