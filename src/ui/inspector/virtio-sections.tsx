import { queueKey } from '../../journal/fold/moment.ts';
import type { DeviceNode } from '../../protocol/topology.ts';
import { STATUS } from '../../spec/virtio.ts';
import { useSessionState } from '../state/session-context.tsx';
import { useUi } from '../state/ui-store.ts';
import { FeatureSection } from './feature-section.tsx';
import { featureBits } from './features.ts';
import { Section } from './section.tsx';
import { StatusHistory } from './status-history.tsx';

/** A virtio device as it is at the cursor: status, queues, features. */
export function VirtioSections({ virtio }: { virtio: DeviceNode }) {
  const state = useSessionState(({ moment }) => moment.devices.get(virtio.dev));
  const queues = useSessionState(({ moment }) => moment.queues);
  const at = useSessionState(({ cursor }) => cursor);
  const shown = useUi((ui) => ui.queue);
  const facts = virtio.virtio;
  if (!facts) return null;
  const { offered = 0, accepted = 0, status = 0 } = state ?? {};
  const features = featureBits(facts.deviceId, { offered, accepted, status });
  return (
    <>
      <StatusBits status={status} />
      <StatusHistory dev={virtio.dev} at={at} />
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
      <FeatureSection features={features} />
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
