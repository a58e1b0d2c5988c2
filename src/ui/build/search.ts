import type { DeviceNode, MachineTopology } from '../../protocol/topology.ts';
import { backEndNodeId } from '../topology/back-ends.ts';
import { busesOf } from './fits.ts';

/** A node that a search found. */
export interface Hit {
  /** Of the graph's node: a QOM path, or `backend:KIND:ID`. */
  readonly id: string;
  readonly label: string;
  /** What of it matched, in words: `addr = 04.0`. */
  readonly because: string;
}

/**
 * Finds devices, buses and back ends by type, id, path, address and properties. Every word has to be
 * found in the node, in any part of it. An empty text finds nothing.
 */
export function searchTopology(topology: MachineTopology, text: string): Hit[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const hits: Hit[] = [];
  const look = (id: string, label: string, parts: readonly string[]): void => {
    const reasons = words.map((word) => parts.find((part) => part.toLowerCase().includes(word)));
    if (!reasons.includes(undefined))
      hits.push({ id, label, because: [...new Set(reasons)].join(', ') });
  };
  for (const { bus, owner } of busesOf(topology)) {
    look(bus.path, bus.name, [bus.name, ...telling(bus.ancestors), bus.path]);
    for (const device of bus.children)
      look(device.path, device.id || device.type, partsOf(device, bus.name, owner));
  }
  for (const backEnd of topology.backEnds)
    look(backEndNodeId(backEnd.kind, backEnd.id), backEnd.id, [
      backEnd.id,
      backEnd.kind,
      backEnd.type,
      backEnd.summary,
    ]);
  return hits;
}

function partsOf(device: DeviceNode, bus: string, owner: DeviceNode | undefined): string[] {
  return [
    device.id,
    ...telling(device.ancestors),
    device.address && `${bus} ${device.address}`,
    ...device.properties.map(([name, value]) => `${name} = ${value}`),
    ...device.facts,
    ...device.backends.map(({ property, id }) => `${property} = ${id}`),
    device.path,
    owner?.id ? `on ${owner.id}` : '',
  ].filter((part) => part !== '');
}

/** Ancestors that not everything has. */
function telling(ancestors: readonly string[]): readonly string[] {
  return ancestors.filter((type) => !['device', 'bus', 'object'].includes(type));
}
