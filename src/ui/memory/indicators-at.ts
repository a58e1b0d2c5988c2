import type { Moment } from '../../journal/fold/moment.ts';
import { indicatorsToldBy } from '../../journal/labels/indicators.ts';
import type { IndicatorArea } from '../../journal/labels/label.ts';
import type { RegisterHistory } from '../../journal/register-history.ts';
import type { Session } from '../session/session.ts';

/** Newest channel commands of a device that are looked through for its indicators. */
const COMMANDS = 64;

/** What devices were told of indicators, the newest of each command. */
export function indicatorsAt(
  session: Session,
  history: RegisterHistory,
  moment: Moment,
): IndicatorArea[] {
  const found: IndicatorArea[] = [];
  for (const dev of moment.devices.keys()) {
    const told = new Set<string>();
    for (const event of history.marks(dev, 'ccw', moment.at, COMMANDS)) {
      const areas = toldBy(session, event);
      const command = areas[0]?.command;
      if (command === undefined || told.has(command)) continue;
      told.add(command);
      found.push(...areas);
    }
  }
  return found;
}

/** What each event told, as it never changes: reading it costs a fold. */
const known = new WeakMap<object, Map<number, readonly IndicatorArea[]>>();

function toldBy(session: Session, event: number): readonly IndicatorArea[] {
  const { store } = session;
  let events = known.get(store);
  if (!events) {
    events = new Map();
    known.set(store, events);
  }
  const key = event + store.epoch * 2 ** 32;
  let areas = events.get(key);
  if (!areas) {
    areas = indicatorsToldBy(store, event, (at) => session.momentAt(at));
    events.set(key, areas);
  }
  return areas;
}
