import type { BusNode, DeviceNode, MachineTopology } from '../../protocol/topology.ts';
import { useUi } from '../state/ui-store.ts';

/** Where a node belongs, in a way that survives a rebuild: an option's key and the way down from its device. */
interface Anchor {
  readonly key: number;
  readonly below: string;
}

type KeyOf = (device: DeviceNode) => number | undefined;

/** All devices below a bus. */
function devices(bus: BusNode): DeviceNode[] {
  return bus.children.flatMap((device) => [device, ...device.buses.flatMap(devices)]);
}

/**
 * Remembers what is selected, as parts of the machine rather than paths; the function that it answers
 * selects the same parts of the machine that was built since.
 */
export function followSelection(
  before: MachineTopology | undefined,
  keyBefore: KeyOf,
): (after: MachineTopology, keyAfter: KeyOf) => void {
  const { selection, selected } = useUi.getState();
  const ids = new Set([...selection, ...(selected === undefined ? [] : [selected])]);
  if (!before || ids.size === 0) return () => {};
  const anchors = new Map<string, Anchor>();
  for (const device of devices(before.root)) {
    const key = keyBefore(device);
    if (key === undefined) continue;
    for (const id of ids)
      if (id === device.path || id.startsWith(`${device.path}/`))
        anchors.set(id, { key, below: id.slice(device.path.length) });
  }
  return (after, keyAfter) => {
    const paths = new Map<number, string>();
    for (const device of devices(after.root)) {
      const key = keyAfter(device);
      if (key !== undefined) paths.set(key, device.path);
    }
    const now = (id: string): string | undefined => {
      const anchor = anchors.get(id);
      if (!anchor) return id;
      const path = paths.get(anchor.key);
      return path === undefined ? undefined : `${path}${anchor.below}`;
    };
    const kept = [...selection].map(now).filter((id) => id !== undefined);
    useUi.setState({
      selection: new Set(kept),
      selected: selected === undefined ? undefined : now(selected),
    });
  };
}
