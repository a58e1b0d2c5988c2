import { useEffect } from 'react';
import type { MachineGraph } from '../graph.ts';
import { useRouting } from '../routing.ts';
import './traffic.css';
import { FlowCanvas } from './flow-canvas.tsx';
import { Legend } from './legend.tsx';
import { routeAt } from './route-at.ts';
import { TrafficNow } from './traffic-now.tsx';
import { isFlowing, Way } from './way.tsx';

/** What travels in the machine: arrives after the first screen, since nothing has travelled before. */
export function Traffic({ graph }: { graph: MachineGraph }) {
  useEffect(() => {
    useRouting.setState({
      routeAt: (session, of) => (isFlowing(session.getState()) ? undefined : routeAt(session, of)),
    });
  }, []);
  return (
    <>
      <Way graph={graph} />
      <FlowCanvas graph={graph} />
    </>
  );
}

/** What stands in the corners of the picture: what its signs mean, and its figures as a table. */
export function TrafficCorners({ graph }: { graph: MachineGraph }) {
  return (
    <>
      <Legend />
      <TrafficNow graph={graph} />
    </>
  );
}
