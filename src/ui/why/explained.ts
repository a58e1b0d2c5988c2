import { queueKey } from '../../journal/fold/moment.ts';
import type { Explanation } from '../../journal/why/chain.ts';
import { explain } from '../../journal/why/why.ts';
import type { DeviceNode } from '../../protocol/topology.ts';
import type { Session, SessionState } from '../session/session.ts';
import { namesOf } from '../state/names.ts';
import { devicesOf } from '../topology/graph.ts';

/** Why nothing happens in a queue, as the session stands at `state`. */
export function explainQueue(
  session: Session,
  { moment, topology }: Pick<SessionState, 'moment' | 'topology'>,
  dev: number,
  queue: number,
): Explanation {
  const { store } = session;
  return explain({ store, moment, topology, dev, queue, names: namesOf(topology) });
}

/** A queue in which something is broken. */
export interface BrokenQueue {
  /** The virtio device. */
  readonly device: DeviceNode;
  readonly queue: number;
  readonly explanation: Explanation;
}

/** Most queues that are looked at when one is searched that is broken. */
const MOST_QUEUES = 16;

/** The first queue with a broken link: of those that are set up, then the first one of each device that is driven. */
export function brokenQueue(session: Session, state: SessionState): BrokenQueue | undefined {
  const { topology, moment } = state;
  if (!topology) return undefined;
  const candidates = new Map<number, readonly [device: DeviceNode, queue: number]>();
  const devices = devicesOf(topology).filter(({ virtio }) => virtio);
  const byDev = new Map(devices.map((device) => [device.dev, device]));
  for (const { dev, queue, enabled } of moment.queues.values()) {
    const device = byDev.get(dev);
    if (enabled && device) candidates.set(queueKey(dev, queue), [device, queue]);
  }
  for (const device of devices)
    if (moment.devices.get(device.dev)?.status)
      candidates.set(queueKey(device.dev, 0), [device, 0]);
  for (const [device, queue] of [...candidates.values()].slice(0, MOST_QUEUES)) {
    const explanation = explainQueue(session, state, device.dev, queue);
    if (explanation.verdict.kind === 'broken') return { device, queue, explanation };
  }
  return undefined;
}
