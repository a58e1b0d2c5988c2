import {
  PACKED,
  VIRTQ_DESC_F_AVAIL,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_USED,
  VIRTQ_DESC_F_WRITE,
} from '../../spec/virtio.ts';
import type { EventView, PackedView } from '../fold/packed-view.ts';
import type { Touch } from '../fold/touched.ts';
import { address, count, list } from './words.ts';
import { field, type Said, type Write } from './writes.ts';

/** A write that touches one cell of a packed ring. */
export interface PackedWrite extends Write {
  readonly touch: Touch;
  /** The queue as it was before the write, and as it is after it. */
  readonly view: PackedView;
  readonly after: PackedView;
}

/** How a write to a packed ring is told (VIRTIO 1.4 §2.8). */
export function sayPacked(write: PackedWrite): Said {
  const { structure } = write.touch;
  if (structure === 'desc') return sayDescriptor(write);
  return structure === 'avail'
    ? sayEvent('Driver', write.after.driverEvent, 'an interrupt', 'uses', write)
    : sayEvent('Device', write.after.deviceEvent, 'a notification', 'is made available', write);
}

function sayDescriptor(write: PackedWrite): Said {
  const { touch, view, after, actor } = write;
  const index = touch.first;
  const start = view.queue.desc + PACKED.descSize * index;
  const addr = field(write, start, PACKED.descAddr, 8);
  const len = field(write, start, PACKED.descLen, 4);
  const flags = field(write, start, PACKED.descFlags, 2);
  const now = after.descriptor(index);
  if (!now)
    return { title: `Descriptor ${index}`, text: 'Part of a descriptor.', section: '2.8.13' };
  const moved =
    after.nextUsed.slot !== view.nextUsed.slot || after.nextUsed.wrap !== view.nextUsed.wrap;
  if (actor === 'device' && flags !== undefined && moved) return sayUsed(write, now.id, now.len);
  const published = view.nextAvailable.slot === index && now.state === 'available';
  if (published && flags !== undefined) return sayAvailable(write, flags);
  if (addr !== undefined && len !== undefined) {
    if (addr === 0 && len === 0)
      return {
        title: `Descriptor ${index} cleared`,
        text: 'It describes no buffer.',
        section: '2.8.13',
      };
    const text = `${bufferText(addr, len, now.flags)}, buffer ID ${now.id}. ${markText(write, now.flags)}`;
    return { title: `Descriptor ${index} filled`, text, section: '2.8.13' };
  }
  const parts: string[] = [];
  if (addr !== undefined) parts.push(`addr ← ${address(addr)}`);
  if (len !== undefined) parts.push(`len ← ${len}`);
  const id = field(write, start, PACKED.descId, 2);
  if (id !== undefined) parts.push(`id ← ${id}`);
  if (flags !== undefined) parts.push(`flags ← ${packedFlagNames(flags)}`);
  const what = parts.length > 0 ? list(parts) : 'part of a field';
  const marks = flags === undefined ? '' : ` ${markText(write, flags)}`;
  return {
    title: `Descriptor ${index}: ${what}`,
    text: `Writes ${what} of descriptor ${index}.${marks}`,
    section: '2.8.13',
  };
}

/** The driver hands the next chain over, and those behind it that were marked before. */
function sayAvailable({ touch, view, after }: PackedWrite, flags: number): Said {
  const known = new Set(view.chains.map(({ id, slot }) => `${id} ${slot}`));
  const fresh = after.chains.filter(({ id, slot }) => !known.has(`${id} ${slot}`));
  const ids = fresh.map(({ id }) => String(id));
  const what =
    fresh.length === 0
      ? 'What begins here is'
      : `${ids.length === 1 ? 'Buffer' : 'Buffers'} ${list(ids, 4)} ${ids.length === 1 ? 'is' : 'are'}`;
  const { wrap } = view.nextAvailable;
  return {
    title: `Descriptor ${touch.first} made available`,
    text: `${what} the device’s from now on: ${marks(flags)}, as the driver’s wrap counter ${wrap} wants it. Everything else of it must be visible first: a barrier.`,
    section: '2.8.21.1',
  };
}

/** The device gives a chain back. */
function sayUsed({ touch, view, after }: PackedWrite, id: number, length: number): Said {
  const before = view.chains.length;
  const chains = before - after.chains.length;
  const { slot, wrap } = after.nextUsed;
  const what =
    chains > 1 ? `${chains} chains, of which it names the last` : `the chain with buffer ID ${id}`;
  return {
    title: `Buffer ${id} returned in descriptor ${touch.first}`,
    text: `The device returns ${what}, into which it wrote ${count(length, 'byte')}: AVAIL and USED both equal its wrap counter. The next one that it uses is descriptor ${slot}, with wrap counter ${wrap}.`,
    section: '2.8.22',
  };
}

function sayEvent(
  who: 'Driver' | 'Device',
  { mode, off, wrap }: EventView,
  wanted: string,
  verb: string,
  { touch }: PackedWrite,
): Said {
  const other = who === 'Driver' ? 'device' : 'driver';
  const title = `${who} event suppression ← ${mode}${mode === 'DESC' ? ` ${off}, wrap ${wrap}` : ''}`;
  const text = {
    ENABLE: `The ${who.toLowerCase()} wants ${wanted} for every buffer that the ${other} ${who === 'Driver' ? 'uses' : 'makes available'}.`,
    DISABLE: `The ${who.toLowerCase()} wants no ${wanted.split(' ')[1]}s for now: it will look by itself.`,
    DESC: `The ${who.toLowerCase()} wants ${wanted} once descriptor ${off} ${verb === 'uses' ? 'is used' : verb} in the lap of wrap counter ${wrap}.`,
    reserved: 'These flags have no meaning.',
  }[mode];
  return { title, text, section: touch.part === 'event' ? '2.8.14' : '2.8.10' };
}

/** What a descriptor’s two marks say to the device, where it looks next. */
function markText({ touch, view }: PackedWrite, flags: number): string {
  const avail = (flags & VIRTQ_DESC_F_AVAIL) !== 0;
  const used = (flags & VIRTQ_DESC_F_USED) !== 0;
  if (avail === used) return 'Not available yet: AVAIL and USED are equal.';
  const { slot } = view.nextAvailable;
  return slot === touch.first
    ? `Marked as available: ${marks(flags)}.`
    : `Marked as available, but the device comes to descriptor ${slot} first.`;
}

function marks(flags: number): string {
  return `AVAIL is ${flags & VIRTQ_DESC_F_AVAIL ? 1 : 0} and USED is ${flags & VIRTQ_DESC_F_USED ? 1 : 0}`;
}

function bufferText(addr: number, len: number, flags: number): string {
  const to =
    flags & VIRTQ_DESC_F_WRITE ? 'that the device may write (WRITE)' : 'for the device to read';
  const buffer =
    flags & VIRTQ_DESC_F_INDIRECT
      ? `A table of ${count(len / PACKED.descSize, 'descriptor')} at ${address(addr)} (INDIRECT)`
      : `${count(len, 'byte')} at ${address(addr)} ${to}`;
  const rest = flags & VIRTQ_DESC_F_NEXT ? 'then the next one (NEXT)' : 'the last of its chain';
  return `${buffer}, ${rest}`;
}

/** Flags of a packed descriptor by their names. */
function packedFlagNames(flags: number): string {
  const names = [
    flags & VIRTQ_DESC_F_NEXT && 'NEXT',
    flags & VIRTQ_DESC_F_WRITE && 'WRITE',
    flags & VIRTQ_DESC_F_INDIRECT && 'INDIRECT',
    flags & VIRTQ_DESC_F_AVAIL && 'AVAIL',
    flags & VIRTQ_DESC_F_USED && 'USED',
  ].filter(Boolean);
  return names.length === 0 ? '0' : names.join(' | ');
}
