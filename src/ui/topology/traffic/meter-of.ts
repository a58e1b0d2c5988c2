import type { Session } from '../../session/session.ts';
import { FlowMeter } from './flow-meter.ts';

const meters = new WeakMap<Session, FlowMeter>();

/** The one meter of a session: picture and table show the same figures. */
export function meterOf(session: Session): FlowMeter {
  let meter = meters.get(session);
  if (!meter) {
    meter = new FlowMeter(session, () => performance.now());
    meters.set(session, meter);
  }
  return meter;
}
