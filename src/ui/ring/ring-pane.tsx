import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import './ring.css';
import type { QueueMoment } from '../../journal/fold/moment.ts';
import { viewOf } from '../../journal/fold/packed-view.ts';
import type { DeviceNode } from '../../protocol/topology.ts';
import { bitsOf } from '../../spec/constants.ts';
import { VIRTIO_F } from '../../spec/virtio.ts';
import { Pane } from '../kit/pane.tsx';
import { namesOf } from '../state/names.ts';
import { useSessionState } from '../state/session-context.tsx';
import { useShown, useShownQueue } from '../state/shown.ts';
import { useUi } from '../state/ui-store.ts';
import { BytesCard } from './bytes-card.tsx';
import { hitsOf } from './hits.ts';
import { PackedPicture } from './packed-picture.tsx';
import { RingPicture } from './ring-picture.tsx';
import { rolesOf } from './roles.ts';

const RingTable = lazy(async () => ({ default: (await import('./ring-table.tsx')).RingTable }));
const PackedTable = lazy(async () => ({
  default: (await import('./packed-table.tsx')).PackedTable,
}));

/** A virtqueue of the selected device, as it lies in guest memory. */
export function RingPane() {
  const { virtio } = useShown();
  const topology = useSessionState((state) => state.topology);
  const names = useMemo(() => namesOf(topology), [topology]);
  const queue = useShownQueue(virtio);
  const number = useUi((ui) => ui.queue);
  const look = useUi((ui) => ui.ringLook);
  const name = virtio && names.device(virtio.dev);
  return (
    <Pane
      name="ring"
      title={name ? `Queue ${number} of ${name}` : 'Queue'}
      detail={
        <span>
          {[
            virtio && names.queue(virtio.dev, number),
            queue?.enabled && (queue.packed ? 'packed' : 'split'),
            queue?.enabled && `${queue.size} entries`,
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      }
      actions={
        <>
          <QueueChooser virtio={virtio} />
          <button
            type="button"
            className="button button-bare"
            aria-pressed={look === 'table'}
            onClick={() => useUi.setState({ ringLook: look === 'table' ? 'picture' : 'table' })}
          >
            Table
          </button>
        </>
      }
      className="ring"
    >
      {!queue?.enabled ? (
        <p className="pane-empty">
          {virtio
            ? 'The driver has not set this queue up yet. Its rings appear here when it enables the queue.'
            : 'The selected device has no virtqueue.'}
        </p>
      ) : (
        <Ring queue={queue} virtioId={virtio?.virtio?.deviceId} table={look === 'table'} />
      )}
    </Pane>
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

/** Which descriptor's bytes are shown, and whether they stay. */
interface Chosen {
  readonly index: number | undefined;
  readonly pinned: boolean;
  readonly place: 'above' | 'below';
}

function Ring(props: { queue: QueueMoment; virtioId: number | undefined; table: boolean }) {
  const { queue, virtioId, table } = props;
  const memory = useSessionState(({ moment }) => moment.memory);
  const event = useSessionState(({ moment }) => moment.last);
  const queues = useSessionState(({ moment }) => moment.queues);
  const view = useMemo(() => viewOf(queue, memory), [queue, memory]);
  const hits = useMemo(() => hitsOf(event, view, queues), [event, view, queues]);
  const roles = useMemo(() => rolesOf(view, virtioId, memory), [view, virtioId, memory]);
  const [chosen, setChosen] = useState<Chosen>({
    index: undefined,
    pinned: false,
    place: 'below',
  });
  const choose = useCallback(
    (index: number | undefined, pinned: boolean, place: Chosen['place']) => {
      setChosen((before) =>
        // What is pinned stays until it is closed or another one is pinned.
        before.pinned && !pinned ? before : { index, pinned: pinned && index !== undefined, place },
      );
    },
    [],
  );
  const eventIdx = useSessionState(({ moment }) =>
    bitsOf(moment.devices.get(queue.dev)?.accepted ?? 0).includes(VIRTIO_F.VIRTIO_F_EVENT_IDX),
  );
  if (view.size === 0)
    return <p className="pane-empty">{`A queue of ${queue.size} entries cannot be drawn.`}</p>;
  const parts = { hits, roles, eventIdx };
  if (table)
    return (
      <Suspense>
        {view.packed ? (
          <PackedTable view={view} {...parts} />
        ) : (
          <RingTable view={view} {...parts} />
        )}
      </Suspense>
    );
  const picking = { ...parts, chosen: chosen.index, choose };
  return (
    <div className="ring-body">
      {view.packed ? (
        <PackedPicture view={view} {...picking} />
      ) : (
        <RingPicture view={view} {...picking} />
      )}
      {chosen.index !== undefined && (
        <BytesCard
          view={view}
          memory={memory}
          virtioId={virtioId}
          index={chosen.index}
          place={chosen.place}
          pinned={chosen.pinned}
          close={() => choose(undefined, true, 'below')}
        />
      )}
    </div>
  );
}
