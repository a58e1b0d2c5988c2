import { distance16 } from '../../../base/bits.ts';
import type { EventView } from '../../../journal/fold/packed-view.ts';
import type { RingStructure } from '../../../journal/fold/ring-areas.ts';
import type { Box, Layout } from './layout.ts';
import type { NearScene } from './near.ts';
import type { Pen } from './pen.ts';
import type { Token } from './protocol.ts';

/** A line below a row that an index passes: with what follows from that, in words. */
export interface Wire {
  readonly structure: RingStructure;
  readonly row: number;
  readonly words: string;
  readonly colour: Token;
  /** The index is behind it already. */
  readonly passed: boolean;
  /** Where along the column its words stand: 0 left, 1 right. */
  readonly place: number;
}

/** The thresholds of a queue: where it is notified or interrupts, and where a packed ring's laps meet. */
export function wiresOf({ view, layout, eventIdx }: NearScene): Wire[] {
  if (view.size === 0) return [];
  const short = layout.columns.narrow;
  if (!view.packed) {
    if (!eventIdx) return [];
    const { availEvent, usedEvent, availIdx, usedIdx } = view;
    return [
      {
        structure: 'avail',
        row: layout.rowOf(view.slotOf(availEvent)),
        words: short ? 'avail_ev' : `avail_event ${availEvent}`,
        colour: 'notify',
        passed: distance16(availIdx, availEvent) >= view.size,
        place: 0.5,
      },
      {
        structure: 'used',
        row: layout.rowOf(view.slotOf(usedEvent)),
        words: short ? 'used_ev' : `used_event ${usedEvent}`,
        colour: 'interrupt',
        passed: distance16(usedIdx, usedEvent) >= view.size,
        place: 0.5,
      },
    ];
  }
  const before = (slot: number): number => (slot === 0 ? -1 : layout.rowOf(slot) - 1);
  const { nextAvailable, nextUsed, driverEvent, deviceEvent } = view;
  const wires: Wire[] = [
    {
      structure: 'desc',
      row: before(nextAvailable.slot),
      words: short ? `drv wrap ${nextAvailable.wrap}` : `driver next, wrap ${nextAvailable.wrap}`,
      colour: 'driver',
      passed: false,
      place: 0.14,
    },
    {
      structure: 'desc',
      row: before(nextUsed.slot),
      words: short ? `dev wrap ${nextUsed.wrap}` : `device uses next, wrap ${nextUsed.wrap}`,
      colour: 'device',
      passed: false,
      place: 0.68,
    },
  ];
  const event = (it: EventView, words: string, colour: Token, place: number): void => {
    if (it.mode !== 'DESC' || it.off >= view.size) return;
    const row = layout.rowOf(it.off);
    wires.push({ structure: 'desc', row, words, colour, passed: false, place });
  };
  event(deviceEvent, short ? 'notify' : `notify, wrap ${deviceEvent.wrap}`, 'notify', 0.36);
  event(
    driverEvent,
    short ? 'interrupt' : `interrupt, wrap ${driverEvent.wrap}`,
    'interrupt',
    0.52,
  );
  return wires;
}

/** Draws wires, and returns where. */
export function drawWires(pen: Pen, wires: readonly Wire[], layout: Layout, scroll: number): Box[] {
  return wires.map(({ structure, row, words, colour, passed, place }) => {
    const column = layout.columns[structure] ?? layout.columns.desc;
    const y = Math.max(7, layout.centre(row) + layout.row / 2 - scroll);
    const x = column.x + column.width * (structure === 'desc' ? place : 0.5);
    const length = structure === 'desc' ? Math.min(150, column.width * 0.3) : column.width;
    pen.wire(x, y, length, words, colour, passed);
    return { x: column.x - 20, y: y - 8, width: column.width + 40, height: 16 };
  });
}
