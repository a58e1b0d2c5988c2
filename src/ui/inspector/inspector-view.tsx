import { useMemo } from 'react';
import './inspector.css';
import { backEndAt, busAt } from '../build/nodes-of.ts';
import { useSessionState } from '../state/session-context.tsx';
import { useShown } from '../state/shown.ts';
import { useUi } from '../state/ui-store.ts';
import { BackEndInspector } from './back-end-inspector.tsx';
import { BusInspector } from './bus-inspector.tsx';
import { DeviceInspector } from './device-inspector.tsx';

/** Everything about what is selected: a device, a bus or a back end. */
export function InspectorView() {
  const { device, virtio } = useShown();
  const topology = useSessionState((state) => state.topology);
  const selected = useUi((ui) => ui.selected);
  const bus = useMemo(
    () => (topology && selected !== undefined ? busAt(topology, selected) : undefined),
    [topology, selected],
  );
  const backEnd = useMemo(
    () => (topology && selected !== undefined ? backEndAt(topology, selected) : undefined),
    [topology, selected],
  );
  if (backEnd) return <BackEndInspector key={selected} backEnd={backEnd} />;
  if (bus) return <BusInspector key={selected} bus={bus.bus} carrier={bus.owner} />;
  if (!device) return <p className="pane-empty">Select a device in the topology.</p>;
  return <DeviceInspector device={device} virtio={virtio} />;
}
