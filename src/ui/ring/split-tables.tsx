import { hex } from '../../base/bits.ts';
import type { RingView } from '../../journal/fold/ring-view.ts';
import { flagWords, indexWords } from './entry-words.ts';
import { Fault, Grid, type TablesProps } from './grid-table.tsx';
import { isHit, isIndexHit } from './hits.ts';
import { faultSentence } from './roles.ts';

/** A split virtqueue as three tables. */
export function SplitTables({ view, hits, rows, roles, now, virtioId }: TablesProps<RingView>) {
  const { eventIdx } = now;
  const fault = (structure: 'desc' | 'avail', index: number) =>
    faultSentence(view, now.violations, { structure, index }, virtioId);
  return (
    <>
      <Grid
        caption="Descriptor table"
        columns={['entry', 'address', 'bytes', 'flags', 'next', 'owner', 'what']}
        count={view.size}
      >
        {rows.map((i) => {
          const d = view.descriptor(i);
          return (
            d && (
              <tr key={i} aria-rowindex={i + 2} data-current={isHit(hits, 'desc', i) || undefined}>
                <th scope="row">{i}</th>
                <td>{hex(d.addr, 8)}</td>
                <td>{d.len}</td>
                <td>{flagWords(d) || '–'}</td>
                <td>{d.hasNext ? d.next : '–'}</td>
                <td>{d.owner}</td>
                <td>
                  {d.owner === 'free' ? '' : roles.get(i)} <Fault text={fault('desc', i)} />
                </td>
              </tr>
            )
          );
        })}
      </Grid>
      <Grid
        caption={
          <>
            <span data-current={isIndexHit(hits, 'avail') || undefined}>
              Available ring: idx {view.availIdx}, {indexWords(view.availIdx, view.size)}; the
              device looks next at {view.queue.lastAvailIdx}
            </span>
            {view.noInterrupt && '; NO_INTERRUPT'}
            {eventIdx && `; used_event ${view.usedEvent}`}
          </>
        }
        columns={['entry', 'head', 'published as', 'state', 'threshold']}
        count={view.size}
      >
        {rows.map((i) => {
          const slot = view.available(i);
          return (
            slot && (
              <tr key={i} aria-rowindex={i + 2} data-current={isHit(hits, 'avail', i) || undefined}>
                <th scope="row">{i}</th>
                <td>{slot.state === 'empty' ? '–' : slot.head}</td>
                <td>{slot.index ?? '–'}</td>
                <td>{slot.state}</td>
                <td>
                  {eventIdx && view.slotOf(view.availEvent) === i
                    ? `avail_event ${view.availEvent}`
                    : ''}{' '}
                  <Fault text={fault('avail', i)} />
                </td>
              </tr>
            )
          );
        })}
      </Grid>
      <Grid
        caption={
          <>
            <span data-current={isIndexHit(hits, 'used') || undefined}>
              Used ring: idx {view.usedIdx}, {indexWords(view.usedIdx, view.size)}
            </span>
            {view.noNotify && '; NO_NOTIFY'}
            {eventIdx && `; avail_event ${view.availEvent}`}
          </>
        }
        columns={['entry', 'head', 'bytes written', 'published as', 'state', 'threshold']}
        count={view.size}
      >
        {rows.map((i) => {
          const slot = view.used(i);
          return (
            slot && (
              <tr key={i} aria-rowindex={i + 2} data-current={isHit(hits, 'used', i) || undefined}>
                <th scope="row">{i}</th>
                <td>{slot.state === 'empty' ? '–' : slot.id}</td>
                <td>{slot.state === 'empty' ? '–' : slot.len}</td>
                <td>{slot.index ?? '–'}</td>
                <td>{slot.state}</td>
                <td>
                  {eventIdx && view.slotOf(view.usedEvent) === i
                    ? `used_event ${view.usedEvent}`
                    : ''}
                </td>
              </tr>
            )
          );
        })}
      </Grid>
    </>
  );
}
