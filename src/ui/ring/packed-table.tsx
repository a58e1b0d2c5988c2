import { hex } from '../../base/bits.ts';
import type { PackedView } from '../../journal/fold/packed-view.ts';
import { flagWords } from './cells.tsx';
import { type Hits, isFieldHit, isHit } from './hits.ts';
import { eventWords, placeWords } from './packed-picture.tsx';

/** Most entries that the table lists; a longer queue is cut, and says so. */
const MOST = 512;

/** The picture of a packed queue in words: its ring, and the chains that the device owns. */
export function PackedTable(props: {
  view: PackedView;
  hits: Hits;
  roles: ReadonlyMap<number, string>;
}) {
  const { view, hits, roles } = props;
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
        <caption>
          Descriptor ring: the driver makes {placeWords(view.nextAvailable)} available next; the
          device looks at {placeWords(view.nextTaken)} next, and uses {placeWords(view.nextUsed)}{' '}
          next
        </caption>
        <thead>
          <tr>
            <th scope="col">entry</th>
            <th scope="col">address</th>
            <th scope="col">bytes</th>
            <th scope="col">buffer ID</th>
            <th scope="col">AVAIL</th>
            <th scope="col">USED</th>
            <th scope="col">flags</th>
            <th scope="col">state</th>
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
                  <td>{d.id}</td>
                  <td>{d.avail ? 1 : 0}</td>
                  <td>{d.used ? 1 : 0}</td>
                  <td>{flagWords(d) || '–'}</td>
                  <td>{d.state}</td>
                  <td>{d.owner}</td>
                  <td>{d.owner === 'free' ? '' : roles.get(i)}</td>
                </tr>
              )
            );
          })}
        </tbody>
      </table>
      <table className="grid">
        <caption>Chains that the device owns</caption>
        <thead>
          <tr>
            <th scope="col">buffer ID</th>
            <th scope="col">from entry</th>
            <th scope="col">descriptors</th>
            <th scope="col">state</th>
          </tr>
        </thead>
        <tbody className="mono">
          {view.chains.slice(0, MOST).map(({ id, slot, count, taken, overwritten }) => (
            <tr key={`${id} ${slot}`}>
              <th scope="row">{id}</th>
              <td>
                {slot}
                {overwritten && ', overwritten since'}
              </td>
              <td>{count}</td>
              <td>{taken ? 'in flight' : 'waiting'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table className="grid">
        <caption>Event suppression</caption>
        <thead>
          <tr>
            <th scope="col">who</th>
            <th scope="col">wants</th>
            <th scope="col">when</th>
          </tr>
        </thead>
        <tbody className="mono">
          <tr data-current={isFieldHit(hits, 'avail') || undefined}>
            <th scope="row">driver</th>
            <td>interrupts</td>
            <td>{eventWords(view.driverEvent)}</td>
          </tr>
          <tr data-current={isFieldHit(hits, 'used') || undefined}>
            <th scope="row">device</th>
            <td>notifications</td>
            <td>{eventWords(view.deviceEvent)}</td>
          </tr>
        </tbody>
      </table>
    </section>
  );
}
