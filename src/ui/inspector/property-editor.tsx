import { useId, useMemo, useState } from 'react';
import { saidOf } from '../../document/said.ts';
import type { PropertyFacts } from '../../protocol/messages.ts';
import type { DeviceNode } from '../../protocol/topology.ts';
import { useDocument } from '../document/document-store.ts';
import { ResetIcon } from '../kit/icons.tsx';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { PropertyControl } from './property-control.tsx';
import { filtered, isChanged, propertyGroups } from './property-groups.ts';
import { Section } from './section.tsx';
import { applyProperty, placeIn, settingKey, type Wanted } from './set-property.ts';
import { useDeviceFacts } from './use-device-facts.ts';

/** Properties of a device, and of the virtio device in it, to be set. */
export function PropertyEditor(props: { device: DeviceNode; inner: DeviceNode | undefined }) {
  const { device, inner } = props;
  const facts = useDeviceFacts(device.path);
  const innerFacts = useDeviceFacts(inner?.path);
  const [filter, setFilter] = useState('');
  const [changedOnly, setChangedOnly] = useState(false);
  const complete = facts !== undefined && (inner === undefined || innerFacts !== undefined);
  const groups = useMemo(
    () => (facts && complete ? propertyGroups(facts, innerFacts) : []),
    [facts, innerFacts, complete],
  );
  const count = groups.reduce((sum, { properties }) => sum + properties.length, 0);
  return (
    <Section title="Properties" count={count} open>
      <div className="property-filter">
        <input
          type="search"
          aria-label="Filter properties"
          placeholder="Filter by name, type or words"
          value={filter}
          onChange={({ target }) => setFilter(target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setFilter('');
          }}
        />
        <label>
          <input
            type="checkbox"
            checked={changedOnly}
            onChange={({ target }) => setChangedOnly(target.checked)}
          />
          changed
        </label>
      </div>
      {groups.map(({ owner, properties }) => {
        const node = inner && owner === inner.type && owner !== device.type ? inner : device;
        return (
          <Group
            key={owner}
            node={node}
            owner={owner}
            properties={filtered(properties, filter, changedOnly)}
            several={groups.length > 1}
          />
        );
      })}
      {complete &&
        groups.every(
          ({ properties }) => filtered(properties, filter, changedOnly).length === 0,
        ) && (
          <p className="section-empty">
            {count === 0 ? 'It has none.' : 'None of them answers to the filter.'}
          </p>
        )}
    </Section>
  );
}

function Group(props: {
  node: DeviceNode;
  owner: string;
  properties: readonly PropertyFacts[];
  several: boolean;
}) {
  const { node, owner, properties, several } = props;
  const topology = useSessionState((state) => state.topology);
  const doc = useDocument((state) => state.doc);
  const heading = useId();
  if (properties.length === 0) return null;
  const place = placeIn(topology, node.path);
  const key = place && settingKey(place);
  const ofBoard = place !== undefined && key === undefined;
  const said = saidOf(doc, key, node.ancestors);
  return (
    <section aria-labelledby={several ? heading : undefined} className="property-group">
      {several && (
        <h4 id={heading} className="mono">
          {owner}
        </h4>
      )}
      {ofBoard && properties.some(({ settable }) => settable) && (
        <p className="property-board">
          The board made this device. What you set becomes{' '}
          <span className="mono">-global {node.type}.NAME=VALUE</span> and holds for every{' '}
          <span className="mono">{node.type}</span> of the machine.
        </p>
      )}
      <ul className="properties">
        {properties.map((property) => (
          <PropertyRow
            key={`${node.path} ${property.name}`}
            node={node}
            property={property}
            said={said.has(property.name)}
          />
        ))}
      </ul>
    </section>
  );
}

/** One property. `said`: the command line sets it; what differs without that was settled by the machine. */
function PropertyRow(props: { node: DeviceNode; property: PropertyFacts; said: boolean }) {
  const { node, property, said } = props;
  const session = useSession();
  const { name, type, description, defaultValue, settable } = property;
  const changed = isChanged(property);
  const set = (value: Wanted) => applyProperty(session, node.path, property, value);
  return (
    <li className="property" data-changed={changed ? (said ? 'said' : 'settled') : undefined}>
      <div className="property-head">
        <span className="property-name mono">
          {changed && (
            <span
              aria-hidden="true"
              title={said ? 'Set on the command line' : 'Settled by the machine'}
            >
              {said ? '● ' : '○ '}
            </span>
          )}
          {name}
          {changed && (
            <span className="visually-hidden">
              {said ? ', set on the command line' : ', settled by the machine'}
            </span>
          )}
        </span>
        <span className="property-type mono">{type}</span>
        {said && settable && (
          <button
            type="button"
            className="button button-bare"
            aria-label={`Reset ${name} to its default, ${defaultValue || 'empty'}`}
            title={`Back to the default: ${defaultValue || '(empty)'}`}
            onClick={() => void set(undefined)}
          >
            <ResetIcon />
          </button>
        )}
      </div>
      {settable ? (
        <PropertyControl property={property} label={name} set={set} />
      ) : (
        <div className="property-fixed mono">{property.value || '(empty)'}</div>
      )}
      <p className="property-words">
        {description}
        {settable
          ? defaultValue !== undefined && (
              <>
                {description && ' · '}default{' '}
                <span className="mono">{defaultValue || '(empty)'}</span>
              </>
            )
          : ' Read only: the device itself decides it.'}
      </p>
    </li>
  );
}
