import { useState } from 'react';
import { type RegisterContext, registerWords, valueText } from '../../journal/register-words.ts';
import { selectedText } from '../../spec/selected-registers.ts';
import { useSession } from '../state/session-context.tsx';
import { useRegisterHistory } from './use-register-history.ts';

/** Accesses that are listed at first, and how many more each time. */
const SOME = 12;

/** Who read and wrote a register up to event count `at`, the newest first. */
export function AccessHistory(props: {
  dev: number;
  region: number;
  offset: number;
  at: number;
  name: string;
  context: RegisterContext;
}) {
  const { dev, region, offset, at, name, context } = props;
  const session = useSession();
  const { history } = useRegisterHistory();
  const [most, setMost] = useState(SOME);
  const all = history.count(dev, region, offset, at);
  const accesses = history.accesses(dev, region, offset, at, most);
  if (accesses.length === 0) return <p className="section-empty">No access that is still held.</p>;
  return (
    <>
      <table className="grid history">
        <caption className="visually-hidden">Accesses to {name}, the newest first</caption>
        <thead>
          <tr>
            <th scope="col">event</th>
            <th scope="col">access</th>
            <th scope="col">before → value</th>
            <th scope="col">line</th>
          </tr>
        </thead>
        <tbody>
          {accesses.map(({ event, by, write, size, value, old, selected, line }) => (
            <tr key={event} data-current={event === at - 1 || undefined}>
              <td>
                <button type="button" className="link mono" onClick={() => session.seek(event + 1)}>
                  {event + 1}
                </button>
              </td>
              <td>
                {by} {write ? 'writes' : 'reads'}
                {selected !== undefined && (
                  <span className="history-of"> {selectedText(region, offset, selected)}</span>
                )}
              </td>
              <td className="mono">
                {old === undefined || old === value ? '' : `${valueText(old, size)} → `}
                <strong>{valueText(value, size)}</strong>{' '}
                <span className="register-words">
                  {registerWords(region, offset, value, context, selected)}
                </span>
              </td>
              <td>{line > 0 ? line : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {accesses.length < all && (
        <button type="button" className="link" onClick={() => setMost(most + 4 * SOME)}>
          {all - accesses.length} older
        </button>
      )}
    </>
  );
}
