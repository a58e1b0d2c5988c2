import { useState } from 'react';
import { plug } from '../../document/wiring.ts';
import type { DeviceType } from '../../protocol/messages.ts';
import type { BusNode, DeviceNode } from '../../protocol/topology.ts';
import { useDeviceTypes } from '../build/use-types.ts';
import { edit } from '../document/edit.ts';
import { useSession } from '../state/session-context.tsx';
import { Ancestors, NodeLink } from './identity.tsx';
import { Section } from './section.tsx';

/** Everything about a bus: what it is, what sits on it, what could. */
export function BusInspector(props: { bus: BusNode; carrier: DeviceNode | undefined }) {
  const { bus, carrier } = props;
  const types = useDeviceTypes();
  const fitting = types
    .filter((type) => type.bus !== undefined && bus.ancestors.includes(type.bus))
    .toSorted((a, b) => Number(isVirtio(b)) - Number(isVirtio(a)) || (a.name < b.name ? -1 : 1));
  return (
    <div className="inspector">
      <h3 className="inspector-title">
        <span className="mono">{bus.name}</span>
      </h3>
      <dl className="facts">
        <dt>type</dt>
        <dd className="mono">{bus.type}</dd>
        <dt>carried by</dt>
        <dd>
          {carrier ? (
            <NodeLink id={carrier.path}>{carrier.id || carrier.type}</NodeLink>
          ) : (
            'the machine itself'
          )}
        </dd>
        <dt>path</dt>
        <dd className="mono">{bus.path}</dd>
        <dt>room</dt>
        <dd>{bus.full ? 'none: it has all the devices that it takes' : 'for more devices'}</dd>
        <dt>hot-plug</dt>
        <dd>
          {bus.hotpluggable
            ? 'devices may come and go while the machine runs'
            : 'no: devices come with the machine'}
        </dd>
      </dl>
      <Section title="Devices" count={bus.children.length} open>
        {bus.children.length === 0 ? (
          <p className="section-empty">Nothing is plugged in.</p>
        ) : (
          <ul className="plain-list bus-devices">
            {bus.children.map((device) => (
              <li key={device.path}>
                <span className="mono bus-address">{device.address}</span>
                <NodeLink id={device.path}>
                  {device.id ? `${device.type} ${device.id}` : device.type}
                </NodeLink>
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Fitting bus={bus} types={fitting} />
      <Ancestors ancestors={bus.ancestors} />
    </div>
  );
}

const isVirtio = ({ name }: DeviceType): boolean => name.startsWith('virtio');

/** Types that the bus takes; each can be plugged at once. */
function Fitting({ bus, types }: { bus: BusNode; types: readonly DeviceType[] }) {
  const session = useSession();
  const [filter, setFilter] = useState('');
  const word = filter.trim().toLowerCase();
  const shown = types.filter(({ name, description }) =>
    `${name} ${description}`.toLowerCase().includes(word),
  );
  const add = (type: DeviceType) => {
    const { topology } = session.getState();
    if (!topology) return;
    void edit(
      session,
      `add ${type.name} to ${bus.name}`,
      (doc, now = topology) => plug(doc, now, type, { kind: 'bus', bus }),
      { assist: true },
    );
  };
  return (
    <Section title="What fits" count={types.length} open={types.length > 0 && types.length <= 12}>
      {types.length === 0 ? (
        <p className="section-empty">No type that a person can plug.</p>
      ) : (
        <>
          {types.length > 12 && (
            <div className="property-filter">
              <input
                type="search"
                aria-label="Filter the types that fit"
                placeholder="Filter"
                value={filter}
                onChange={({ target }) => setFilter(target.value)}
              />
            </div>
          )}
          <ul className="plain-list fitting">
            {shown.map((type) => (
              <li key={type.name}>
                <button
                  type="button"
                  className="button button-small"
                  disabled={bus.full || type.unmodelled}
                  aria-label={`Add ${type.name} to ${bus.name}`}
                  onClick={() => add(type)}
                >
                  Add
                </button>
                <span className="mono">{type.name}</span>
                <span className="ancestor-words">
                  {type.unmodelled ? 'not modelled' : type.description}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}
