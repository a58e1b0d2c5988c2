import { lazy, Suspense, useCallback, useState } from 'react';
import './ring.css';
import { useUi } from '../state/ui-store.ts';
import { RingPicture } from './ring-picture.tsx';
import type { Mode } from './scene/layout.ts';
import { type RingSource, useRingNow } from './source.ts';

const LensView = lazy(async () => ({ default: (await import('./lens-view.tsx')).LensView }));
const RingTables = lazy(async () => ({ default: (await import('./ring-tables.tsx')).RingTables }));

/** A queue that is set up: as a picture or as tables. */
export function RingBody(props: { source: RingSource; virtioId: number | undefined }) {
  const { source, virtioId } = props;
  const now = useRingNow(source);
  const look = useUi((ui) => ui.ringLook);
  const lens = useUi((ui) => ui.ringLens);
  const [pointed, setPointed] = useState<number>();
  const setMode = useCallback(
    (mode: Mode) => useUi.setState({ ringLook: mode === 'map' ? 'overview' : 'picture' }),
    [],
  );
  if (!now?.queue.enabled) return null;
  if (now.queue.size === 0 || now.queue.size > MOST_SIZE)
    return <p className="pane-empty">{`A queue of ${now.queue.size} entries cannot be drawn.`}</p>;
  if (look === 'table')
    return (
      <Suspense>
        <RingTables now={now} virtioId={virtioId} />
      </Suspense>
    );
  const mode = look === 'overview' ? 'map' : 'near';
  if (lens)
    return (
      <Suspense>
        <LensView
          key={`${now.queue.dev} ${now.queue.queue}`}
          {...{ source, now, virtioId, mode, setMode }}
        />
      </Suspense>
    );
  return (
    <div className="ring-body">
      <RingPicture
        key={`${now.queue.dev} ${now.queue.queue} ${now.queue.packed}`}
        source={source}
        now={now}
        virtioId={virtioId}
        mode={mode}
        setMode={setMode}
        pointed={pointed}
        point={setPointed}
      />
    </div>
  );
}

/** Entries of the largest queue that there can be (VIRTIO 1.4 §2.7). */
const MOST_SIZE = 32_768;
