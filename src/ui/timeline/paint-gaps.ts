import { EVENTS } from '../../journal/schema.ts';
import type { Spans } from '../../journal/spans/spans.ts';
import { fitted, type Pen } from './pen.ts';

/** Narrowest band that a gap is drawn as, and least distance from one to the next, in pixels. */
const LEAST = 3;
const APART = 2;

/** Where most events were not recorded: a band across all lanes, and how many where there is room for words. */
export function paintGaps(pen: Pen, spans: Spans, y: number, height: number): void {
  const { c } = pen;
  const { gaps, gapEnds, origin, store } = spans;
  // A gap that began before what is in sight may end in it.
  const first = Math.max(gaps.first, gaps.indexOf(pen.range.from) - 1);
  const last = gaps.indexOf(pen.range.to);
  let free = Number.NEGATIVE_INFINITY;
  for (let i = first; i < last; i++) {
    const from = gaps.events.at(i);
    const end = gapEnds.indexOf(from);
    const to = end < gapEnds.length ? gapEnds.events.at(end) + 1 : pen.length;
    const left = Math.max(pen.left, pen.x(from));
    const right = Math.max(left + LEAST, Math.min(pen.right, pen.x(to)));
    if (left < free || pen.x(to) < pen.left) continue;
    free = right + APART;
    c.globalAlpha = 0.8;
    c.fillStyle = pen.colour('panel');
    c.fillRect(left, y, right - left, height);
    c.globalAlpha = 1;
    c.strokeStyle = pen.colour('dim');
    c.lineWidth = 1;
    c.setLineDash([1, 3]);
    for (const x of [left + 0.5, right - 0.5]) {
      c.beginPath();
      c.moveTo(x, y);
      c.lineTo(x, y + height);
      c.stroke();
    }
    c.setLineDash([]);
    if (end >= gapEnds.length) continue;
    const count = store.word(to - 1 + origin, EVENTS.gap.fields.events.at);
    c.font = `11px ${pen.sans}`;
    const text = fitted(c, `${count.toLocaleString('en')} left out`, right - left - 8);
    c.fillStyle = pen.colour('dim');
    c.fillText(text, left + 4, y + height / 2);
  }
}
