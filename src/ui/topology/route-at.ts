import type { JournalEvent } from '../../journal/schema.ts';
import type { Session } from '../session/session.ts';
import type { MachineGraph } from './graph.ts';
import { deviceBehind, type Route, routeOf } from './route.ts';

interface Known {
  readonly last: JournalEvent | undefined;
  readonly at: number;
  readonly route: Route | undefined;
}

const known = new WeakMap<MachineGraph, Known>();

/** The route of the event at the cursor: the same object for every node that asks within a moment. */
export function routeAt(session: Session, graph: MachineGraph): Route | undefined {
  const { moment } = session.getState();
  const before = known.get(graph);
  if (before && before.last === moment.last && before.at === moment.at) return before.route;
  const byDevice =
    moment.last && moment.last.actor !== 'driver' && !('dev' in moment.last)
      ? deviceBehind((i) => session.store.get(i), moment.at - 1, session.store.first)
      : undefined;
  const route = routeOf(moment.last, graph, byDevice);
  known.set(graph, { last: moment.last, at: moment.at, route });
  return route;
}
