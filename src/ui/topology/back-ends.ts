import type {
  BackEndFacts,
  BackEndKind,
  DeviceNode,
  MachineTopology,
} from '../../protocol/topology.ts';

/** A device and the property of it that links to a back end. */
export interface BackEndUser {
  readonly device: DeviceNode;
  readonly property: string;
}

/** A back end and all devices that link to it, in the order in which they were made. */
export interface UsedBackEnd {
  readonly id: string;
  readonly facts: BackEndFacts;
  readonly users: readonly BackEndUser[];
}

/** Id of a back end's node: the same wherever the machine is shown. */
export function backEndNodeId(kind: BackEndKind, id: string): string {
  return `backend:${kind}:${id}`;
}

/**
 * Every back end of a machine once, by node id: those that somebody asked for, in the order in which
 * they were made, then those that only a device knows.
 */
export function backEndsOf(
  topology: MachineTopology,
  devices: readonly DeviceNode[],
): ReadonlyMap<string, UsedBackEnd> {
  const found = new Map<string, { id: string; facts: BackEndFacts; users: BackEndUser[] }>();
  for (const facts of topology.backEnds) {
    const id = backEndNodeId(facts.kind, facts.id);
    found.set(id, { id, facts, users: [] });
  }
  for (const device of devices.toSorted((a, b) => a.dev - b.dev))
    for (const { property, kind, id, type, summary } of device.backends) {
      const node = backEndNodeId(kind, id);
      const known = found.get(node) ?? { id: node, facts: { kind, id, type, summary }, users: [] };
      known.users.push({ device, property });
      found.set(node, known);
    }
  return found;
}
