import { AVAIL_FLAGS, DESC_FLAGS, flagNames, USED_FLAGS } from '../../spec/constants.ts';
import { SPLIT, VIRTQ_DESC } from '../../spec/virtio.ts';
import type { QueueMoment } from '../fold/moment.ts';
import type { Touch } from '../fold/touched.ts';
import { address, combined, count, list } from './words.ts';
import type { Said, Write } from './writes.ts';

/**
 * A write to one cell of a split ring whose numbers are big-endian: that of a legacy device of a
 * big-endian guest (VIRTIO 1.4 §2.7.3). Drivers write such rings a number at a time.
 */
export function sayBigEndian(write: Write, touch: Touch, queue: QueueMoment): Said {
  return SAYS[touch.structure](write, touch, queue);
}

/** Big-endian number of `size` bytes at `addr`, or undefined where the write does not cover it. */
function number({ addr, bytes }: Write, at: number, size: number): number | undefined {
  const start = at - addr;
  if (start < 0 || start + size > bytes.length) return undefined;
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + (bytes[start + i] ?? 0);
  return value;
}

type Say = (write: Write, touch: Touch, queue: QueueMoment) => Said;

const sayDescriptor: Say = (write, { first }, { desc }) => {
  const start = desc + SPLIT.descSize * first;
  const addr = number(write, start + VIRTQ_DESC.addr, 8);
  const low = number(write, start + VIRTQ_DESC.addr + 4, 4);
  const len = number(write, start + VIRTQ_DESC.len, 4);
  const flags = number(write, start + VIRTQ_DESC.flags, 2);
  const next = number(write, start + VIRTQ_DESC.next, 2);
  const parts = [
    ...(addr !== undefined
      ? [`addr ← ${address(addr)}`]
      : low !== undefined
        ? [`lower half of addr ← ${address(low)}`]
        : number(write, start + VIRTQ_DESC.addr, 4) !== undefined
          ? [`upper half of addr ← ${number(write, start + VIRTQ_DESC.addr, 4)}`]
          : []),
    ...(len !== undefined ? [`len ← ${len}`] : []),
    ...(flags !== undefined ? [`flags ← ${combined(flagNames(DESC_FLAGS, flags))}`] : []),
    ...(next !== undefined ? [`next ← ${next}`] : []),
  ];
  const what = parts.length > 0 ? list(parts) : 'part of a field';
  return told(`Descriptor ${first}: ${what}`, `Writes ${what} of descriptor ${first}.`, '2.7.5');
};

const sayAvailable: Say = (write, { part, first }, { driver, size }) => {
  if (part === 'flags') {
    const flags = number(write, driver + SPLIT.availFlags, 2) ?? 0;
    const shown = combined(flagNames(AVAIL_FLAGS, flags));
    return told(
      `Available flags ← ${shown}`,
      `The driver wants ${flags & 1 ? 'no interrupts for now' : 'interrupts'}.`,
      '2.7.7',
    );
  }
  if (part === 'idx') {
    const idx = number(write, driver + SPLIT.availIdx, 2) ?? 0;
    return told(
      `Available index → ${idx}`,
      `The driver publishes what stands before index ${idx}. Everything before it must be visible first: a barrier.`,
      '2.7.13.3',
    );
  }
  if (part === 'event') {
    const event = number(write, driver + SPLIT.usedEvent(size), 2) ?? 0;
    return told(
      `used_event ← ${event}`,
      `The driver wants an interrupt once the used index passes ${event}.`,
      '2.7.7',
    );
  }
  const head = number(write, driver + SPLIT.availEntry(first), 2);
  return told(
    head === undefined
      ? `Part of available[${first}]`
      : `Head ${head} put into available[${first}]`,
    head === undefined
      ? 'A piece of an entry.'
      : `The chain that begins at descriptor ${head}. The device sees it once the index is stored.`,
    '2.7.13.2',
  );
};

const sayUsed: Say = (write, { part, first }, { device, size }) => {
  if (part === 'flags') {
    const flags = number(write, device + SPLIT.usedFlags, 2) ?? 0;
    const shown = combined(flagNames(USED_FLAGS, flags));
    return told(
      `Used flags ← ${shown}`,
      `The device wants ${flags & 1 ? 'no notifications for now: it will look by itself' : 'notifications'}.`,
      '2.7.10',
    );
  }
  if (part === 'idx') {
    const idx = number(write, device + SPLIT.usedIdx, 2) ?? 0;
    return told(
      `Used index → ${idx}`,
      `The device gives back what stands before index ${idx}: the driver owns the buffers again.`,
      '2.7.8.2',
    );
  }
  if (part === 'event') {
    const event = number(write, device + SPLIT.availEvent(size), 2) ?? 0;
    return told(
      `avail_event ← ${event}`,
      `The device wants a notification once the available index passes ${event}.`,
      '2.7.10',
    );
  }
  const at = device + SPLIT.usedEntry(first);
  const id = number(write, at, 4);
  const length = number(write, at + 4, 4);
  if (id === undefined)
    return length === undefined
      ? told(`Part of used[${first}]`, 'A piece of an entry.', '2.7.8')
      : told(
          `Length in used[${first}]`,
          `The device says that it wrote ${count(length, 'byte')}.`,
          '2.7.8',
        );
  const bytes =
    length === undefined ? '' : `, into which the device wrote ${count(length, 'byte')}`;
  return told(
    `Chain ${id} put into used[${first}]`,
    `The chain from descriptor ${id}${bytes}. The driver sees it once the index is stored.`,
    '2.7.8',
  );
};

const SAYS: Readonly<Record<Touch['structure'], Say>> = {
  desc: sayDescriptor,
  avail: sayAvailable,
  used: sayUsed,
};

/** All of it is so by one rule more than the section says. */
function told(title: string, text: string, section: string): Said {
  return { title, text: `${text} Numbers are big-endian here.`, section };
}
