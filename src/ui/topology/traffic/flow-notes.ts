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
/** Height of the word below memory, at zoom 1. */
const LABEL = 17;
/** What is said of a node's traffic, from all to little: as much as there is room for. */
const FORMS = [
  { most: 6, bytes: true },
  { most: 6, bytes: false },
  { most: 4, bytes: true },
  { most: 4, bytes: false },
  { most: 3, bytes: false },
  { most: 1, bytes: false },
] as const;

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
  // Below memory stands what the event at the cursor does there.
  const boxOf = (id: string, rect: Rect): Rect =>
    onScreen(id === RAM ? { ...rect, height: rect.height + LABEL } : rect);
  // Legend and table have their corners, in letters as large as these.
  const letter = type.size / 11;
  const cards = [
    ...[...net.graph.layout.rects].map(([id, rect]) => boxOf(id, rect)),
    { x: 0, y: view.height - 30 * letter, width: 90 * letter, height: 30 * letter },
    {
      x: view.width - 110 * letter,
      y: view.height - 50 * letter,
      width: 110 * letter,
      height: 50 * letter,
    },
  ];
  const notes: Note[] = [];
  const chosen = [...byNode].sort(([, a], [, b]) => total(b) - total(a));
  for (const [id, flows] of chosen) {
    const asked = id === how.pointed;
    if (!asked && notes.length >= MOST_NOTES) continue;
    const rect = net.graph.layout.rects.get(id);
    if (!rect) continue;
    const card = boxOf(id, rect);
    if (
      card.x > view.width ||
      card.y > view.height ||
      card.x + card.width < 0 ||
      card.y + card.height < 0
    )
      continue;
    flows.sort((a, b) => b.rate.events - a.rate.events);
    const free = (box: Rect): boolean =>
      box.x >= 4 &&
      box.y >= 4 &&
      box.x + box.width <= view.width - 4 &&
      box.y + box.height <= view.height - 4 &&
      !notes.some((note) => meets(note, box)) &&
      !cards.some((other) => meets(other, box));
    const forms = FORMS.map(({ most, bytes }) => {
      const lines = flows.slice(0, most).map(({ flow, rate }) => lineOf(flow, rate, how, bytes));
      const width = Math.max(...lines.map(({ text }) => type.measure(text))) + type.size * 2.2;
      const height = lines.length * type.size * 1.3 + type.size * 0.6;
      return { lines, width, height };
    });
    const fits = forms
      .flatMap((form) => placesBeside(card, form).map((at) => ({ ...form, ...at })))
      .find(free);
    if (fits) notes.push(fits);
    else if (asked && forms[0])
      notes.push({
        ...forms[0],
        x: Math.max(4, Math.min(card.x, view.width - forms[0].width - 4)),
        y: card.y + card.height + 6,
      });
  }
  return notes;
}

/** Whether two boxes cover each other. */
export function meets(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Places of a box beside a card, the best first. */
export function placesBeside(
  card: Rect,
  { width, height }: { width: number; height: number },
): { x: number; y: number }[] {
  const right = card.x + card.width + 8;
  const left = card.x - width - 8;
  const middle = card.y + card.height / 2 - height / 2;
  const low = card.y + card.height - height;
  return [
    { x: right, y: middle },
    { x: left, y: middle },
    { x: right, y: card.y },
    { x: left, y: card.y },
    { x: right, y: low },
    { x: left, y: low },
    { x: card.x, y: card.y + card.height + 6 },
    { x: card.x + card.width - width, y: card.y - height - 6 },
  ];
}

function lineOf(
  flow: number,
  rate: FlowRate,
  { live, estimated }: { live: boolean; estimated: boolean },
  bytes: boolean,
): NoteLine {
  const kind = kindOf(flow);
  const info: FlowKindInfo = FLOW_KINDS[kind] ?? FLOW_KINDS[0];
  const events = eventsText(rate.events, live, estimated);
  const amount = bytes && rate.bytes > 0 ? amountText(rate.bytes, kind, live, estimated) : '';
  return {
    text: `${events} ${events === '1' ? info.brief.replace(/s$/, '') : info.brief}${amount && `, ${amount}`}`,
    tone: info.tone,
    stopped: info.carrier === undefined && info.kind !== 'violation',
  };
}
