import { queueKey } from '../../journal/fold/moment.ts';
import type { DeviceNode } from '../../protocol/topology.ts';
import { STATUS } from '../../spec/virtio.ts';
import { useSessionState } from '../state/session-context.tsx';
import { useUi } from '../state/ui-store.ts';
import { featureBits } from './features.ts';
import { Section } from './section.tsx';

/** A virtio device as it is at the cursor: status, queues, features. */
export function VirtioSections({ virtio }: { virtio: DeviceNode }) {
  const state = useSessionState(({ moment }) => moment.devices.get(virtio.dev));
  const queues = useSessionState(({ moment }) => moment.queues);
  const shown = useUi((ui) => ui.queue);
  const facts = virtio.virtio;
  if (!facts) return null;
  const features = featureBits(facts.deviceId, state?.offered ?? 0, state?.accepted ?? 0);
  return (
    <>
      <StatusBits status={state?.status ?? 0} />
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
              const now = queues.get(queueKey(virtio.dev, i));
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

function StatusBits({ status }: { status: number }) {
  return (
    <ul className="status-bits" aria-label="Device status">
      {Object.entries(STATUS).map(([name, bit]) => {
        const on = (status & bit) !== 0;
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
  );
}
