import { hex } from '../../base/bits.ts';
import { INTERRUPTION_WORD, LOWCORE } from '../../spec/channel-io.ts';
import { indicatorBits } from '../labels/indicators.ts';
import type { IndicatorArea } from '../labels/label.ts';
import { deviceName, type Narration } from './narration-types.ts';
import { hexBytes, list } from './words.ts';
import type { Write } from './writes.ts';

const STORAGE = 'z/Architecture Principles of Operation, chapter 3';

/** A write to indicators of a channel device; undefined where there are none. */
export function tellIndicators(write: Write, length: number): Narration | undefined {
  const { actor, addr, telling } = write;
  const { before, names } = telling;
  const areas = names.indicators?.(before).filter((area) => isOver(area, addr, length)) ?? [];
  if (areas.length === 0 || actor === 'user') return undefined;
  const { area, set, cleared } = changeOf(areas, write);
  const { dev, part, bit } = area;
  const bits = set.length > 0 ? set : cleared;
  const queues = part === 'queues' ? bits.map((number) => number - bit) : [];
  const what = indicatorText(part, queues, deviceName(names, dev));
  const does = set.length > 0 ? 'sets' : cleared.length > 0 ? 'clears' : 'leaves';
  const how = { sets: `: ${MEANS[part]}`, clears: '', leaves: ' as it was' }[does];
  const outcome = { sets: 'set', clears: 'cleared', leaves: 'as before' }[does];
  const [queue] = queues;
  return {
    title: `${capital(what)} ${outcome}`,
    text: `The ${actor === 'driver' ? 'driver' : 'device'} ${does} the ${what}${how}.`,
    section: '4.3.2.6',
    tone: actor === 'driver' ? 'driver' : 'device',
    at: { dev, ...(queue !== undefined && { queue }), addr, length },
  };
}

interface Change {
  readonly area: IndicatorArea;
  /** Numbers of bits. */
  readonly set: readonly number[];
  readonly cleared: readonly number[];
}

/** Devices of one adapter share an area: a bit is of the device whose first queue is nearest before it. */
function changeOf(areas: readonly IndicatorArea[], { addr, bytes, telling }: Write): Change {
  const { memory } = telling.before;
  const after = memory.with(addr, bytes);
  const changes = areas.map((area): Change => {
    const own = (bits: readonly number[]) => bits.filter((bit) => bit >= area.bit);
    const [old, now] = [own(indicatorBits(area, memory)), own(indicatorBits(area, after))];
    return { area, set: without(now, old), cleared: without(old, now) };
  });
  changes.sort((a, b) => b.area.bit - a.area.bit);
  const changed = changes.find(({ set, cleared }) => set.length + cleared.length > 0);
  return changed ?? (changes.at(-1) as Change);
}

function indicatorText(
  part: IndicatorArea['part'],
  queues: readonly number[],
  device: string,
): string {
  if (part === 'summary') return 'summary indicator';
  if (part === 'configuration') return `configuration indicator of ${device}`;
  if (queues.length === 0) return `queue indicator of ${device}`;
  return `indicator of queue${queues.length > 1 ? 's' : ''} ${list(queues.map(String))} of ${device}`;
}

/** What a set indicator says. */
const MEANS: Readonly<Record<IndicatorArea['part'], string>> = {
  queues: 'buffers were used',
  configuration: 'the configuration changed',
  summary: 'some indicator of its adapter is set',
};

function isOver(area: IndicatorArea, addr: number, length: number): boolean {
  return area.addr !== 0 && addr < area.addr + area.length && addr + length > area.addr;
}

function without(some: readonly number[], others: readonly number[]): number[] {
  return some.filter((one) => !others.includes(one));
}

function capital(text: string): string {
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}

/** What the CPU stores in low core when it takes an interruption; undefined elsewhere. */
export function tellLowCore(
  { actor, addr, bytes, telling }: Write,
  length: number,
): Narration | undefined {
  if (!telling.names.lowCore || actor !== 'device') return undefined;
  const stored = STORED[addr];
  if (!stored) return undefined;
  const word = (at: number) =>
    bytes.slice(at, at + 4).reduce((number, byte) => number * 256 + byte, 0);
  return {
    title: `${capital(stored.name)} stored`,
    text: `The CPU stores the ${stored.name} at ${hex(addr)} in low core: ${stored.text(word, bytes)}.`,
    document: STORAGE,
    tone: 'interrupt',
    at: { addr, length },
  };
}

/** By address: what an interruption stores there. */
const STORED: Readonly<
  Record<
    number,
    {
      readonly name: string;
      readonly text: (word: (at: number) => number, bytes: readonly number[]) => string;
    }
  >
> = {
  [LOWCORE.subsystemId]: {
    name: 'I/O interruption code',
    text: (word) => {
      const subclass = (word(8) & ~INTERRUPTION_WORD.adapter) >>> INTERRUPTION_WORD.iscShift;
      return word(0) === 0
        ? `of an adapter, subclass ${subclass}`
        : `of subchannel ${hex(word(0), 8)}, parameter ${hex(word(4), 8)}`;
    },
  },
  [LOWCORE.externalParameter]: {
    name: 'external interruption code',
    text: (word) => `${hex(word(4) & 0xffff, 4)}, parameter ${hex(word(0))}`,
  },
  [LOWCORE.externalParameter64]: {
    name: 'external interruption’s parameter',
    text: (_, bytes) => hexBytes(bytes),
  },
};
