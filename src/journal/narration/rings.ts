import { distance16, join64, wrap16 } from '../../base/bits.ts';
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
import { decodeRequest } from '../decode-request.ts';
import { queueKey } from '../fold/moment.ts';
import { RingView } from '../fold/ring-view.ts';
import { type Touch, touchedByWrite } from '../fold/touched.ts';
import type { Actor } from '../schema.ts';
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
import { address, combined, count, list, number } from './words.ts';

/** A write to guest memory, long or short. */
export interface Write {
  readonly actor: Actor;
  readonly addr: number;
  readonly bytes: readonly number[];
  readonly telling: Telling<'memWrite' | 'dataWrite'>;
}

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
  const { telling, addr } = write;
  const { event, before } = telling;
  const length = event.kind === 'memWrite' ? event.size : event.length;
  const touches = touchedByWrite(addr, length, before.queues);
  const [touch] = touches;
  if (!touch) return tellMemory(write, length);
  const queue = before.queues.get(queueKey(touch.dev, touch.queue));
  if (!queue) return tellMemory(write, length);
  if (touches.length > 1 || touch.first !== touch.last) return tellMany(write, length, touches);
  const view = new RingView(queue, before.memory);
  const ring = { ...write, touch, view };
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
  const foreign =
    write.actor === 'driver' || write.actor === 'device' ? write.actor !== belongs : false;
  const said = SAYS[structure](ring);
  const text = foreign
    ? `${said.text} This part of the ring is the ${belongs}’s to write.`
    : said.text;
  return { ...said, text, tone: write.actor === 'driver' ? 'driver' : 'device', at };
}

/** A write over several cells, as when the driver clears its rings. */
function tellMany(
  { actor, bytes, addr, telling }: Write,
  length: number,
  touches: readonly Touch[],
): Narration {
  const { names } = telling;
  const [touch] = touches as readonly [Touch, ...Touch[]];
  const structures = [...new Set(touches.map(({ structure }) => STRUCTURE[structure]))];
  const clears = bytes.every((byte) => byte === 0);
  const where = queueName(names, touch.dev, touch.queue);
  return {
    title: `${clears ? 'Clears' : 'Writes'} ${list(structures)}`,
    text: `${count(length, 'byte')} at ${address(addr)}, part of ${where}.`,
    section: '2.7',
    tone: actor === 'driver' ? 'driver' : 'device',
    at: { dev: touch.dev, queue: touch.queue, structure: touch.structure, addr, length },
  };
}

const STRUCTURE = {
  desc: 'descriptor table',
  avail: 'available ring',
  used: 'used ring',
} as const;

interface Said {
  readonly title: string;
  readonly text: string;
  readonly section: string;
}

/**
 * Bytes of the write from `offset` of the cell that starts at `start`, or undefined where it does
 * not cover them.
 */
function field(
  { addr, bytes }: Write,
  start: number,
  offset: number,
  size: number,
): number | undefined {
  const at = start + offset - addr;
  if (at < 0 || at + size > bytes.length) return undefined;
  return size === 8
    ? join64(number(bytes, at, 4), number(bytes, at + 4, 4))
    : number(bytes, at, size);
}

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
export const tellPopped: Teller<'chainPopped'> = ({ event, before, names }) => {
  const { dev, queue, head, availIdx, readable, writable } = event;
  const known = before.queues.get(queueKey(dev, queue));
  const chain = known ? new RingView(known, before.memory).chain(head) : [];
  const request = decodeRequest(names.virtioId(dev), chain, before.memory);
  const asks = request ? ` It asks for ${request.title}.` : '';
  return {
    title: `Chain ${head} taken`,
    text: `${deviceName(names, dev)} takes the chain from descriptor ${head}: ${count(event.count, 'descriptor')}, ${count(readable, 'byte')} to read, ${writable} to write.${asks}`,
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

/** The device returned a chain. */
export const tellPushed: Teller<'chainPushed'> = ({ event, before, names }) => {
  const { dev, queue, head, usedIdx, length } = event;
  const known = before.queues.get(queueKey(dev, queue));
  return {
    title: `Chain ${head} returned`,
    text: `${deviceName(names, dev)} is done with the chain from descriptor ${head} and wrote ${count(length, 'byte')}.`,
    section: '2.7.14',
    tone: 'device',
    at: {
      dev,
      queue,
      structure: 'used',
      part: 'entries',
      index: known && known.size > 0 ? wrap16(usedIdx - 1) % known.size : 0,
    },
  };
};

/** A queue was set up or taken back. */
export const tellQueueConfig: Teller<'queueConfig'> = ({ event, names }) => {
  const { dev, queue, enabled, size, desc, driver, device } = event;
  const name = queueName(names, dev, queue);
  const own = names.queue(dev, queue);
  const text = enabled
    ? `${size} entries: descriptor table at ${address(desc)}, available ring at ${address(driver)}, used ring at ${address(device)}.`
    : 'The device looks at it no more.';
  return {
    title: `${name}${own ? ` (${own})` : ''} is ${enabled ? 'set up' : 'taken back'}`,
    text,
    section: enabled ? '4.1.5.1.3' : '2.6.1',
    tone: 'device',
    at: { dev, queue },
  };
};
