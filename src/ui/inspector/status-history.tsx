import { flagNames, STATUS_BITS } from '../../spec/constants.ts';
import { useSession } from '../state/session-context.tsx';
import { useRegisterHistory } from './use-register-history.ts';

/** Changes that are listed, the newest. */
const MOST = 24;

/** How the device status of a virtio device changed up to event count `at`, the newest first. */
export function StatusHistory({ dev, at }: { dev: number; at: number }) {
  const session = useSession();
  const { history } = useRegisterHistory();
  const { store } = session;
  const changes = history.marks(dev, 'status', at, MOST).flatMap((index) => {
    const event = store.get(index);
    return event.kind === 'status' ? [{ index, event, line: history.lineAt(index) }] : [];
  });
  if (changes.length === 0) return null;
  return (
    <details className="status-history">
      <summary>How it got there: {changes.length} changes</summary>
      <table className="grid registers">
        <caption className="visually-hidden">
          Changes of the device status, the newest first
        </caption>
        <thead>
          <tr>
            <th scope="col">event</th>
            <th scope="col">set or cleared</th>
            <th scope="col">line</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ index, event, line }) => (
            <tr key={index} data-current={index === at - 1 || undefined}>
              <td>
                <button type="button" className="link mono" onClick={() => session.seek(index + 1)}>
                  {index + 1}
                </button>
              </td>
              <td className="mono">{changeText(event.old, event.new)}</td>
              <td>{line > 0 ? line : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function changeText(old: number, now: number): string {
  if (now === 0) return 'reset';
  const set = flagNames(STATUS_BITS, now & ~old).map((name) => `+ ${name}`);
  const cleared = flagNames(STATUS_BITS, old & ~now).map((name) => `− ${name}`);
  return [...set, ...cleared].join(' ');
}
