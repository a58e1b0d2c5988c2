import { memo } from 'react';
import { Handle, type Node, type NodeProps, Position } from 'reactflow';
import type { DeviceNode } from '../../protocol/topology.ts';
import { STATUS } from '../../spec/virtio.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { selectDevice, toggleExpanded, useUi } from '../state/ui-store.ts';
import {
  backendLines,
  busLabel,
  deviceLines,
  isEmptySlot,
  isUnprocessed,
  type MachineGraph,
  type MachineNode,
  UNPROCESSED,
  virtioBelow,
} from './graph.ts';
import { routeAt } from './route-at.ts';

/** What React Flow carries for each node; made once per machine, never per event. */
export type MachineFlowNode = Node<{ graph: MachineGraph; node: MachineNode }, 'machine'>;

/** A node of the machine. Only nodes that an event touches render again. */
export const MachineCard = memo(function MachineCard({ id, data }: NodeProps<MachineFlowNode>) {
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <Content id={id} graph={data.graph} node={data.node} />
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </>
  );
});

interface ContentProps {
  readonly id: string;
  readonly graph: MachineGraph;
  readonly node: MachineNode;
}

function Content({ id, graph, node }: ContentProps) {
  const lit = useLit(id, graph);
  switch (node.kind) {
    case 'guest':
      return <GuestCard {...lit} />;
    case 'ram':
      return (
        <div className="card card-ram" {...lit}>
          <strong>Guest memory</strong>
          <span className="mono">{node.bytes / 2 ** 20} MiB, shared</span>
        </div>
      );
    case 'bus':
      return (
        <div className="bus-pill mono" {...lit}>
          {busLabel(node.bus)}
        </div>
      );
    case 'backend': {
      const [title, detail] = backendLines(node.backend);
      return (
        <div className="card card-backend" {...lit}>
          <strong>{title}</strong>
          <span className="mono">{detail}</span>
        </div>
      );
    }
    case 'platform':
      return (
        <button
          type="button"
          className="card card-platform"
          aria-expanded={node.expanded}
          title={node.devices.map((device) => device.type).join(', ')}
          onClick={() => toggleExpanded(node.bus.path)}
          {...lit}
        >
          <strong>
            {node.expanded ? 'Fold' : '+'} {node.devices.length} {quietName(node.devices)}
          </strong>
          <span>on {node.bus.name}</span>
        </button>
      );
    case 'device':
      return <DeviceCard device={node.device} lit={lit} />;
  }
}

/** What devices are that stand folded together. */
function quietName(devices: readonly DeviceNode[]): string {
  const slots = devices.filter(isEmptySlot).length;
  if (slots === devices.length) return 'empty slots';
  return slots > 0 ? 'board devices' : 'platform devices';
}

/** Attributes of a node on the route of the event at the cursor. */
function useLit(id: string, graph: MachineGraph) {
  const session = useSession();
  const tone = useSessionState(() => {
    const route = routeAt(session, graph);
    return route?.stops.includes(id) ? route.tone : undefined;
  });
  const end = useSessionState(() => routeAt(session, graph)?.stops.at(-1) === id);
  return tone ? { 'data-tone': tone, 'data-lit': end ? 'end' : 'on' } : {};
}

function GuestCard(lit: object) {
  const state = useSessionState(({ moment }) =>
    moment.haltedOn === undefined
      ? moment.script === 'running'
        ? moment.line > 0
          ? `line ${moment.line}`
          : 'running'
        : moment.script
      : 'halted, waits for interrupt',
  );
  return (
    <div className="card card-guest" {...lit}>
      <strong>Guest</strong>
      <span className="mono">vCPU 0 · {state}</span>
    </div>
  );
}

function DeviceCard({ device, lit }: { device: DeviceNode; lit: object }) {
  const selected = useUi((ui) => ui.selected === device.path);
  const [title, detail] = deviceLines(device);
  return (
    <button
      type="button"
      className={virtioBelow(device) ? 'card card-device' : 'card card-quiet'}
      aria-pressed={selected}
      onClick={() => selectDevice(device.path)}
      {...lit}
    >
      <strong>{title}</strong>
      {device.virtio ? (
        <VirtioState device={device} />
      ) : (
        <span className="mono">{detail || device.ancestors[0]}</span>
      )}
    </button>
  );
}

const STEPS = [
  ['ACKNOWLEDGE', STATUS.ACKNOWLEDGE],
  ['DRIVER', STATUS.DRIVER],
  ['FEATURES_OK', STATUS.FEATURES_OK],
  ['DRIVER_OK', STATUS.DRIVER_OK],
] as const;

/** The device status field in one word: what went wrong, else how far initialisation came. */
export function statusText(status: number): string {
  if (status & STATUS.FAILED) return 'FAILED';
  if (status & STATUS.DEVICE_NEEDS_RESET) return 'DEVICE_NEEDS_RESET';
  const reached = STEPS.filter(([, bit]) => status & bit).at(-1);
  return reached ? reached[0] : 'reset';
}

function VirtioState({ device }: { device: DeviceNode }) {
  const status = useSessionState(({ moment }) => moment.devices.get(device.dev)?.status ?? 0);
  const bad = (status & (STATUS.FAILED | STATUS.DEVICE_NEEDS_RESET)) !== 0;
  return (
    <span className="mono virtio-state" data-bad={bad || undefined}>
      <span className="status-steps" aria-hidden="true">
        {STEPS.map(([name, bit]) => (
          <i key={name} data-on={(status & bit) !== 0 || undefined} />
        ))}
      </span>
      {bad ? '⚠ ' : ''}
      {statusText(status)}
      {isUnprocessed(device) && (
        <span title="Its requests are not processed yet: all else about the device is true">
          {` · ${UNPROCESSED}`}
        </span>
      )}
    </span>
  );
}
