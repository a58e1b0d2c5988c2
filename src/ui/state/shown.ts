import { useMemo } from 'react';
import { type QueueMoment, queueKey } from '../../journal/fold/moment.ts';
import type { DeviceNode, MachineTopology } from '../../protocol/topology.ts';
import { devicesOf, virtioBelow } from '../topology/graph.ts';
import { useSessionState } from './session-context.tsx';
import { useUi } from './ui-store.ts';

/** What the ring panel and the inspector show. */
export interface Shown {
  /** The selected device; while nothing was selected the one that is driven, else the first that carries a virtio device. */
  readonly device: DeviceNode | undefined;
  /** The virtio device that it is or carries. */
  readonly virtio: DeviceNode | undefined;
}

/** The device that the person looks at. */
export function useShown(): Shown {
  const topology = useSessionState((state) => state.topology);
  const selected = useUi((ui) => ui.selected);
  const driven = useSessionState(({ moment }) => {
    for (const { enabled, dev } of moment.queues.values()) if (enabled) return dev;
    return undefined;
  });
  return useMemo(() => shownIn(topology, selected, driven), [topology, selected, driven]);
}

/** `driven`: number of a device whose queue the driver has set up. */
function shownIn(
  topology: MachineTopology | undefined,
  selected: string | undefined,
  driven: number | undefined,
): Shown {
  const devices = topology ? devicesOf(topology) : [];
  const chosen = devices.find(({ path }) => path === selected);
  const carriers = devices.filter((one) => virtioBelow(one) !== undefined);
  const device =
    chosen ?? carriers.find((one) => virtioBelow(one)?.dev === driven) ?? firstMade(carriers);
  return { device, virtio: device && virtioBelow(device) };
}

function firstMade(devices: readonly DeviceNode[]): DeviceNode | undefined {
  let first: DeviceNode | undefined;
  for (const device of devices) if (!first || device.dev < first.dev) first = device;
  return first;
}

/** The queue that the ring panel shows, as it is at the cursor. */
export function useShownQueue(virtio: DeviceNode | undefined): QueueMoment | undefined {
  const queue = useUi((ui) => ui.queue);
  return useSessionState(({ moment }) =>
    virtio ? moment.queues.get(queueKey(virtio.dev, queue)) : undefined,
  );
}
