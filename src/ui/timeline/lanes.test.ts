import { describe, expect, it } from 'vitest';
import { Spans } from '../../journal/spans/spans.ts';
import type { Deed } from '../../testing/random-journal.ts';
import { journalOf } from '../../testing/random-journal.ts';
import { heightOf, type LaneWishes, lanesOf, PLOTS, TRACKS_EDGE } from './lanes.ts';

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

  it('fits into little room, and counts in a band the requests that have no track', () => {
    const spans = spansOf([requests(4, 0, 32, 16)]);
    const lanesIn = (room: number) => lanesOf(spans, { ...WISHES, room });
    for (const room of [70, 95, 140, 300]) {
      const lanes = lanesIn(room);
      expect(heightOf(lanes)).toBeLessThanOrEqual(room);
      const lane = lanes.find(({ kind }) => kind === 'queue');
      if (lane?.kind !== 'queue') throw new Error('the queue has no lane');
      const { single, band } = lane.tracks;
      expect((lane.height - TRACKS_EDGE) / (single + (band ? 2 : 0))).toBeGreaterThanOrEqual(6);
      expect(band).toBe(single < 16);
    }
    expect(lanesIn(300).find(({ kind }) => kind === 'queue')).toMatchObject({
      tracks: { single: 16, band: false },
    });
  });

  it('gives the queue that is shown elsewhere what it needs before the others', () => {
    const spans = spansOf([requests(4, 0, 16, 8), requests(4, 1, 16, 8)]);
    const heights = (queue: number): number[] =>
      lanesOf(spans, { ...WISHES, room: 150, shown: { dev: 4, queue } }).flatMap((lane) =>
        lane.kind === 'queue' ? [lane.height] : [],
      );
    const [first = 0, second = 0] = heights(1);
    expect(second).toBeGreaterThan(first);
    expect(heights(0)).toEqual([second, first]);
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
