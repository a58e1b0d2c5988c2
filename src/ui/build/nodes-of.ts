import type { MachineDocument } from '../../document/document.ts';
import { optionIdOf } from '../../document/entries.ts';
import type { BackEndFacts, DeviceNode, MachineTopology } from '../../protocol/topology.ts';
import { keyOf } from '../document/live-machine.ts';
import { backEndNodeId } from '../topology/back-ends.ts';
import { devicesOf } from '../topology/graph.ts';
import { withOption } from './drop.ts';
import { busesOf, type PlacedBus } from './fits.ts';

/** What the chosen nodes of the canvas are in the document. Keys are those of its options. */
export interface Chosen {
  readonly devices: readonly number[];
  readonly backEnds: readonly number[];
  /** Devices that the board brought along: no option made them. */
  readonly board: readonly DeviceNode[];
}

/** Finds the options behind nodes of the graph. Buses have none of their own. */
export function chosenIn(
  ids: Iterable<string>,
  doc: MachineDocument,
  topology: MachineTopology,
): Chosen {
  const devices = new Set<number>();
  const backEnds = new Set<number>();
  const board: DeviceNode[] = [];
  for (const id of ids) {
    const device = deviceAt(topology, id);
    if (device) {
      const key = keyOf(withOption(device, topology));
      if (key === undefined) board.push(device);
      else devices.add(key);
    }
    const backEnd = backEndAt(topology, id);
    const key = backEnd && backEndKey(doc, backEnd);
    if (key !== undefined) backEnds.add(key);
  }
  return { devices: [...devices], backEnds: [...backEnds], board };
}

/** Option that made a back end; undefined for what QEMU makes by itself. */
export function backEndKey(doc: MachineDocument, backEnd: BackEndFacts): number | undefined {
  const named = doc.options.find(
    (option) => option.name === backEnd.kind && optionIdOf(option) === backEnd.id,
  );
  if (named) return named.key;
  return backEnd.option === undefined ? undefined : doc.options[backEnd.option]?.key;
}

/** Nodes that options of these keys made. */
export function nodesOf(
  keys: ReadonlySet<number>,
  doc: MachineDocument,
  topology: MachineTopology,
): string[] {
  const devices = devicesOf(topology).filter((device) => {
    const key = keyOf(device);
    return key !== undefined && keys.has(key);
  });
  const backEnds = topology.backEnds.filter((backEnd) => {
    const key = backEndKey(doc, backEnd);
    return key !== undefined && keys.has(key);
  });
  return [
    ...backEnds.map(({ kind, id }) => backEndNodeId(kind, id)),
    ...devices.map(({ path }) => path),
  ];
}

/** The device at a QOM path. */
export function deviceAt(topology: MachineTopology, path: string): DeviceNode | undefined {
  return devicesOf(topology).find((device) => device.path === path);
}

/** The bus at a QOM path, with what carries it. */
export function busAt(topology: MachineTopology, path: string): PlacedBus | undefined {
  return busesOf(topology).find(({ bus }) => bus.path === path);
}

/** The back end that a node of the graph stands for. */
export function backEndAt(topology: MachineTopology, node: string): BackEndFacts | undefined {
  return topology.backEnds.find(({ kind, id }) => backEndNodeId(kind, id) === node);
}
