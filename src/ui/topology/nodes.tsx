import type { ReactNode } from 'react';
import type { Moment } from '../../journal/fold/moment.ts';
import type { DeviceNode } from '../../protocol/topology.ts';
import { STATUS } from '../../spec/virtio.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { selectNode, toggleExpanded, useUi } from '../state/ui-store.ts';
import { cardName } from './card-name.ts';
import { backEndLines, deviceLines } from './card-text.ts';
import { isAsked, isEmptySlot, type MachineGraph, type MachineNode, virtioBelow } from './graph.ts';
import { useRouting } from './routing.ts';

interface CardProps {
  readonly id: string;
  readonly graph: MachineGraph;
  readonly node: MachineNode;
}

/** What a node of the machine shows. Only nodes that an event touches render again. */
export function MachineCard({ id, graph, node }: CardProps) {
  const lit = useLit(id, graph);
  switch (node.kind) {
    case 'guest':
      return <GuestCard {...lit} />;
    case 'ram':
      return (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
        <div
          className="card card-ram"
          tabIndex={-1}
          role="group"
          aria-label="Guest memory"
          {...lit}
        >
          <Title first="Guest" second="memory" />
          <span className="mono">{node.bytes / 2 ** 20} MiB, shared</span>
        </div>
      );
    case 'bus':
      return (
        <Chooser
          id={id}
          className="bus-pill mono"
          lit={lit}
          name={cardName(graph, id, node)}
          title={busTitle(node)}
        >
          {node.bus.name}
          {node.bus.type !== node.bus.name && (
            <span className="bus-type">{` · ${node.bus.type}`}</span>
          )}
        </Chooser>
      );
    case 'backend': {
      const used = node.users.length > 0;
      const [title, detail] = backEndLines(node.facts, used);
      return (
        <Chooser
          id={id}
          className={used ? 'card card-backend' : 'card card-backend card-unused'}
          lit={lit}
          name={cardName(graph, id, node)}
          title={backEndTitle(node)}
        >
          <strong>{title}</strong>
          <span className="mono">{detail}</span>
        </Chooser>
      );
    }
    case 'platform':
      return (
        <button
          type="button"
          tabIndex={-1}
          className="card card-platform"
          aria-expanded={node.expanded}
          title={node.devices.map((device) => device.type).join(', ')}
          onClick={() => toggleExpanded(node.bus.path)}
          {...lit}
        >
          <Title
            first={`${node.expanded ? 'Fold' : '+'} ${node.devices.length}`}
            second={quietName(node.devices)}
          />
          <span>on {node.bus.name}</span>
        </button>
      );
    case 'device':
      return node.device.virtio && !node.device.leaving ? (
        <VirtioCard id={id} graph={graph} node={node} lit={lit} />
      ) : (
        <DeviceCard device={node.device} lit={lit} name={cardName(graph, id, node)}>
          <span className="mono">{deviceLines(node.device)[1]}</span>
        </DeviceCard>
      );
  }
}

/** What devices are that stand folded together. */
export function quietName(devices: readonly DeviceNode[]): string {
  const slots = devices.filter(isEmptySlot).length;
  if (slots === devices.length) return 'empty slots';
  return slots > 0 ? 'board devices' : 'platform devices';
}

/** A card's title; far out its second part stands below the first. */
function Title({ first, second }: { first: string; second: string }) {
  return (
    <strong>
      {first}
      {second !== '' && <b>{` ${second}`}</b>}
    </strong>
  );
}

/** Attributes of a node on the route of the event at the cursor. */
function useLit(id: string, graph: MachineGraph) {
  const session = useSession();
  const routeAt = useRouting((routing) => routing.routeAt);
  // One string for both, so that each card asks once.
  const state = useSessionState(() => {
    const route = routeAt?.(session, graph);
    if (!route?.stops.includes(id)) return undefined;
    return `${route.stops.at(-1) === id ? 'end' : 'on'} ${route.tone}`;
  });
  const [lit, tone] = state?.split(' ') ?? [];
  return lit === undefined ? {} : { 'data-tone': tone, 'data-lit': lit };
}

/** A node that can be chosen. The canvas is one stop of the Tab key: arrow keys lead here. */
function Chooser(props: {
  id: string;
  className: string;
  lit: object;
  name: string;
  title: string;
  mark?: 'asked' | 'added' | 'leaving' | undefined;
  children: ReactNode;
}) {
  const { id } = props;
  const chosen = useUi((ui) => ui.selection.has(id) || ui.selected === id);
  return (
    <button
      type="button"
      tabIndex={-1}
      className={props.className}
      aria-label={props.name}
      aria-pressed={chosen}
      title={props.title}
      data-mark={props.mark}
      onClick={() => selectNode(id)}
      {...props.lit}
    >
      {props.children}
    </button>
  );
}

function busTitle({
  bus,
}: {
  bus: { full: boolean; hotpluggable: boolean; path: string };
}): string {
  const facts = [bus.full && 'full', bus.hotpluggable && 'takes devices while the machine runs'];
  return [bus.path, ...facts].filter(Boolean).join(', ');
}

function backEndTitle({ facts, users }: Extract<MachineNode, { kind: 'backend' }>): string {
  const uses = users.map(({ device, property }) => `${property} of ${device.id || device.type}`);
  const shown = uses.length > 6 ? [...uses.slice(0, 5), `${uses.length - 5} more`] : uses;
  return `${facts.kind} ${facts.id}: ${shown.join(', ') || 'no device uses it'}`;
}

/** What the guest does, in few words. */
export function guestState({ haltedOn, script, line }: Moment): string {
  if (haltedOn !== undefined) return 'halted, waits for interrupt';
  if (script !== 'running') return script;
  return line > 0 ? `line ${line}` : 'running';
}

function GuestCard(lit: object) {
  const state = useSessionState(({ moment }) => guestState(moment));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div className="card card-guest" tabIndex={-1} role="group" aria-label="Guest" {...lit}>
      <strong>Guest</strong>
      <span className="mono">vCPU 0 · {state}</span>
    </div>
  );
}

function DeviceCard(props: { device: DeviceNode; lit: object; name: string; children: ReactNode }) {
  const { device } = props;
  return (
    <Chooser
      id={device.path}
      className={virtioBelow(device) ? 'card card-device' : 'card card-quiet'}
      lit={props.lit}
      name={props.name}
      title={originOf(device)}
      mark={markOf(device)}
    >
      <Title first={device.type} second={device.id} />
      {props.children}
    </Chooser>
  );
}

/** A virtio device, whose card tells its status instead of its place. */
function VirtioCard({ id, graph, node, lit }: VirtioCardProps) {
  const { device } = node;
  const status = useSessionState(({ moment }) => moment.devices.get(device.dev)?.status ?? 0);
  return (
    <DeviceCard device={device} lit={lit} name={cardName(graph, id, node, statusText(status))}>
      <VirtioState status={status} />
    </DeviceCard>
  );
}

interface VirtioCardProps {
  readonly id: string;
  readonly graph: MachineGraph;
  readonly node: Extract<MachineNode, { kind: 'device' }>;
  readonly lit: object;
}

/** Who made a device, as the bar on its card tells; undefined: the board. */
export function markOf(device: DeviceNode): 'asked' | 'added' | 'leaving' | undefined {
  if (device.leaving) return 'leaving';
  if (device.added !== undefined) return 'added';
  return isAsked(device) ? 'asked' : undefined;
}

/** Who made a device, in words. */
function originOf(device: DeviceNode): string {
  if (device.leaving) return 'The guest was asked to let go of it, and has not yet';
  if (device.added !== undefined) return `Came while the machine ran: device_add ${device.added}`;
  if (device.option !== undefined) return 'Asked for on the command line';
  return isAsked(device) ? 'Of the board; what is in it was asked for' : '';
}

/** How far initialisation came, by the bits of the device status field. */
export const STEPS = [
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

function VirtioState({ status }: { status: number }) {
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
    </span>
  );
}
