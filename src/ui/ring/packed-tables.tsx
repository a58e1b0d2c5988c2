import { hex } from '../../base/bits.ts';
import type { PackedView } from '../../journal/fold/packed-view.ts';
import { eventWords, flagWords, packedWord, placeWords } from './entry-words.ts';
import { Fault, Grid, type TablesProps } from './grid-table.tsx';
import { isFieldHit, isHit } from './hits.ts';
import { faultSentence } from './roles.ts';

/** Most chains that are listed. */
const MOST_CHAINS = 256;

const COLUMNS = [
  ...['entry', 'address', 'bytes', 'buffer ID', 'AVAIL', 'USED'],
  ...['flags', 'state', 'owner', 'what'],
];

/** A packed virtqueue as tables: its ring, the chains that the device owns, and what each side waits for. */
export function PackedTables({ view, hits, rows, roles, now, virtioId }: TablesProps<PackedView>) {
  const { chains } = view;
  return (
    <>
      <Grid
        caption={
          <>
            Descriptor ring: the driver makes {placeWords(view.nextAvailable)} available next; the
            device looks at {placeWords(view.nextTaken)} next, and uses {placeWords(view.nextUsed)}{' '}
            next
          </>
        }
        columns={COLUMNS}
        count={view.size}
      >
        {rows.map((i) => {
          const d = view.descriptor(i);
          const fault = faultSentence(
            view,
            now.violations,
            { structure: 'desc', index: i },
            virtioId,
          );
          return (
            d && (
              <tr key={i} aria-rowindex={i + 2} data-current={isHit(hits, 'desc', i) || undefined}>
                <th scope="row">{i}</th>
                <td>{hex(d.addr, 8)}</td>
                <td>{d.len}</td>
                <td>{d.id}</td>
                <td>{d.avail ? 1 : 0}</td>
                <td>{d.used ? 1 : 0}</td>
                <td>{flagWords(d) || '–'}</td>
                <td>{packedWord(d)}</td>
                <td>{d.owner}</td>
                <td>
                  {d.owner === 'free' ? '' : roles.get(i)} <Fault text={fault} />
                </td>
              </tr>
            )
          );
        })}
      </Grid>
      <Grid
        caption={`Chains that the device owns${chains.length > MOST_CHAINS ? `: the first ${MOST_CHAINS} of ${chains.length}` : ''}`}
        columns={['buffer ID', 'from entry', 'descriptors', 'state']}
      >
        {chains.slice(0, MOST_CHAINS).map(({ id, slot, count, taken, overwritten }) => (
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
      </Grid>
      <Grid caption="Event suppression" columns={['who', 'wants', 'when']}>
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
      </Grid>
    </>
  );
}
