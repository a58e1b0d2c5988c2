import { type RequestFacts, requestFacts } from '../../journal/spans/request-facts.ts';
import type { EventList, Series } from '../../journal/spans/series.ts';
import { laneArea, type Scene } from './draw.ts';
import type { Lane } from './lanes.ts';
import { trackPlace } from './paint-lanes.ts';
import { eventAtX, LABEL_WIDTH, xOfEvent } from './range.ts';

/** What lies below a point of the strip. */
export type Hit =
  | { readonly kind: 'request'; readonly request: RequestFacts }
  /** An event that is marked: a violation, a notification, an interrupt, or the end of a gap. */
  | { readonly kind: 'event'; readonly event: number }
  | { readonly kind: 'group'; readonly dev: number };

/** Pixels by which one may miss a mark. */
const NEAR = 6;

/** What lies at a point, in pixels from the strip's corner. */
export function hitAt(scene: Scene, x: number, y: number): Hit | undefined {
  const area = laneArea(scene.height);
  if (y < area.y || y >= area.y + area.height) return undefined;
  const inside = y - area.y + scene.scroll;
  const lane = scene.lanes.find((one) => inside >= one.y && inside < one.y + one.height);
  if (lane?.kind === 'group') return { kind: 'group', dev: lane.dev };
  if (x < LABEL_WIDTH) return undefined;
  const violation = y < area.y + 14 ? markAt(scene, scene.spans.violations, x) : undefined;
  if (violation !== undefined) return { kind: 'event', event: violation };
  const found = lane && inLane(scene, lane, x, inside);
  if (found) return found;
  const gap = markAt(scene, scene.spans.gapEnds, x);
  return gap === undefined ? undefined : { kind: 'event', event: gap };
}

function inLane(scene: Scene, lane: Lane, x: number, y: number): Hit | undefined {
  const { spans } = scene;
  if (lane.kind === 'queue') {
    const { queue, tracks } = lane;
    const { origin } = spans;
    const at = eventAtX(x, scene.range, scene.width) - origin;
    const slack = (NEAR / 2) * ((scene.range.to - scene.range.from) / scene.width);
    let found: number | undefined;
    let looked = 0;
    queue.requests.overlapping(Math.max(0, at - slack), at + slack, (row) => {
      if (++looked > 200) return;
      const place = trackPlace(lane, tracks, queue.requests.track(row));
      if (place && y >= place.y - 1 && y <= place.y + place.height + 1) found = row;
    });
    if (found === undefined) return undefined;
    return { kind: 'request', request: requestFacts(spans, queue, found) };
  }
  if (lane.kind !== 'device' && lane.kind !== 'interrupts') return undefined;
  for (const queue of spans.queues) {
    if (queue.dev !== lane.device.dev) continue;
    const marks = lane.kind === 'device' ? queue.notifications : queue.interrupts;
    const event = markAt(scene, marks, x);
    if (event !== undefined) return { kind: 'event', event };
  }
  return undefined;
}

/** The marked event that is nearest to a pixel, where one is near; an event number. */
function markAt(scene: Scene, list: EventList | Series, x: number): number | undefined {
  const { range, width, spans } = scene;
  const from = eventAtX(x - NEAR, range, width) - spans.origin - 0.5;
  const to = eventAtX(x + NEAR, range, width) - spans.origin - 0.5;
  const [first, last] = [list.indexOf(Math.max(0, from)), list.indexOf(Math.max(0, to))];
  let best: number | undefined;
  for (let i = first; i < Math.min(last, first + 50); i++) {
    const event = list.events.at(i) + spans.origin;
    const away = (one: number): number => Math.abs(xOfEvent(one + 0.5, range, width) - x);
    if (best === undefined || away(event) < away(best)) best = event;
  }
  return best;
}
