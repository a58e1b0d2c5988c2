import type { JournalEvent } from '../../../journal/schema.ts';
import type { Session } from '../../session/session.ts';
import type { MachineGraph } from '../graph.ts';
import { deviceBehind } from './behind.ts';
import { type Route, routeOf } from './route.ts';

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
  const { last, at } = moment;
  const nameless = last && last.actor !== 'driver' && !('dev' in last);
  const device = nameless ? deviceBehind(session.store, at - 1) : undefined;
  const route = routeOf(last, graph, { device, moment });
  known.set(graph, { last, at, route });
  return route;
}
