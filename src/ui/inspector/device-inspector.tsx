import { useMemo } from 'react';
import { optionText } from '../../document/read.ts';
import type { BackendNode, DeviceNode } from '../../protocol/topology.ts';
import { useDocument } from '../document/document-store.ts';
import { keyOf } from '../document/live-machine.ts';
import { useSessionState } from '../state/session-context.tsx';
import { useUi } from '../state/ui-store.ts';
import { backEndNodeId } from '../topology/back-ends.ts';
import { ChannelSection } from './channel-section.tsx';
import { chaptersOf } from './chapters.ts';
import { DevicePageSection } from './device-page-section.tsx';
import { IdField } from './id-field.tsx';
import { Ancestors, Chapters, NodeLink } from './identity.tsx';
import { PropertyEditor } from './property-editor.tsx';
import { RegisterSections } from './register-section.tsx';
import { RegistersNow } from './registers-now.tsx';
import { Section } from './section.tsx';
import { type Place, placeIn } from './set-property.ts';
import { VirtioSections } from './virtio-sections.tsx';

/** Everything about a device: what it is, how it is set, what was last read from it. */
export function DeviceInspector(props: { device: DeviceNode; virtio: DeviceNode | undefined }) {
  const { device, virtio } = props;
  const topology = useSessionState((state) => state.topology);
  const place = useMemo(() => placeIn(topology, device.path), [topology, device.path]);
  const building = useUi((ui) => ui.workspace === 'build');
  // Which option made a device is known once the document has followed the machine.
  useDocument((state) => state.doc);
  const ownKey = keyOf(device);
  const inner = virtio === device ? undefined : virtio;
  const transport = inner ? device : place?.carrier;
  // The journal has accesses under the transport: who looks at the device in it wants those too.
  const parts = [...new Set([virtio ? (transport ?? device) : device, device, virtio])].filter(
    (one) => one !== undefined,
  );
  const platform = useSessionState((state) => state.memoryFacts?.platform);
  const chapters = chaptersOf(virtio?.virtio?.deviceId, [
    ...device.ancestors,
    ...(virtio ? (transport?.ancestors ?? []) : []),
  ]);
  return (
    <div className="inspector">
      <h3 className="inspector-title">
        {device.type} {device.id && <span className="mono">{device.id}</span>}
      </h3>
      {device.leaving && (
        <p className="inspector-note">
          The guest was asked to let go of it. It leaves when the guest agrees, or at a reset.
        </p>
      )}
      <dl className="facts">
        {ownKey !== undefined && (
          <>
            <dt>id</dt>
            <dd>
              <IdField optionKey={ownKey} id={device.id} />
            </dd>
          </>
        )}
        {place && <Whereabouts place={place} />}
        <dt>path</dt>
        <dd className="mono">{device.path}</dd>
        <dt>made by</dt>
        <dd>
          <Maker device={device} carrier={place?.carrier} />
        </dd>
        {device.buses.length > 0 && (
          <>
            <dt>carries</dt>
            <dd>
              {device.buses.map((bus) => (
                <span key={bus.path} className="facts-item">
                  <NodeLink id={bus.path}>{bus.name}</NodeLink>{' '}
                  {bus.children.length === 1 ? '1 device' : `${bus.children.length} devices`}
                </span>
              ))}
            </dd>
          </>
        )}
        <BackEndLinks owners={inner ? [device, inner] : [device]} />
      </dl>
      <Chapters chapters={chapters} />
      {building && <PropertyEditor device={device} inner={inner} />}
      {virtio && <VirtioSections virtio={virtio} />}
      <RegisterSections devices={parts} />
      {platform?.channelIo && virtio && (
        <ChannelSection devices={parts} virtioId={virtio.virtio?.deviceId} />
      )}
      {platform?.devicePage !== undefined && virtio && <DevicePageSection dev={virtio.dev} />}
      <RegistersNow devices={parts} />
      {!building && <PropertyEditor device={device} inner={inner} />}
      {device.facts.length > 0 && (
        // BARs move while a guest runs; the tree is taken when the machine is built and after monitor commands.
        <Section title="Facts, as info qtree last gave them" count={device.facts.length}>
          <ul className="mono plain-list">
            {device.facts.map((fact) => (
              <li key={fact}>{fact}</li>
            ))}
          </ul>
        </Section>
      )}
      <Ancestors ancestors={device.ancestors} />
    </div>
  );
}

function Whereabouts({ place }: { place: Place }) {
  const { device, bus, carrier } = place;
  return (
    <>
      <dt>sits on</dt>
      <dd>
        <NodeLink id={bus.path}>{bus.name}</NodeLink>
        {device.address !== '' && (
          <>
            {' '}
            at <span className="mono">{device.address}</span>
          </>
        )}
        {carrier && (
          <>
            {' '}
            of <NodeLink id={carrier.path}>{carrier.id || carrier.type}</NodeLink>
          </>
        )}
      </dd>
    </>
  );
}

/** Who asked for a device. */
function Maker({ device, carrier }: { device: DeviceNode; carrier: DeviceNode | undefined }) {
  const doc = useDocument((state) => state.doc);
  const machineType = useSessionState((state) => state.topology?.machineType);
  const key = keyOf(device);
  const at = doc.options.findIndex((option) => option.key === key);
  const option = doc.options[at];
  if (key !== undefined && option)
    return (
      <>
        option {at + 1}: <span className="mono">{optionText(option)}</span>
        {device.added !== undefined && ', while the machine ran'}
      </>
    );
  if (device.added !== undefined)
    return (
      <>
        <span className="mono">device_add {device.added}</span>, while the machine ran
      </>
    );
  if (carrier && keyOf(carrier) !== undefined)
    return (
      <>
        <NodeLink id={carrier.path}>{carrier.id || carrier.type}</NodeLink>, which brought it along
      </>
    );
  return (
    <>
      the board, <span className="mono">{machineType?.replace(/-machine$/, '')}</span>
    </>
  );
}

function BackEndLinks({ owners }: { owners: readonly DeviceNode[] }) {
  const known = useSessionState((state) => state.topology?.backEnds);
  const links = new Map<string, BackendNode>();
  for (const owner of owners)
    for (const backEnd of owner.backends) links.set(`${backEnd.property} ${backEnd.id}`, backEnd);
  if (links.size === 0) return null;
  return (
    <>
      <dt>uses</dt>
      <dd>
        {[...links.values()].map((backEnd) => (
          <span key={`${backEnd.property} ${backEnd.id}`} className="facts-item">
            <span className="mono">{backEnd.property}</span>{' '}
            {known?.some(({ kind, id }) => kind === backEnd.kind && id === backEnd.id) ? (
              <NodeLink id={backEndNodeId(backEnd.kind, backEnd.id)}>{backEnd.id}</NodeLink>
            ) : (
              <span className="mono">{backEnd.id || backEnd.type}</span>
            )}{' '}
            {backEnd.summary || backEnd.type}
          </span>
        ))}
      </dd>
    </>
  );
}
