import type { EventBreakpoint } from '../../journal/breakpoints.ts';
import type { MachineTopology } from '../../protocol/topology.ts';
import type { SessionState } from '../session/session.ts';
import type { KeptBreakpoint } from '../state/breakpoints.ts';

/** The machine whose devices breakpoints mean: the live one as it is now, else that of the recording. */
export function machineOf({ live, machine, topology }: SessionState): MachineTopology | undefined {
  return live ? machine : topology;
}

/** Path of the device that a breakpoint is about, if it is about one. */
export function pathOf(what: EventBreakpoint, machine: MachineTopology | undefined) {
  return 'dev' in what && what.dev !== undefined ? machine?.devices[what.dev] : undefined;
}

/** The same breakpoint in other machines: who compares finds the same object. */
const elsewhere = new WeakMap<EventBreakpoint, Map<number, EventBreakpoint>>();

/**
 * What a breakpoint means in a machine, where its device may have another number; undefined where there
 * is no device of that path.
 */
export function meantIn(
  { what, path }: Pick<KeptBreakpoint, 'what' | 'path'>,
  machine: MachineTopology | undefined,
): EventBreakpoint | undefined {
  if (path === undefined || !('dev' in what) || !machine) return what;
  const dev = machine.devices.lastIndexOf(path);
  if (dev < 0) return undefined;
  if (dev === what.dev) return what;
  const known = elsewhere.get(what) ?? new Map<number, EventBreakpoint>();
  elsewhere.set(what, known);
  const meant = known.get(dev) ?? { ...what, dev };
  known.set(dev, meant);
  return meant;
}
