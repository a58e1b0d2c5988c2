import { useMemo } from 'react';
import { Labels } from '../../journal/labels/labels.ts';
import { showMemory } from '../memory/memory-store.ts';
import { useSessionState } from '../state/session-context.tsx';
import { Section } from './section.tsx';

/** The descriptor of a device in the page of the s390-virtio machine, at the cursor. */
export function DevicePageSection({ dev }: { dev: number }) {
  const moment = useSessionState((state) => state.moment);
  const topology = useSessionState((state) => state.topology);
  const platform = useSessionState((state) => state.memoryFacts?.platform);
  const fields = useMemo(
    () => new Labels({ moment, topology, platform }).descriptorOf(dev),
    [moment, topology, platform, dev],
  );
  return (
    <Section title="Descriptor in the device page" count={fields.length} open={fields.length > 0}>
      {fields.length === 0 ? (
        <p className="section-empty">The page has none for it.</p>
      ) : (
        <table className="grid registers">
          <caption className="visually-hidden">Fields of the device descriptor</caption>
          <thead>
            <tr>
              <th scope="col">field</th>
              <th scope="col">value</th>
              <th scope="col">address</th>
            </tr>
          </thead>
          <tbody>
            {fields.map(({ field, value, doc, start }) => (
              <tr key={start}>
                <th scope="row" className="mono" title={doc}>
                  {field}
                </th>
                <td className="mono">{value}</td>
                <td>
                  <button type="button" className="link mono" onClick={() => showMemory(start)}>
                    {start.toString(16)}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}
