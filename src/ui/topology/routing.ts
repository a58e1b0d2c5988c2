import { create } from 'zustand';
import type { Session } from '../session/session.ts';
import type { MachineGraph } from './graph.ts';
import type { Route } from './traffic/route.ts';

/** Where the event at the cursor happened; unknown until that part of the page has arrived. */
export const useRouting = create<{
  readonly routeAt?: (session: Session, graph: MachineGraph) => Route | undefined;
}>()(() => ({}));
