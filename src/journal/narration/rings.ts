import { distance16, wrap16 } from '../../base/bits.ts';
import { AVAIL_FLAGS, DESC_FLAGS, flagNames, USED_FLAGS } from '../../spec/constants.ts';
import {
  SPLIT,
  VIRTQ_AVAIL_F_NO_INTERRUPT,
  VIRTQ_DESC,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
  VIRTQ_USED_F_NO_NOTIFY,
} from '../../spec/virtio.ts';
import { decodeRequest, requestContext } from '../decode-request.ts';
import { type QueueMoment, queueKey } from '../fold/moment.ts';
import { slotOfPlace } from '../fold/packed-state.ts';
import { PackedView } from '../fold/packed-view.ts';
import { QueueState } from '../fold/queue-state.ts';
import { ringAreas } from '../fold/ring-areas.ts';
import { type ChainPiece, RingView } from '../fold/ring-view.ts';
import { type Touch, touchedByWrite } from '../fold/touched.ts';
import { RING_FORMAT } from '../schema.ts';
import { sayBigEndian } from './big-endian.ts';
import { tellMemoryNow } from './gaps.ts';
import { tellMemory } from './memory.ts';
import {
  deviceName,
  type Narration,
  queueName,
  type Target,
  type Teller,
  type Telling,
  usesEventIdx,
} from './narration-types.ts';
import { sayPacked } from './packed.ts';
import { address, combined, count, list } from './words.ts';
import { field, type Said, type Write } from './writes.ts';

/** A write that touches one kind of cell of one ring. */
interface RingWrite extends Write {
  readonly touch: Touch;
  /** The queue as it was before the write. */
  readonly view: RingView;
}

/** Bytes of a long write that its sentence looks at. */
const LOOK = 64;

/** A short write to guest memory. */
export const tellMemWrite: Teller<'memWrite'> = (telling) => {
  const { actor, addr, new: bytes } = telling.event;
  return tellAnyWrite({ actor, addr, bytes, telling });
};

/** A long write to guest memory. */
export const tellDataWrite: Teller<'dataWrite'> = (telling) => {
  const { actor, addr, data, length } = telling.event;
  const bytes = Array.from(data.subarray(length, length + LOOK));
  return tellAnyWrite({ actor, addr, bytes, telling });
};

function tellAnyWrite(write: Write): Narration {
  if (write.actor === 'recorder') return tellMemoryNow(write);
  const { telling, addr } = write;
  const { event, before } = telling;
  const length = event.kind === 'memWrite' ? event.size : event.length;
  const touches = touchedByWrite(addr, length, before.queues);
  const [touch] = touches;
  if (!touch) return tellMemory(write, length);
  const queue = before.queues.get(queueKey(touch.dev, touch.queue));
  if (!queue) return tellMemory(write, length);
  if (!isOneCell(touches, queue.packed)) return tellMany(write, length, touches, queue.packed);
  const { dev, structure, part, first } = touch;
  const at: Target = {
    dev,
    queue: touch.queue,
    structure,
    part,
    ...(part === 'entries' ? { index: first } : {}),
    addr,
    length,
  };
  const belongs = structure === 'used' ? 'device' : 'driver';
  const shared = queue.packed && structure === 'desc';
  const foreign =
    !shared && (write.actor === 'driver' || write.actor === 'device')
      ? write.actor !== belongs
      : false;
  const said = queue.packed
    ? sayPacked({ ...write, touch, ...packedViews(queue, write) })
    : queue.bigEndian
      ? sayBigEndian(write, touch, queue)
      : SAYS[structure]({ ...write, touch, view: new RingView(queue, before.memory) });
  const text = foreign
    ? `${said.text} This part of the ring is the ${belongs}’s to write.`
    : said.text;
  return { ...said, text, tone: write.actor === 'driver' ? 'driver' : 'device', at };
}

/** Whether a write is to one cell; the two fields of an event suppression structure are one. */
function isOneCell(touches: readonly Touch[], packed: boolean): boolean {
  const [touch] = touches;
  if (!touch || touch.first !== touch.last) return false;
  const same = ({ dev, queue, structure, part }: Touch) =>
    dev === touch.dev &&
    queue === touch.queue &&
    structure === touch.structure &&
    part !== 'entries';
  return touches.length === 1 || (packed && touches.every(same));
}

/** A packed queue before and after a write to it. */
function packedViews(queue: QueueMoment, { addr, bytes, telling }: Write) {
  const { memory } = telling.before;
  const builder = memory.builder();
  builder.write(addr, bytes);
  const state = new QueueState(queue);
  for (const area of ringAreas(queue))
    if (addr < area.end && addr + bytes.length > area.start)
      state.wrote(area, addr, bytes.length, 0, builder);
  return {
    view: new PackedView(queue, memory),
    after: new PackedView(state.seal(), builder.seal()),
  };
}

/** A write over several cells, as when the driver clears its rings. */
function tellMany(
  { actor, bytes, addr, telling }: Write,
  length: number,
  touches: readonly Touch[],
  packed: boolean,
): Narration {
  const { names } = telling;
  const words = packed ? PACKED_STRUCTURE : STRUCTURE;
  const [touch] = touches as readonly [Touch, ...Touch[]];
  const structures = [...new Set(touches.map(({ structure }) => words[structure]))];
  const clears = bytes.every((byte) => byte === 0);
  const where = queueName(names, touch.dev, touch.queue);
  return {
    title: `${clears ? 'Clears' : 'Writes'} ${list(structures)}`,
    text: `${count(length, 'byte')} at ${address(addr)}, part of ${where}.`,
    section: packed ? '2.8' : '2.7',
    tone: actor === 'driver' ? 'driver' : 'device',
    at: { dev: touch.dev, queue: touch.queue, structure: touch.structure, addr, length },
  };
}

const STRUCTURE = {
  desc: 'descriptor table',
  avail: 'available ring',
  used: 'used ring',
} as const;
const PACKED_STRUCTURE = {
  desc: 'descriptor ring',
  avail: 'driver event suppression',
  used: 'device event suppression',
} as const;

/**
 * What a descriptor says: `512 bytes at 0x01100040 that the device may write (WRITE), then 2
 * (NEXT)`.
 */
function descriptorText(addr: number, len: number, flags: number, next: number): string {
  const to =
    flags & VIRTQ_DESC_F_WRITE ? 'that the device may write (WRITE)' : 'for the device to read';
  const buffer =
    flags & VIRTQ_DESC_F_INDIRECT
      ? `A table of ${count(len / SPLIT.descSize, 'descriptor')} at ${address(addr)} (INDIRECT)`
      : `${count(len, 'byte')} at ${address(addr)} ${to}`;
  const rest = flags & VIRTQ_DESC_F_NEXT ? `then ${next} (NEXT)` : 'the last of its chain';
  return `${buffer}, ${rest}`;
}

function sayDescriptor(write: RingWrite): Said {
  const { touch, view } = write;
  const index = touch.first;
  const start = view.queue.desc + SPLIT.descSize * index;
  const addr = field(write, start, VIRTQ_DESC.addr, 8);
  const len = field(write, start, VIRTQ_DESC.len, 4);
  const flags = field(write, start, VIRTQ_DESC.flags, 2);
  const next = field(write, start, VIRTQ_DESC.next, 2);
  const section = '2.7.5';
  if (addr !== undefined && len !== undefined && flags !== undefined && next !== undefined) {
    if (addr === 0 && len === 0 && flags === 0)
      return { title: `Descriptor ${index} cleared`, text: 'It describes no buffer.', section };
    const text = `${descriptorText(addr, len, flags, next)}.`;
    return { title: `Descriptor ${index} filled`, text: owned(text, write, index), section };
  }
  const parts: string[] = [];
  if (addr !== undefined) parts.push(`addr ← ${address(addr)}`);
  if (len !== undefined) parts.push(`len ← ${len}`);
  if (flags !== undefined) parts.push(`flags ← ${combined(flagNames(DESC_FLAGS, flags))}`);
  if (next !== undefined) parts.push(`next ← ${next}`);
  const what = parts.length > 0 ? list(parts) : 'part of a field';
  return {
    title: `Descriptor ${index}: ${what}`,
    text: owned(`Writes ${what} of descriptor ${index}.`, write, index),
    section,
  };
}

/** Adds a word where the driver writes a descriptor that the device still owns. */
function owned(text: string, { view }: RingWrite, index: number): string {
  if (view.descriptor(index)?.owner !== 'device') return text;
  return `${text} The device owns this descriptor now: it may see the old bytes or the new ones.`;
}

function sayAvailable(write: RingWrite): Said {
  const { touch, view, telling } = write;
  const start = view.queue.driver;
  if (touch.part === 'entries') {
    const head = field(write, start, SPLIT.availEntry(touch.first), 2);
    if (head === undefined)
      return { title: `available[${touch.first}]`, text: 'Half of an entry.', section: '2.7.6' };
    const next = view.slotOf(view.availIdx + view.queue.availStaged) === touch.first;
    const text = next
      ? `The chain that begins at descriptor ${head}. Not visible to the device yet: idx still says ${view.availIdx}.`
      : `The chain that begins at descriptor ${head}, in place of an older entry.`;
    return { title: `Head ${head} put into available[${touch.first}]`, text, section: '2.7.13.2' };
  }
  if (touch.part === 'idx') return sayAvailIdx(write, field(write, start, SPLIT.availIdx, 2));
  if (touch.part === 'flags') {
    const flags = field(write, start, SPLIT.availFlags, 2) ?? 0;
    const text =
      flags & VIRTQ_AVAIL_F_NO_INTERRUPT
        ? 'The driver wants no interrupts for used buffers.'
        : 'The driver wants interrupts for used buffers.';
    return {
      title: `Available flags ← ${combined(flagNames(AVAIL_FLAGS, flags))}`,
      text,
      section: '2.7.7',
    };
  }
  const event = field(write, start, SPLIT.usedEvent(view.size), 2) ?? 0;
  return {
    title: `used_event ← ${event}`,
    text: usesEventIdx(telling.before, touch.dev)
      ? `The driver wants an interrupt once the used index passes ${event}.`
      : 'Without VIRTIO_F_EVENT_IDX this field means nothing.',
    section: '2.7.7',
  };
}

function sayAvailIdx({ view }: RingWrite, now: number | undefined): Said {
  const section = '2.7.13.3';
  const before = view.availIdx;
  if (now === undefined) return { title: 'Available index', text: 'Half of the index.', section };
  const moved = distance16(before, now);
  const title = `Available index ${before} → ${now}`;
  if (moved === 0) return { title, text: 'It stays as it was.', section };
  if (moved > view.size) {
    const text = `It moves by ${moved} at once, but the queue has only ${view.size} entries.`;
    return { title, text, section };
  }
  const heads = Array.from({ length: Math.min(moved, 4) }, (_, i) =>
    String(view.available(view.slotOf(before + i))?.head ?? 0),
  );
  const what = moved > 4 ? `${moved} chains` : `${moved === 1 ? 'head' : 'heads'} ${list(heads)}`;
  const text = `The driver publishes ${what}. Everything before it must be visible first: a barrier.`;
  return { title, text, section };
}

function sayUsed(write: RingWrite): Said {
  const { touch, view, telling } = write;
  const start = view.queue.device;
  const section = '2.7.8';
  if (touch.part === 'entries') {
    const at = SPLIT.usedEntry(touch.first);
    const id = field(write, start, at, 4);
    const len = field(write, start, at + 4, 4);
    const title = `Chain ${id ?? ''} put into used[${touch.first}]`.replace('  ', ' ');
    const wrote = len === undefined ? '' : `, into which the device wrote ${count(len, 'byte')}`;
    const text =
      id === undefined
        ? 'Part of an entry.'
        : `The chain from descriptor ${id}${wrote}. Not visible to the driver yet: idx still says ${view.usedIdx}.`;
    return { title, text, section };
  }
  if (touch.part === 'idx') {
    const now = field(write, start, SPLIT.usedIdx, 2);
    if (now === undefined) return { title: 'Used index', text: 'Half of the index.', section };
    const moved = distance16(view.usedIdx, now);
    const returned = Array.from({ length: Math.min(moved, 4) }, (_, i) =>
      String(view.used(view.slotOf(view.usedIdx + i))?.id ?? 0),
    );
    const chains =
      moved > 4 ? `${moved} chains` : `${moved === 1 ? 'chain' : 'chains'} ${list(returned)}`;
    const text =
      moved === 0
        ? 'It stays as it was.'
        : `The device gives back ${chains}: the driver owns the buffers again.`;
    return { title: `Used index ${view.usedIdx} → ${now}`, text, section: '2.7.8.2' };
  }
  if (touch.part === 'flags') {
    const flags = field(write, start, SPLIT.usedFlags, 2) ?? 0;
    const text =
      flags & VIRTQ_USED_F_NO_NOTIFY
        ? 'The device wants no notifications for now: it will look by itself.'
        : 'The device wants notifications again.';
    return {
      title: `Used flags ← ${combined(flagNames(USED_FLAGS, flags))}`,
      text,
      section: '2.7.10',
    };
  }
  const event = field(write, start, SPLIT.availEvent(view.size), 2) ?? 0;
  return {
    title: `avail_event ← ${event}`,
    text: usesEventIdx(telling.before, touch.dev)
      ? `The device wants a notification once the available index passes ${event}.`
      : 'Without VIRTIO_F_EVENT_IDX this field means nothing.',
    section: '2.7.10',
  };
}

/** How a write to each structure is told. */
const SAYS = { desc: sayDescriptor, avail: sayAvailable, used: sayUsed } as const;

/** The device took a chain. */
export const tellPopped: Teller<'chainPopped'> = (telling) => {
  const { event, before, names } = telling;
  const { dev, queue, head, availIdx, readable, writable } = event;
  const known = before.queues.get(queueKey(dev, queue));
  if (known?.packed) return tellPackedPopped(telling, known);
  const pieces = known ? new RingView(known, before.memory).pieces(head) : [];
  return {
    title: `Chain ${head} taken`,
    text: `${deviceName(names, dev)} takes the chain from descriptor ${head}: ${count(event.count, 'descriptor')}, ${count(readable, 'byte')} to read, ${writable} to write.${askedFor(telling, pieces)}`,
    section: '2.7.12',
    tone: 'device',
    at: {
      dev,
      queue,
      structure: 'avail',
      part: 'entries',
      index: known && known.size > 0 ? wrap16(availIdx - 1) % known.size : 0,
    },
  };
};

function tellPackedPopped(telling: Telling<'chainPopped'>, known: QueueMoment): Narration {
  const { event, before, names } = telling;
  const { dev, queue, head, readable, writable } = event;
  const view = new PackedView(known, before.memory);
  const first = view.chainOf(head)[0]?.index;
  const from = first === undefined ? '' : `, from descriptor ${first} on`;
  return {
    title: `Buffer ${head} taken`,
    text: `${deviceName(names, dev)} takes the chain with buffer ID ${head}${from}: ${count(event.count, 'descriptor')}, ${count(readable, 'byte')} to read, ${writable} to write.${askedFor(telling, view.piecesOf(head))}`,
    section: '2.8.20',
    tone: 'device',
    at: {
      dev,
      queue,
      ...(first === undefined ? {} : { structure: 'desc', part: 'entries', index: first }),
    },
  };
}

function askedFor(
  { event, before, names }: Telling<'chainPopped'>,
  pieces: readonly ChainPiece[],
): string {
  const { dev, queue } = event;
  const known = before.queues.get(queueKey(dev, queue));
  const context = known && requestContext(before, known, names.queue(dev, queue));
  const request = context && decodeRequest(names.virtioId(dev), pieces, before.memory, context);
  return request ? ` The request: ${request.title}.` : '';
}

/** The device returned a chain. */
export const tellPushed: Teller<'chainPushed'> = ({ event, before, names }) => {
  const { dev, queue, head, usedIdx, length } = event;
  const known = before.queues.get(queueKey(dev, queue));
  const packed = known?.packed ?? false;
  const which = packed ? `with buffer ID ${head}` : `from descriptor ${head}`;
  const slot = packed
    ? slotOfPlace(known?.usedIdx ?? 0)
    : known && known.size > 0
      ? wrap16(usedIdx - 1) % known.size
      : 0;
  return {
    title: `${packed ? 'Buffer' : 'Chain'} ${head} returned`,
    text: `${deviceName(names, dev)} is done with the chain ${which} and wrote ${count(length, 'byte')}.`,
    section: packed ? '2.8.22' : '2.7.14',
    tone: 'device',
    at: { dev, queue, structure: packed ? 'desc' : 'used', part: 'entries', index: slot },
  };
};

/** By transport: how a queue is set up. */
const QUEUE_SETUP = {
  pci: '4.1.5.1.3',
  mmio: '4.2.3.2',
  ccw: '4.3.2.2',
  's390-virtio': '2.7.2',
} as const;

/** A queue was set up or taken back. */
export const tellQueueConfig: Teller<'queueConfig'> = ({ event, names }) => {
  const { dev, queue, enabled, format, size, desc, driver, device } = event;
  const name = queueName(names, dev, queue);
  const own = names.queue(dev, queue);
  const packed = format === RING_FORMAT.packed;
  const places = packed
    ? `packed: descriptor ring at ${address(desc)}, event suppression of the driver at ${address(driver)}, of the device at ${address(device)}`
    : `descriptor table at ${address(desc)}, available ring at ${address(driver)}, used ring at ${address(device)}`;
  const text = enabled
    ? `${size} entries${packed ? ',' : ':'} ${places}.`
    : 'The device looks at it no more.';
  return {
    title: `${name}${own ? ` (${own})` : ''} is ${enabled ? 'set up' : 'taken back'}`,
    text,
    section: enabled ? QUEUE_SETUP[names.transport?.(dev) ?? 'pci'] : '2.6.1',
    tone: 'device',
    at: { dev, queue },
  };
};
