import { useMemo } from 'react';
import { type QueueMoment, queueKey } from '../../journal/fold/moment.ts';
import type { DeviceNode, MachineTopology } from '../../protocol/topology.ts';
import { devicesOf, virtioBelow } from '../topology/graph.ts';
import { useSessionState } from './session-context.tsx';
import { useUi } from './ui-store.ts';

/** What the ring panel and the inspector show. */
export interface Shown {
  /** The selected device; the first one that is or carries a virtio device while nothing was selected. */
  readonly device: DeviceNode | undefined;
  /** The virtio device that it is or carries. */
  readonly virtio: DeviceNode | undefined;
}

/** The device that the person looks at. */
export function useShown(): Shown {
  const topology = useSessionState((state) => state.topology);
  const selected = useUi((ui) => ui.selected);
  return useMemo(() => shownIn(topology, selected), [topology, selected]);
}

function shownIn(topology: MachineTopology | undefined, selected: string | undefined): Shown {
  const devices = topology ? devicesOf(topology) : [];
  const device =
    devices.find(({ path }) => path === selected) ??
    devices.find((one) => virtioBelow(one) !== undefined);
  return { device, virtio: device && virtioBelow(device) };
}

/** The queue that the ring panel shows, as it is at the cursor. */
export function useShownQueue(virtio: DeviceNode | undefined): QueueMoment | undefined {
  const queue = useUi((ui) => ui.queue);
  return useSessionState(({ moment }) =>
    virtio ? moment.queues.get(queueKey(virtio.dev, queue)) : undefined,
  );
}
