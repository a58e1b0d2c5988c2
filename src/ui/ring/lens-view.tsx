import { useCallback, useMemo, useState } from 'react';
import type { SideCost } from '../../journal/lens/cost.ts';
import { useSession } from '../state/session-context.tsx';
import { LensSource } from './lens-source.ts';
import { RingPicture } from './ring-picture.tsx';
import type { Mode } from './scene/layout.ts';
import { type RingNow, type RingSource, useRingNow } from './source.ts';

/** The same workload in both ring formats, side by side: what is in guest memory, and what the other would be. */
export function LensView(props: {
  source: RingSource;
  now: RingNow;
  virtioId: number | undefined;
  mode: Mode;
  setMode(mode: Mode): void;
}) {
  const { source, now, virtioId, mode, setMode } = props;
  const session = useSession();
  const { dev, queue, packed } = now.queue;
  const { queue: name } = now.requests;
  const lens = useMemo(
    () => new LensSource(session, dev, queue, name),
    [session, dev, queue, name],
  );
  const other = useRingNow(lens);
  const { moment, complete } = lens.facts();
  const [pointed, setPointed] = useState<number>();
  const point = useCallback((name: number | undefined) => setPointed(name), []);
  const pictures = { virtioId, mode, setMode, pointed, point };
  const [own, others] = packed ? (['packed', 'split'] as const) : (['split', 'packed'] as const);
  return (
    <div className="ring-lens">
      <section aria-label={`In guest memory: ${own}`} data-format={own}>
        <header>
          <strong>{own}</strong>, in guest memory
          <Costs driver={moment?.own.driver} device={moment?.own.device} />
        </header>
        <RingPicture key={own} source={source} now={now} {...pictures} />
      </section>
      <section aria-label={`As ${others} would have it`} data-format={others} data-derived>
        <header>
          <strong>as {others} would have it</strong>, derived: not in guest memory
          <Costs driver={moment?.other.driver} device={moment?.other.device} />
        </header>
        {other?.queue.enabled ? (
          <RingPicture key={others} source={lens} now={other} {...pictures} derived />
        ) : (
          <p className="pane-empty">{complete ? 'Nothing to show yet.' : 'Reading the run …'}</p>
        )}
        {moment !== undefined && moment.leftOut > 0 && (
          <p className="ring-fault">
            {moment.leftOut} chains of a driver that breaks rules do not fit.
          </p>
        )}
      </section>
    </div>
  );
}

/** What a format has cost so far. */
function Costs(props: { driver: SideCost | undefined; device: SideCost | undefined }) {
  const { driver, device } = props;
  if (!driver || !device) return null;
  return (
    <span
      className="ring-costs"
      title="Stores to descriptors and rings so far, and 64-byte cache lines touched: each line once when chains are made available, when one is taken, and when one is returned. Event suppression is left out."
    >
      <Cost who="driver" cost={driver} />
      <Cost who="device" cost={device} />
    </span>
  );
}

function Cost({ who, cost }: { who: 'driver' | 'device'; cost: SideCost }) {
  const figures = new Intl.NumberFormat('en');
  return (
    <span data-tone={who}>
      {who} {figures.format(cost.writes)} writes, {figures.format(cost.lines)} lines
    </span>
  );
}
