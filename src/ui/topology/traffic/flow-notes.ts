import type { Tone } from '../../state/tone.ts';
import { GUEST, RAM } from '../graph.ts';
import type { Rect } from '../layout.ts';
import { kindOf } from './flow-counts.ts';
import { FLOW_KINDS, type FlowKindInfo } from './flow-kinds.ts';
import type { FlowNet } from './flow-net.ts';
import type { FlowRate } from './flow-rates.ts';
import { amountText, eventsText } from './flow-text.ts';

/** A line of figures beside a node. */
interface NoteLine {
  readonly text: string;
  readonly tone: Tone;
  readonly stopped: boolean;
}

/** The figures of a node's traffic, where they stand on the screen. */
export interface Note extends Rect {
  readonly lines: readonly NoteLine[];
}

/** Nodes whose figures are always shown, the busiest first; the one that is pointed at has them too. */
const MOST_NOTES = 4;
const MOST_LINES = 6;

/** Which node a flow's figures stand beside: the end that is not the guest's, nor memory's but for stores. */
function homeOf(stops: readonly string[]): string | undefined {
  const ends = [stops[0], stops.at(-1)];
  if (ends.includes(GUEST) && ends.includes(RAM)) return RAM;
  return (
    ends.find(
      (id) => id !== undefined && id !== GUEST && id !== RAM && !id.startsWith('backend:'),
    ) ?? ends[0]
  );
}

/** Sizes of what is written, in pixels of the screen. */
export interface NoteType {
  readonly size: number;
  readonly measure: (text: string) => number;
}

/** The figures to show, each where nothing else stands. */
export function notesOf(
  net: FlowNet,
  rates: ReadonlyMap<number, FlowRate>,
  how: { live: boolean; estimated: boolean; pointed: string | undefined },
  view: { transform: readonly [number, number, number]; width: number; height: number },
  type: NoteType,
): Note[] {
  const byNode = new Map<string, { flow: number; rate: FlowRate }[]>();
  for (const [flow, rate] of rates) {
    const home = homeOf(net.stopsOf(flow));
    if (home === undefined) continue;
    const known = byNode.get(home);
    if (known) known.push({ flow, rate });
    else byNode.set(home, [{ flow, rate }]);
  }
  const total = (flows: readonly { rate: FlowRate }[]): number =>
    flows.reduce((sum, { rate }) => sum + rate.events, 0);
  const [x, y, zoom] = view.transform;
  const onScreen = (rect: Rect): Rect => ({
    x: rect.x * zoom + x,
    y: rect.y * zoom + y,
    width: rect.width * zoom,
    height: rect.height * zoom,
  });
  const cards = [...net.graph.layout.rects].map(([id, rect]) => [id, onScreen(rect)] as const);
  const notes: Note[] = [];
  const chosen = [...byNode].sort(([, a], [, b]) => total(b) - total(a));
  for (const [id, flows] of chosen) {
    const asked = id === how.pointed;
    if (!asked && notes.length >= MOST_NOTES) continue;
    const rect = net.graph.layout.rects.get(id);
    if (!rect) continue;
    const card = onScreen(rect);
    if (
      card.x > view.width ||
      card.y > view.height ||
      card.x + card.width < 0 ||
      card.y + card.height < 0
    )
      continue;
    flows.sort((a, b) => b.rate.events - a.rate.events);
    const lines = flows.slice(0, MOST_LINES).map(({ flow, rate }): NoteLine => {
      const info: FlowKindInfo = FLOW_KINDS[kindOf(flow)] ?? FLOW_KINDS[0];
      const events = eventsText(rate.events, how.live, how.estimated);
      const amount = amountText(rate.bytes, kindOf(flow), how.live, how.estimated);
      const stopped = info.carrier === undefined && info.kind !== 'violation';
      return {
        text: `${events} ${info.name}${amount === '' || rate.bytes === 0 ? '' : `, ${amount}`}`,
        tone: info.tone,
        stopped,
      };
    });
    const width = Math.max(...lines.map(({ text }) => type.measure(text))) + type.size * 2.2;
    const height = lines.length * type.size * 1.3 + type.size * 0.6;
    const place = [
      { x: card.x + card.width + 8, y: card.y + card.height / 2 - height / 2 },
      { x: card.x - width - 8, y: card.y + card.height / 2 - height / 2 },
      { x: card.x, y: card.y + card.height + 6 },
      { x: card.x + card.width - width, y: card.y - height - 6 },
    ]
      .map((at): Rect => ({ ...at, width, height }))
      .find(
        (box) =>
          box.x >= 4 &&
          box.y >= 4 &&
          box.x + width <= view.width - 4 &&
          box.y + height <= view.height - 4 &&
          !notes.some((note) => meets(note, box)) &&
          !cards.some(([, other]) => meets(other, box)),
      );
    if (place) notes.push({ ...place, lines });
    else if (asked)
      notes.push({
        ...{ x: Math.min(card.x, view.width - width - 4), y: card.y + card.height + 6 },
        ...{ width, height, lines },
      });
  }
  return notes;
}

function meets(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
