import { hex } from '../../base/bits.ts';
import { AVAIL_FLAGS, DESC_FLAGS, flagNames, USED_FLAGS } from '../../spec/constants.ts';
import {
  PACKED,
  RING_EVENT_FLAGS_DESC,
  RING_EVENT_FLAGS_DISABLE,
  RING_EVENT_FLAGS_ENABLE,
  SPLIT,
  VIRTQ_DESC,
  VIRTQ_DESC_F_AVAIL,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_USED,
} from '../../spec/virtio.ts';
import type { QueueMoment } from '../fold/moment.ts';
import { entries } from '../fold/queue-state.ts';
import { ringAreas } from '../fold/ring-areas.ts';
import type { RingNumbers } from '../fold/ring-numbers.ts';
import { address, bytesText } from '../narration/words.ts';
import { descriptorAt } from './chains.ts';
import type { Label } from './label.ts';

/** Whether the device owns a descriptor of the queue's. */
type OwnedByDevice = (index: number) => boolean;

/** What the label of one field says beyond what all of its structure share. */
type Field = Pick<Label, 'field' | 'value' | 'doc'> & {
  readonly at: number;
  readonly width: number;
  readonly section?: string;
  readonly target?: number;
};

/** The fields of a queue's own structures that lie, at least in part, in the `length` bytes from `addr`. */
export function ringLabels(
  queue: QueueMoment,
  numbers: RingNumbers,
  owned: OwnedByDevice,
  addr: number,
  length: number,
): Label[] {
  const labels: Label[] = [];
  const { dev, size, packed } = queue;
  for (const area of ringAreas(queue)) {
    if (addr >= area.end || addr + length <= area.start) continue;
    if (area.structure === 'desc') {
      const { first, last } = entries(area.start, SPLIT.descSize, size, addr, length);
      for (let i = first; i <= last; i++)
        labels.push(
          ...descriptorLabels(numbers, area.start + SPLIT.descSize * i, i, packed, {
            name: `desc[${i}]`,
            kind: 'descriptors',
            structure: packed ? 'descriptor ring' : 'descriptor table',
            owner: owned(i) ? 'device' : 'driver',
            dev,
            queue: queue.queue,
          }),
        );
      continue;
    }
    const available = area.structure === 'avail';
    const fields = packed
      ? suppressionFields(area.start, numbers, available)
      : available
        ? availableFields(area.start, size, numbers, addr, length)
        : usedFields(area.start, size, numbers, addr, length);
    for (const { at, width, section, ...field } of fields)
      labels.push({
        start: at,
        end: at + width,
        kind: packed ? 'suppression' : available ? 'available' : 'used',
        structure: structureName(packed, available),
        owner: available ? 'driver' : 'device',
        section: section ?? (packed ? '2.8.14' : available ? '2.7.6' : '2.7.8'),
        dev,
        queue: queue.queue,
        ...field,
      });
  }
  return labels.filter(({ start, end }) => addr < end && addr + length > start);
}

function structureName(packed: boolean, available: boolean): string {
  if (packed) return available ? 'driver event suppression' : 'device event suppression';
  return available ? 'available ring' : 'used ring';
}

/** The four fields of a descriptor, wherever it lies. */
export function descriptorLabels(
  numbers: RingNumbers,
  at: number,
  index: number,
  packed: boolean,
  about: Pick<Label, 'kind' | 'structure' | 'owner' | 'dev' | 'queue'> & { readonly name: string },
): Label[] {
  const { addr, len, flags, last } = descriptorAt(numbers, at, index, packed);
  const { name, ...shared } = about;
  const inTable = about.kind === 'table';
  const section = inTable ? (packed ? '2.8.7' : '2.7.5.3') : packed ? '2.8.13' : '2.7.5';
  const follows = (flags & VIRTQ_DESC_F_NEXT) !== 0;
  const what = flags & VIRTQ_DESC_F_INDIRECT ? 'an indirect table' : 'the buffer';
  const fields: Field[] = [
    {
      ...{ at: at + VIRTQ_DESC.addr, width: 8, field: `${name}.addr`, value: address(addr) },
      ...{ doc: `Where ${what} is`, target: addr },
    },
    {
      ...{ at: at + VIRTQ_DESC.len, width: 4, field: `${name}.len`, value: bytesText(len) },
      doc: packed ? `Length of ${what}; in a used one, bytes written` : `Length of ${what}`,
    },
  ];
  const flagField = (where: number): Field => ({
    ...{ at: at + where, width: 2, field: `${name}.flags`, value: flagWords(flags, packed) },
    doc: 'What the descriptor is',
  });
  if (packed)
    fields.push(
      {
        ...{ at: at + PACKED.descId, width: 2, field: `${name}.id`, value: String(last) },
        doc: 'Buffer ID',
      },
      flagField(PACKED.descFlags),
    );
  else
    fields.push(flagField(VIRTQ_DESC.flags), {
      ...{ at: at + VIRTQ_DESC.next, width: 2, field: `${name}.next` },
      value: follows ? String(last) : `${last}, not looked at`,
      doc: 'Descriptor that the chain goes on with, with NEXT',
    });
  return fields.map(({ at: start, width, ...field }) => ({
    ...shared,
    section,
    start,
    end: start + width,
    ...field,
  }));
}

function flagWords(flags: number, packed: boolean): string {
  const marks = packed ? VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED : 0;
  const names = flags & ~marks ? [...flagNames(DESC_FLAGS, flags & ~marks)] : [];
  if (packed && flags & VIRTQ_DESC_F_AVAIL) names.push('AVAIL');
  if (packed && flags & VIRTQ_DESC_F_USED) names.push('USED');
  return names.join(' | ') || '0';
}

function availableFields(
  start: number,
  size: number,
  numbers: RingNumbers,
  addr: number,
  length: number,
): Field[] {
  const { availFlags, availIdx, availEntry, usedEvent } = SPLIT;
  const flags = numbers.u16(start + availFlags);
  const fields: Field[] = [
    {
      ...{ at: start + availFlags, width: 2, field: 'flags' },
      value: flagNames(AVAIL_FLAGS, flags).join(' | ') || '0',
      ...{ doc: 'Whether the driver wants no interrupts', section: '2.7.7' },
    },
    index(start + availIdx, numbers, size, 'The next entry that the driver fills, free-running'),
    {
      ...{ at: start + usedEvent(size), width: 2, field: 'used_event' },
      value: String(numbers.u16(start + usedEvent(size))),
      doc: 'With EVENT_IDX: the used index at which the driver wants an interrupt',
      section: '2.7.7',
    },
  ];
  const { first, last } = entries(start + availEntry(0), 2, size, addr, length);
  for (let i = first; i <= last; i++)
    fields.push({
      ...{ at: start + availEntry(i), width: 2, field: `ring[${i}]` },
      value: String(numbers.u16(start + availEntry(i))),
      doc: 'First descriptor of a chain',
    });
  return fields;
}

function usedFields(
  start: number,
  size: number,
  numbers: RingNumbers,
  addr: number,
  length: number,
): Field[] {
  const { usedFlags: flagsAt, usedIdx, usedEntry, availEvent } = SPLIT;
  const flags = numbers.u16(start + flagsAt);
  const fields: Field[] = [
    {
      ...{ at: start + flagsAt, width: 2, field: 'flags' },
      value: flagNames(USED_FLAGS, flags).join(' | ') || '0',
      ...{ doc: 'Whether the device wants no notifications', section: '2.7.10' },
    },
    index(start + usedIdx, numbers, size, 'The next entry that the device fills, free-running'),
    {
      ...{ at: start + availEvent(size), width: 2, field: 'avail_event' },
      value: String(numbers.u16(start + availEvent(size))),
      doc: 'With EVENT_IDX: the available index at which the device wants a notification',
      section: '2.7.10',
    },
  ];
  const { first, last } = entries(start + usedEntry(0), 8, size, addr, length);
  for (let i = first; i <= last; i++) {
    const at = start + usedEntry(i);
    fields.push(
      {
        ...{ at, width: 4, field: `ring[${i}].id`, value: String(numbers.u32(at)) },
        doc: 'First descriptor of the chain that came back',
      },
      {
        ...{ at: at + 4, width: 4, field: `ring[${i}].len`, value: String(numbers.u32(at + 4)) },
        doc: 'Bytes that the device wrote',
      },
    );
  }
  return fields;
}

function index(at: number, numbers: RingNumbers, size: number, doc: string): Field {
  const value = numbers.u16(at);
  return { at, width: 2, field: 'idx', value: `${value}, entry ${value % size}`, doc };
}

const MODES: Readonly<Record<number, string>> = {
  [RING_EVENT_FLAGS_ENABLE]: 'ENABLE',
  [RING_EVENT_FLAGS_DISABLE]: 'DISABLE',
  [RING_EVENT_FLAGS_DESC]: 'DESC',
};

function suppressionFields(start: number, numbers: RingNumbers, driver: boolean): Field[] {
  const place = numbers.u16(start + PACKED.eventDesc);
  const flags = numbers.u16(start + PACKED.eventFlags);
  const what = driver ? 'interrupts' : 'notifications';
  return [
    {
      ...{ at: start + PACKED.eventDesc, width: 2, field: 'desc' },
      value: `descriptor ${place & 0x7fff}, wrap counter ${place >>> 15}`,
      doc: `With DESC: the descriptor from which on ${what} are wanted`,
    },
    {
      ...{ at: start + PACKED.eventFlags, width: 2, field: 'flags' },
      value: MODES[flags] ?? `${hex(flags)}, reserved`,
      doc: `Whether ${what} are wanted`,
    },
  ];
}
