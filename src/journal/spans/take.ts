import { join64 } from '../../base/bits.ts';
import { CHANNEL_OPS } from '../../spec/channel-io.ts';
import { REGION_INDEX } from '../../spec/regions.ts';
import {
  ACTOR,
  EVENTS,
  type EventKind,
  GAP,
  INTERRUPT,
  KINDS,
  NONE,
  RING_FORMAT,
  SPACE,
} from '../schema.ts';
import type { MemoryWrite } from './publication.ts';
import type { QueueSpans } from './queue-spans.ts';
import { INTERRUPT_STATUS } from './sightings.ts';
import type { Spans } from './spans.ts';

/** Takes in the record at word `at` of `words`; `event` is its number, counted from the origin. */
type Take = (spans: Spans, words: Uint32Array, at: number, event: number) => void;

const aux = (words: Uint32Array, at: number): number => (words[at] as number) >>> 16;
const actorOf = (words: Uint32Array, at: number): number => ((words[at] as number) >>> 8) & 15;
/** Device and queue of an event that has them. */
const devOf = (words: Uint32Array, at: number): number => (words[at + 2] as number) & 0xffff;
const queueOf = (words: Uint32Array, at: number): number => (words[at + 2] as number) >>> 16;
const u32 = (words: Uint32Array, at: number, field: { readonly at: number }): number =>
  words[at + field.at] as number;
const u64 = (words: Uint32Array, at: number, field: { readonly at: number }): number =>
  join64(words[at + field.at] as number, words[at + field.at + 1] as number);

const ENUMERATION = new Set([
  REGION_INDEX['pci-config'],
  REGION_INDEX['pci-config-ports'],
  REGION_INDEX['pci-ecam'],
]);
const MSIX_TABLE = REGION_INDEX['msix-table'];
/** Instructions that take an interruption along. */
const TAKING = new Set(['tpi', 'tsch'].map((op) => (CHANNEL_OPS as readonly string[]).indexOf(op)));

/** The guest acts: what a device did before was another turn of it. */
function guestActs(spans: Spans): void {
  spans.sameTurn = false;
  spans.sightings.taking = false;
}

/** A device does something, as the event says. */
function deviceActs(spans: Spans, dev: number, event: number): void {
  if (dev === NONE) return;
  spans.needDevice(dev).worked(event, spans.sameTurn && spans.acting === dev);
  spans.acting = dev;
  spans.sameTurn = true;
}

const acts: Take = (spans, words, at, event) => deviceActs(spans, devOf(words, at), event);

const register =
  (write: boolean): Take =>
  (spans, words, at, event) => {
    const { offset: OFFSET, value: VALUE, space: SPACE_WORD } = EVENTS.regRead.fields;
    const region = aux(words, at);
    const dev = devOf(words, at);
    guestActs(spans);
    const config = u32(words, at, SPACE_WORD) === SPACE.pciConfig || ENUMERATION.has(region);
    spans.guest.did(config ? 'enumerate' : 'registers', event);
    if (dev === NONE) return;
    spans.acting = dev;
    const offset = u32(words, at, OFFSET);
    const value = u32(words, at, VALUE);
    if (write) {
      if (region === MSIX_TABLE) spans.sightings.wroteTable(dev, offset, value);
    } else if (INTERRUPT_STATUS.get(region) === offset && value & 1)
      spans.sightings.statusRead(dev, event);
  };

/** Who wrote: the guest, or the device whose turn it is. */
function writes(spans: Spans, actor: number, event: number): void {
  if (actor === ACTOR.driver) {
    guestActs(spans);
    spans.guest.did('memory', event);
  } else if (actor !== ACTOR.user && actor !== ACTOR.recorder && spans.acting !== undefined)
    deviceActs(spans, spans.acting, event);
}

/** Whose writes make chains available: the guest's, and those of a person who edits its memory. */
const publishes = (actor: number): boolean => actor === ACTOR.driver || actor === ACTOR.user;

/** A `memWrite` where it lies in the journal. One object serves for all. */
class RecordWrite implements MemoryWrite {
  addr = 0;
  size = 0;
  #words: Uint32Array = new Uint32Array(0);
  #at = 0;

  point(words: Uint32Array, at: number, addr: number, size: number): this {
    this.#words = words;
    this.#at = at;
    this.addr = addr;
    this.size = size;
    return this;
  }
  before(i: number): number {
    return this.#byte(EVENTS.memWrite.fields.old.at, i);
  }
  after(i: number): number {
    return this.#byte(EVENTS.memWrite.fields.new.at, i);
  }
  #byte(field: number, i: number): number {
    return ((this.#words[this.#at + field + (i >> 2)] as number) >>> ((i & 3) * 8)) & 0xff;
  }
}

const recordWrite = new RecordWrite();

const memWrite: Take = (spans, words, at, event) => {
  const actor = actorOf(words, at);
  writes(spans, actor, event);
  if (!publishes(actor)) return;
  const addr = u64(words, at, EVENTS.memWrite.fields.addr);
  const size = ((words[at] as number) >>> 12) & 15 || 16;
  if (spans.watch.near(addr, size))
    spans.watch.wrote(recordWrite.point(words, at, addr, size), event);
};

const dataWrite: Take = (spans, words, at, event) => {
  const { addr: ADDR, length: LENGTH } = EVENTS.dataWrite.fields;
  const actor = actorOf(words, at);
  writes(spans, actor, event);
  if (!publishes(actor)) return;
  const addr = u64(words, at, ADDR);
  const size = u32(words, at, LENGTH);
  if (size === 0 || !spans.watch.near(addr, size)) return;
  const payload = spans.store.payload(event + spans.origin);
  if (!payload || payload.length < 2 * size) return;
  spans.watch.wrote(
    {
      addr,
      size,
      before: (i) => payload[i] as number,
      after: (i) => payload[size + i] as number,
    },
    event,
  );
};

/** The queue that a driver means, which knows no device numbers. */
function queueAt(spans: Spans, desc: number): QueueSpans | undefined {
  return spans.queues.find(({ setup }) => setup?.desc === desc);
}

function forget(spans: Spans, dev: number, event: number): void {
  for (const queue of spans.queues)
    if (queue.dev === dev) {
      queue.disable(event);
      spans.watch.update(queue);
    }
  spans.device(dev)?.reset(event);
}

/** What each kind of event adds. */
const TAKES: { readonly [K in EventKind]: Take } = {
  regRead: register(false),
  regWrite: register(true),
  memWrite,
  dataWrite,
  chainPopped(spans, words, at, event) {
    deviceActs(spans, devOf(words, at), event);
    spans
      .needQueue(devOf(words, at), queueOf(words, at))
      .popped(aux(words, at), u32(words, at, EVENTS.chainPopped.fields.availIdx), event);
  },
  chainPushed(spans, words, at, event) {
    deviceActs(spans, devOf(words, at), event);
    spans.needQueue(devOf(words, at), queueOf(words, at)).pushed(aux(words, at), event);
  },
  notification(spans, words, at, event) {
    const dev = devOf(words, at);
    const queue =
      dev === NONE
        ? queueAt(spans, u64(words, at, EVENTS.notification.fields.desc))
        : spans.needQueue(dev, queueOf(words, at));
    queue?.notified(aux(words, at) !== 0, event);
    if (dev !== NONE) spans.acting = dev;
  },
  interrupt(spans, words, at, event) {
    const { line: LINE, rule: RULE } = EVENTS.interrupt.fields;
    const { sightings } = spans;
    const step = aux(words, at);
    const dev = devOf(words, at);
    const line = u32(words, at, LINE);
    if (step === INTERRUPT.taken) {
      guestActs(spans);
      sightings.taken(line, event);
      return;
    }
    const rule = u32(words, at, RULE);
    if (step === INTERRUPT.lowered) {
      sightings.lowered(dev, rule, event);
      if (dev !== NONE) spans.needDevice(dev).lower(event);
      return;
    }
    deviceActs(spans, dev, event);
    if (dev === NONE) return;
    const device = spans.needDevice(dev);
    if (step === INTERRUPT.raised) device.raise(event);
    if (queueOf(words, at) === NONE) {
      device.configInterrupts.push(event);
      return;
    }
    const queue = spans.needQueue(dev, queueOf(words, at));
    queue.interrupted(step, event);
    if (step === INTERRUPT.raised) sightings.raised(queue, line, rule);
    if (step === INTERRUPT.message) sightings.sent(queue, line);
  },
  status: acts,
  features(spans, words, at, event) {
    const dev = devOf(words, at);
    deviceActs(spans, dev, event);
  },
  queueConfig(spans, words, at, event) {
    const { desc, driver, size, format } = EVENTS.queueConfig.fields;
    const dev = devOf(words, at);
    deviceActs(spans, dev, event);
    const queue = spans.needQueue(dev, queueOf(words, at));
    const shape = u32(words, at, size);
    if (aux(words, at) === 0) queue.disable(event);
    else
      queue.setUp(
        {
          packed: u32(words, at, format) >>> 16 === RING_FORMAT.packed,
          bigEndian: u32(words, at, format) >>> 16 === RING_FORMAT.bigEndian,
          size: shape & 0xffff,
          desc: u64(words, at, desc),
          driver: u64(words, at, driver),
        },
        event,
      );
    spans.watch.update(queue);
  },
  configChange: acts,
  plug(spans, words, at, event) {
    if (aux(words, at) === 0) forget(spans, devOf(words, at), event);
  },
  reset(spans, words, at, event) {
    deviceActs(spans, devOf(words, at), event);
    forget(spans, devOf(words, at), event);
  },
  backendRequest(spans, words, at, event) {
    const { id } = EVENTS.backendRequest.fields;
    const dev = devOf(words, at);
    deviceActs(spans, dev, event);
    spans.needDevice(dev).ask(queueOf(words, at), u32(words, at, id), event);
  },
  backendCompletion(spans, words, at, event) {
    const { id } = EVENTS.backendCompletion.fields;
    const dev = devOf(words, at);
    const queue = queueOf(words, at);
    deviceActs(spans, dev, event);
    const asked = spans.needDevice(dev).answer(queue, u32(words, at, id), event);
    if (asked !== undefined) spans.queue(dev, queue)?.answered(asked);
  },
  scriptLine(spans) {
    guestActs(spans);
    if (spans.guest.halted) spans.guest.cut();
  },
  script(spans) {
    guestActs(spans);
    spans.guest.cut();
  },
  log() {},
  violation(spans, words, at, event) {
    spans.violations.push(event);
    deviceActs(spans, devOf(words, at), event);
  },
  vcpuWait(spans, words, at, event) {
    guestActs(spans);
    if (aux(words, at) === 0) {
      spans.guest.halt(event);
      return;
    }
    spans.guest.wake(event);
    spans.sightings.woken(u32(words, at, EVENTS.vcpuWait.fields.input), event);
  },
  dropped(spans, _words, _at, event) {
    spans.losses.push(event);
  },
  channel(spans, words, at, event) {
    guestActs(spans);
    spans.guest.did('registers', event);
    spans.sightings.taking = TAKING.has(aux(words, at));
    const dev = devOf(words, at);
    if (dev !== NONE) spans.acting = dev;
  },
  hypercall(spans, words, at, event) {
    guestActs(spans);
    spans.guest.did('registers', event);
    const dev = devOf(words, at);
    if (dev !== NONE) spans.acting = dev;
  },
  ccw: acts,
  channelStatus: acts,
  gap(spans, words, at, event) {
    if (aux(words, at) === GAP.begin || aux(words, at) === GAP.start) spans.loseSight(event);
    else if (aux(words, at) === GAP.end) spans.goOn(event);
  },
  queueState() {},
  unsent() {},
  register() {},
  input() {},
};

/** `TAKES` by code; a record of no known kind is a lost event. */
export const TAKE: readonly Take[] = Array.from({ length: 256 }, (_, code) => {
  const kind = KINDS[code];
  return kind ? TAKES[kind] : TAKES.dropped;
});
