import { type RequestFacts, requestFacts, rowOf } from '../../journal/spans/request-facts.ts';
import type { Spans } from '../../journal/spans/spans.ts';
import type { DeviceNode } from '../../protocol/topology.ts';
import type { Session } from '../session/session.ts';
import { chooseRequest, useRequest } from '../state/request-store.ts';
import { useUi } from '../state/ui-store.ts';
import { devicesOf, virtioBelow } from '../topology/graph.ts';

/** Chooses a request: the ring panel turns to its queue, and the canvas to its device. */
export function choose(session: Session, request: RequestFacts): void {
  chooseRequest(request);
  const { topology } = session.getState();
  const { selected, queue } = useUi.getState();
  const devices = topology ? devicesOf(topology) : [];
  const carriers = devices.filter((node) => virtioBelow(node)?.dev === request.dev);
  const known = carriers.some(({ path }) => path === selected);
  const path = known ? selected : nearest(carriers)?.path;
  if (path === undefined || (known && queue === request.queue)) return;
  useUi.setState({ selected: path, selection: new Set([path]), queue: request.queue });
}

/** Of a virtio device and those that carry it, the outermost virtio one: what a person plugged. */
function nearest(carriers: readonly DeviceNode[]): DeviceNode | undefined {
  return carriers.find(({ virtio }) => virtio === undefined) ?? carriers[0];
}

/**
 * The request before or after the chosen one in its queue, or near the cursor where none is chosen; the
 * outermost where there are no more, undefined where there is none at all.
 */
export function neighbour(
  spans: Spans,
  cursor: number,
  direction: 1 | -1,
): RequestFacts | undefined {
  const { chosen } = useRequest.getState();
  const queue =
    (chosen && spans.queue(chosen.dev, chosen.queue)) ??
    spans.queues.find(({ requests }) => requests.length > requests.first);
  if (!queue) return undefined;
  const { requests } = queue;
  const near = requests.rowAt(Math.max(0, cursor - spans.origin));
  const here = chosen && rowOf(spans, queue, chosen);
  const at = here === undefined ? near - (direction < 0 ? 1 : 0) : here + direction;
  const row = Math.max(requests.first, Math.min(requests.length - 1, at));
  return requestFacts(spans, queue, row);
}

/** Goes on telling of the chosen request while it is under way. */
export function followChosen(spans: Spans): void {
  const { chosen } = useRequest.getState();
  if (!chosen || chosen.seen !== undefined || (chosen.takenBack ?? chosen.unseen) !== undefined)
    return;
  const queue = spans.queue(chosen.dev, chosen.queue);
  const row = queue && rowOf(spans, queue, chosen);
  if (!queue || row === undefined) return;
  const now = requestFacts(spans, queue, row);
  const steps = ({
    popped,
    used,
    takenBack,
    unseen,
    interrupt,
    seen,
    notification,
  }: RequestFacts) =>
    [popped, used, takenBack, unseen, interrupt?.event, seen, notification?.event].join();
  if (steps(now) !== steps(chosen)) chooseRequest(now);
}

/** Number of the next violation after the cursor, or from the first on where there is none. */
export function nextViolation({ violations, origin }: Spans, cursor: number): number | undefined {
  const next = violations.indexOf(Math.max(0, cursor - origin));
  const index = next < violations.length ? next : violations.first;
  return index < violations.length ? violations.events.at(index) + origin : undefined;
}
