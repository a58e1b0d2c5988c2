import { hex } from '../../base/bits.ts';
import type { RingView } from '../../journal/fold/ring-view.ts';
import { flagWords } from './cells.tsx';
import { type Hits, isHit, isIndexHit } from './hits.ts';

/** Most entries that the table lists; a longer queue is cut, and says so. */
const MOST = 512;

/** The picture in words: the same queue as three tables. */
export function RingTable(props: {
  view: RingView;
  hits: Hits;
  roles: ReadonlyMap<number, string>;
  eventIdx: boolean;
}) {
  const { view, hits, roles, eventIdx } = props;
  const rows = Array.from({ length: Math.min(view.size, MOST) }, (_, i) => i);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable
    <section className="ring-table" aria-label="Queue as tables" tabIndex={0}>
      {view.size > MOST && (
        <p>
          The first {MOST} of {view.size} entries.
        </p>
      )}
      <table className="grid">
        <caption>Descriptor table</caption>
        <thead>
          <tr>
            <th scope="col">entry</th>
            <th scope="col">address</th>
            <th scope="col">bytes</th>
            <th scope="col">flags</th>
            <th scope="col">next</th>
            <th scope="col">owner</th>
            <th scope="col">what</th>
          </tr>
        </thead>
        <tbody className="mono">
          {rows.map((i) => {
            const d = view.descriptor(i);
            return (
              d && (
                <tr key={i} data-current={isHit(hits, 'desc', i) || undefined}>
                  <th scope="row">{i}</th>
                  <td>{hex(d.addr, 8)}</td>
                  <td>{d.len}</td>
                  <td>{flagWords(d) || '–'}</td>
                  <td>{d.hasNext ? d.next : '–'}</td>
                  <td>{d.owner}</td>
                  <td>{d.owner === 'free' ? '' : roles.get(i)}</td>
                </tr>
              )
            );
          })}
        </tbody>
      </table>
      <table className="grid">
        <caption>
          <span data-current={isIndexHit(hits, 'avail') || undefined}>
            Available ring: idx {view.availIdx}, entry {view.slotOf(view.availIdx)}; the device
            looks next at {view.queue.lastAvailIdx}
          </span>
          {view.noInterrupt && '; NO_INTERRUPT'}
          {eventIdx && `; used_event ${view.usedEvent}`}
        </caption>
        <thead>
          <tr>
            <th scope="col">entry</th>
            <th scope="col">head</th>
            <th scope="col">published as</th>
            <th scope="col">state</th>
          </tr>
        </thead>
        <tbody className="mono">
          {rows.map((i) => {
            const slot = view.available(i);
            return (
              slot && (
                <tr key={i} data-current={isHit(hits, 'avail', i) || undefined}>
                  <th scope="row">{i}</th>
                  <td>{slot.state === 'empty' ? '–' : slot.head}</td>
                  <td>{slot.index ?? '–'}</td>
                  <td>{slot.state}</td>
                </tr>
              )
            );
          })}
        </tbody>
      </table>
      <table className="grid">
        <caption>
          <span data-current={isIndexHit(hits, 'used') || undefined}>
            Used ring: idx {view.usedIdx}, entry {view.slotOf(view.usedIdx)}
          </span>
          {view.noNotify && '; NO_NOTIFY'}
          {eventIdx && `; avail_event ${view.availEvent}`}
        </caption>
        <thead>
          <tr>
            <th scope="col">entry</th>
            <th scope="col">head</th>
            <th scope="col">bytes written</th>
            <th scope="col">published as</th>
            <th scope="col">state</th>
          </tr>
        </thead>
        <tbody className="mono">
          {rows.map((i) => {
            const slot = view.used(i);
            return (
              slot && (
                <tr key={i} data-current={isHit(hits, 'used', i) || undefined}>
                  <th scope="row">{i}</th>
                  <td>{slot.state === 'empty' ? '–' : slot.id}</td>
                  <td>{slot.state === 'empty' ? '–' : slot.len}</td>
                  <td>{slot.index ?? '–'}</td>
                  <td>{slot.state}</td>
                </tr>
              )
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
