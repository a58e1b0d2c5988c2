import { VIRTIO_CCW_CMD, VIRTIO_THININT_AREA } from '../../spec/virtio-ccw.ts';
import type { Moment } from '../fold/moment.ts';
import { ringNumbers } from '../fold/ring-numbers.ts';
import { EVENTS } from '../schema.ts';
import { type EventStore, recordAt } from '../store.ts';
import type { IndicatorArea, Label, ReadableMemory } from './label.ts';

const CCW = EVENTS.ccw;

/** What a `ccw` event told of a device's indicators: the command's data lay in memory when it was carried out. */
export function indicatorsToldBy(
  store: EventStore,
  event: number,
  momentAt: (at: number) => Moment,
): readonly IndicatorArea[] {
  const words = store.words(event);
  const w = recordAt(event);
  if (!words || ((words[w] as number) & 0xff) !== CCW.code) return [];
  const told = store.get(event);
  if (told.kind !== 'ccw') return [];
  const { dev, command: code, cda } = told;
  const command = INDICATOR_COMMANDS.find((name) => VIRTIO_CCW_CMD[name] === code);
  if (!command) return [];
  const numbers = ringNumbers(momentAt(event).memory, true);
  const about = { dev, command, event };
  if (command === 'SET_IND_ADAPTER') {
    const { summary_indicator, indicator, bit_nr } = VIRTIO_THININT_AREA;
    const bit = numbers.u64(cda + bit_nr.offset);
    return [
      {
        ...about,
        part: 'summary',
        addr: numbers.u64(cda + summary_indicator.offset),
        length: 1,
        bit: 0,
      },
      {
        ...{ ...about, part: 'queues', addr: numbers.u64(cda + indicator.offset) },
        ...{ length: Math.floor(bit / 8) + 8, bit },
      },
    ];
  }
  const addr = numbers.u64(cda);
  return [
    { ...about, part: command === 'SET_IND' ? 'queues' : 'configuration', addr, length: 8, bit: 0 },
  ];
}

const INDICATOR_COMMANDS = ['SET_IND', 'SET_CONF_IND', 'SET_IND_ADAPTER'] as const;

const SECTIONS = {
  SET_IND: '4.3.2.6.1',
  SET_CONF_IND: '4.3.2.6.2',
  SET_IND_ADAPTER: '4.3.2.6.3',
} as const;
const DOCS = {
  SET_IND: 'A bit a queue, from the right: set by the device when it has used a buffer',
  SET_CONF_IND: 'Bit 0, from the right: set by the device when its configuration changed',
  SET_IND_ADAPTER: 'A bit a queue, from the left: set by the device when it has used a buffer',
} as const;
const SUMMARY_DOC = 'Set by a device when one of its indicators is';

/** Numbers of the bits that are set in an area: classic ones count from the right, those of adapters from the left. */
export function indicatorBits(
  { command, addr, length }: IndicatorArea,
  memory: Pick<ReadableMemory, 'u8'>,
): number[] {
  const set: number[] = [];
  for (let i = 0; i < length; i++) {
    const byte = memory.u8(addr + i);
    for (let k = 0; byte !== 0 && k < 8; k++)
      if (byte & (0x80 >> k)) {
        const fromLeft = 8 * i + k;
        set.push(command === 'SET_IND_ADAPTER' ? fromLeft : 8 * length - 1 - fromLeft);
      }
  }
  return set.sort((a, b) => a - b);
}

/** Labels of indicators, as they are in `memory`. */
export function indicatorLabels(areas: readonly IndicatorArea[], memory: ReadableMemory): Label[] {
  return areas
    .filter(({ addr }) => addr !== 0)
    .map((area) => {
      const { dev, command, part, addr, length, bit } = area;
      const set = indicatorBits(area, memory);
      const queues = set.filter((number) => number >= bit).map((number) => `queue ${number - bit}`);
      const value =
        part === 'queues'
          ? queues.join(', ') || 'none set'
          : part === 'summary'
            ? String(memory.u8(addr))
            : set.length > 0
              ? 'set'
              : 'not set';
      return {
        ...{ start: addr, end: addr + length, kind: 'indicators' as const },
        structure: command === 'SET_IND_ADAPTER' ? 'adapter indicators' : 'classic indicators',
        field: part === 'queues' ? 'indicators' : `${part} indicator`,
        ...{ value, doc: part === 'summary' ? SUMMARY_DOC : DOCS[command] },
        ...{ owner: 'device' as const, section: SECTIONS[command] },
        ...{ dev, queue: undefined },
      };
    });
}
