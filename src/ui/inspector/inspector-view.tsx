import type { ReactNode } from 'react';
import './inspector.css';
import { hex } from '../../base/bits.ts';
import type { DeviceMoment } from '../../journal/fold/moment.ts';
import type { DeviceNode } from '../../protocol/topology.ts';
import { REGIONS, registerName } from '../../spec/regions.ts';
import { STATUS } from '../../spec/virtio.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { useShown } from '../state/shown.ts';
import { useUi } from '../state/ui-store.ts';
import { featureBits } from './features.ts';

/** Everything about the selected device: what it is, how it is set, what was last read from it. */
export function InspectorView() {
  const { device, virtio } = useShown();
  if (!device) return <p className="pane-empty">Select a device in the topology.</p>;
  return (
    <div className="inspector">
      <h3 className="inspector-title">
        {device.type} {device.id && <span className="mono">{device.id}</span>}
      </h3>
      <dl className="facts">
        <dt>path</dt>
        <dd className="mono">{device.path}</dd>
        {device.address && (
          <>
            <dt>address</dt>
            <dd className="mono">{device.address}</dd>
          </>
        )}
        <dt>is a</dt>
        <dd className="mono">{device.ancestors.join(' → ')}</dd>
      </dl>
      {virtio && <VirtioSections virtio={virtio} />}
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
      <RegisterSection devices={virtio && virtio !== device ? [device, virtio] : [device]} />
      <Section title="Properties" count={device.properties.length}>
        <ul className="mono plain-list">
          {device.properties.map(([name, value]) => (
            <li key={name}>
              {name} = {value}
            </li>
          ))}
        </ul>
      </Section>
      {virtio && virtio !== device && (
        <Section title={`Properties of ${virtio.type}`} count={virtio.properties.length}>
          <ul className="mono plain-list">
            {virtio.properties.map(([name, value]) => (
              <li key={name}>
                {name} = {value}
              </li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}

function Section(props: { title: string; count?: number; open?: boolean; children: ReactNode }) {
  return (
    <details className="section" open={props.open}>
      <summary>
        {props.title}
        {props.count !== undefined && <span className="section-count">{props.count}</span>}
      </summary>
      {props.children}
    </details>
  );
}

const NOTHING: DeviceMoment['registers'] = new Map();

function VirtioSections({ virtio }: { virtio: DeviceNode }) {
  const state = useSessionState(({ moment }) => moment.devices.get(virtio.dev));
  const queues = useSessionState(({ moment }) => moment.queues);
  const shown = useUi((ui) => ui.queue);
  const facts = virtio.virtio;
  if (!facts) return null;
  const features = featureBits(facts.deviceId, state?.offered ?? 0, state?.accepted ?? 0);
  return (
    <>
      <ul className="status-bits" aria-label="Device status">
        {Object.entries(STATUS).map(([name, bit]) => {
          const on = ((state?.status ?? 0) & bit) !== 0;
          const rare = bit > STATUS.FEATURES_OK;
          if (rare && !on) return null;
          return (
            <li
              key={name}
              data-on={on || undefined}
              data-bad={bit >= STATUS.DEVICE_NEEDS_RESET || undefined}
            >
              {on ? '✓ ' : ''}
              {name}
            </li>
          );
        })}
      </ul>
      <Section title="Queues" count={facts.queues.length} open>
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">queue</th>
              <th scope="col">size</th>
              <th scope="col">avail</th>
              <th scope="col">used</th>
              <th scope="col">in flight</th>
            </tr>
          </thead>
          <tbody>
            {facts.queues.map((queue, i) => {
              const now = queues.get(virtio.dev * 0x1_0000 + i);
              return (
                <tr key={queue.name} data-current={i === shown || undefined}>
                  <th scope="row">
                    <button
                      type="button"
                      className="link"
                      onClick={() => useUi.setState({ queue: i })}
                    >
                      {i} {queue.name}
                    </button>
                    {queue.unprocessed && <div>requests are not processed yet</div>}
                  </th>
                  <td>{now?.enabled ? now.size : `≤ ${queue.maxSize}`}</td>
                  <td>{now ? now.lastAvailIdx : '–'}</td>
                  <td>{now ? now.usedIdx : '–'}</td>
                  <td>{now ? now.inFlight.length : '–'}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Section>
      <Section title="Features" count={features.length} open={features.length > 0}>
        {features.length === 0 ? (
          <p className="section-empty">The driver has not asked yet.</p>
        ) : (
          <ul className="plain-list features">
            {features.map(({ bit, name, doc, offered, accepted }) => (
              <li key={bit} title={doc} data-accepted={accepted || undefined}>
                <span className="mono feature-bit">{bit}</span>
                <span className="mono feature-name">{name ?? 'not in VIRTIO 1.4'}</span>
                <span>
                  {accepted ? (offered ? 'accepted' : 'accepted, not offered') : 'offered'}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Section>
    </>
  );
}

function RegisterSection({ devices }: { devices: readonly DeviceNode[] }) {
  const session = useSession();
  const first = devices[0];
  const second = devices[1];
  const a = useSessionState(({ moment }) => registersOf(moment.devices, first));
  const b = useSessionState(({ moment }) => registersOf(moment.devices, second));
  const newest = useSessionState((state) => state.cursor - 1);
  const deviceId = devices.find((device) => device.virtio)?.virtio?.deviceId;
  const seen = [...a.values(), ...b.values()].sort(
    (x, y) => x.region - y.region || x.offset - y.offset,
  );
  return (
    <Section title="Registers, as last seen" count={seen.length} open={seen.length > 0}>
      {seen.length === 0 ? (
        <p className="section-empty">The driver has not touched any.</p>
      ) : (
        <table className="grid registers">
          <thead>
            <tr>
              <th scope="col">register</th>
              <th scope="col">value</th>
              <th scope="col">by</th>
            </tr>
          </thead>
          <tbody>
            {seen.map((register, i) => (
              <RegisterRow
                key={`${register.region} ${register.offset} ${register.size}`}
                register={register}
                head={seen[i - 1]?.region !== register.region}
                deviceId={deviceId}
                current={register.event === newest}
                go={() => session.seek(register.event + 1)}
              />
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

type SeenRegister = DeviceMoment['registers'] extends ReadonlyMap<string, infer R> ? R : never;

function RegisterRow(props: {
  register: SeenRegister;
  head: boolean;
  deviceId: number | undefined;
  current: boolean;
  go(): void;
}) {
  const { register, head, deviceId, current, go } = props;
  const name = registerName(register.region, register.offset, deviceId);
  const region = REGIONS[register.region];
  return (
    <>
      {head && (
        <tr className="grid-group">
          <th scope="colgroup" colSpan={3} title={region?.source}>
            {region?.name ?? 'not decoded'}
          </th>
        </tr>
      )}
      <tr data-current={current || undefined}>
        <th scope="row" className="mono" title={`offset ${hex(register.offset)}`}>
          {name ?? hex(register.offset)}
        </th>
        <td className="mono">{hex(register.value, register.size * 2)}</td>
        <td>
          <button type="button" className="link" title={`Event ${register.event + 1}`} onClick={go}>
            {register.write ? 'write' : 'read'}
          </button>
        </td>
      </tr>
    </>
  );
}

function registersOf(
  devices: ReadonlyMap<number, DeviceMoment>,
  device: DeviceNode | undefined,
): DeviceMoment['registers'] {
  return (device && devices.get(device.dev)?.registers) ?? NOTHING;
}
