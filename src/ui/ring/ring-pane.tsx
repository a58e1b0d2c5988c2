import { lazy, Suspense, useMemo } from 'react';
import { queueKey } from '../../journal/fold/moment.ts';
import type { DeviceNode } from '../../protocol/topology.ts';
import { Pane } from '../kit/pane.tsx';
import { namesOf } from '../state/names.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { useShown } from '../state/shown.ts';
import { type RingLook, useUi } from '../state/ui-store.ts';
import { SessionSource } from './source.ts';

const RingBody = lazy(async () => ({ default: (await import('./ring-body.tsx')).RingBody }));

/** A virtqueue of the selected device, as it lies in guest memory. */
export function RingPane() {
  const session = useSession();
  const { virtio } = useShown();
  const topology = useSessionState((state) => state.topology);
  const names = useMemo(() => namesOf(topology), [topology]);
  const number = useUi((ui) => ui.queue);
  const name = virtio && names.device(virtio.dev);
  const dev = virtio?.dev;
  const role = virtio && names.queue(virtio.dev, number);
  const queue = useSessionState(({ moment }) => {
    const it = dev === undefined ? undefined : moment.queues.get(queueKey(dev, number));
    const format = it?.packed ? 'packed' : it?.bigEndian ? 'split, big-endian' : 'split';
    return it?.enabled ? `${format} · ${it.size} entries` : undefined;
  });
  const source = useMemo(
    () => (dev === undefined ? undefined : new SessionSource(session, dev, number, role)),
    [session, dev, number, role],
  );
  return (
    <Pane
      name="ring"
      title={name ? `Queue ${number} of ${name}` : 'Queue'}
      detail={<span>{[role, queue].filter(Boolean).join(' · ')}</span>}
      actions={
        <>
          <QueueChooser virtio={virtio} />
          <Looks />
        </>
      }
      className="ring"
    >
      {source && queue !== undefined ? (
        <Suspense>
          <RingBody source={source} virtioId={virtio?.virtio?.deviceId} />
        </Suspense>
      ) : (
        <p className="pane-empty">
          {virtio
            ? 'The driver has not set this queue up yet. Its rings appear here when it enables the queue.'
            : 'The selected device has no virtqueue.'}
        </p>
      )}
    </Pane>
  );
}

/** Ways to look at the queue: near is what none of them is pressed for. */
function Looks() {
  const look = useUi((ui) => ui.ringLook);
  const lens = useUi((ui) => ui.ringLens);
  const turn = (to: RingLook) => useUi.setState({ ringLook: look === to ? 'picture' : to });
  return (
    <>
      <button
        type="button"
        className="button button-bare"
        aria-pressed={look === 'overview'}
        title="All entries as cells (− and + in the picture)"
        onClick={() => turn('overview')}
      >
        Overview
      </button>
      <button
        type="button"
        className="button button-bare"
        aria-pressed={lens}
        title="The same workload in the other ring format, beside this one"
        onClick={() => useUi.setState({ ringLens: !lens })}
      >
        Lens
      </button>
      <button
        type="button"
        className="button button-bare"
        aria-pressed={look === 'table'}
        onClick={() => turn('table')}
      >
        Table
      </button>
    </>
  );
}

function QueueChooser({ virtio }: { virtio: DeviceNode | undefined }) {
  const queue = useUi((ui) => ui.queue);
  const queues = virtio?.virtio?.queues ?? [];
  if (queues.length < 2) return null;
  return (
    <select
      className="select"
      aria-label="Queue"
      value={queue}
      onChange={(event) => useUi.setState({ queue: Number(event.target.value) })}
    >
      {queues.map(({ name }, i) => (
        <option key={name} value={i}>
          {i} {name}
        </option>
      ))}
    </select>
  );
}
