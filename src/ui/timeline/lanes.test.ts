import { describe, expect, it } from 'vitest';
import { Spans } from '../../journal/spans/spans.ts';
import type { Deed } from '../../testing/random-journal.ts';
import { journalOf } from '../../testing/random-journal.ts';
import { heightOf, type LaneWishes, lanesOf, PLOTS } from './lanes.ts';

/** One request at a time on a queue of a device: available, popped, used, `count` of them. */
const requests =
  (dev: number, queue: number, count: number, together = 1): Deed =>
  (j) => {
    const driver = 0x1_0000 * dev + 0x1000 * queue;
    j.queueConfig(dev, queue, true, false, 64, driver - 0x800, driver, driver + 0x800);
    for (let i = 0; i < count; i += together) {
      j.memWrite(0, driver + 2, 2, i, 0, i + together, 0);
      j.notification('driver', dev, queue, true, 'always');
      for (let k = 0; k < together; k++) j.chainPopped(dev, queue, k, i + k + 1, 16, 1, 2);
      for (let k = 0; k < together; k++) j.chainPushed(dev, queue, k, i + k + 1, 1);
      j.interrupt(dev, queue, 'raised', 11, 'always');
    }
  };

function spansOf(deeds: readonly Deed[]): Spans {
  const spans = new Spans(journalOf(deeds), {
    momentAt: () => {
      throw new Error('the journal is whole');
    },
  });
  spans.update();
  return spans;
}

const WISHES: LaneWishes = {
  room: 200,
  folded: new Set(),
  plots: false,
  shown: undefined,
  deviceName: (dev) => `disk${dev}`,
};

describe('lanesOf', () => {
  it('has the guest and empty lanes before anything has happened', () => {
    const lanes = lanesOf(spansOf([]), WISHES);
    expect(lanes.map(({ name }) => name)).toEqual(['guest', 'queues', 'device', 'interrupts']);
  });

  it('gives each queue a lane, as high as its requests are deep and there is room', () => {
    const one = lanesOf(spansOf([requests(4, 0, 3)]), WISHES);
    expect(one.map(({ name }) => name)).toEqual(['guest', 'queue 0', 'disk4', 'interrupts']);
    const deep = lanesOf(spansOf([requests(4, 0, 16, 8)]), WISHES);
    const height = (lanes: typeof one) => lanes.find(({ kind }) => kind === 'queue')?.height ?? 0;
    expect(height(deep)).toBeGreaterThan(height(one));
    const low = lanesOf(spansOf([requests(4, 0, 16, 8)]), { ...WISHES, room: 100 });
    expect(height(low)).toBeLessThan(height(deep));
    const bottoms = deep.map(({ y, height: tall }) => y + tall);
    expect(deep.slice(1).map(({ y }) => y)).toEqual(bottoms.slice(0, -1));
    expect(heightOf(deep)).toBe(bottoms.at(-1));
  });

  it('groups the lanes of several devices, and folds them away', () => {
    const spans = spansOf([requests(4, 0, 1), requests(4, 1, 1), requests(6, 0, 1)]);
    const kinds = (folded: ReadonlySet<number>) =>
      lanesOf(spans, { ...WISHES, folded }).map(({ name }) => name);
    expect(kinds(new Set())).toEqual([
      ...['guest', 'disk4', 'queue 0', 'queue 1', 'device', 'interrupts'],
      ...['disk6', 'queue 0', 'device', 'interrupts'],
    ]);
    expect(kinds(new Set([4]))).toEqual([
      ...['guest', 'disk4', 'disk6', 'queue 0', 'device', 'interrupts'],
    ]);
  });

  it('puts the plots of the queue that is shown below', () => {
    const spans = spansOf([requests(4, 0, 1), requests(6, 0, 1)]);
    const plots = (shown: LaneWishes['shown']) =>
      lanesOf(spans, { ...WISHES, plots: true, shown }).flatMap((lane) =>
        lane.kind === 'plot' ? [[lane.plot, lane.queue.dev]] : [],
      );
    expect(plots({ dev: 6, queue: 0 })).toEqual(PLOTS.map((plot) => [plot, 6]));
    expect(plots({ dev: 9, queue: 0 })).toEqual(PLOTS.map((plot) => [plot, 4]));
  });
});
