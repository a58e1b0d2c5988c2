import { type CcwCommand, ccwCommand } from '../../journal/ccw-view.ts';
import type { DeviceNode } from '../../protocol/topology.ts';
import { showMemory } from '../memory/memory-store.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { Breakable } from './breakable.tsx';
import { Section } from './section.tsx';
import { useRegisterHistory } from './use-register-history.ts';

/** Commands that are looked through, the newest. */
const MOST = 128;

/** What a driver told a channel device, and was told, command by command; the newest of each. */
export function ChannelSection(props: {
  devices: readonly DeviceNode[];
  virtioId: number | undefined;
}) {
  const { devices, virtioId } = props;
  const session = useSession();
  const at = useSessionState((state) => state.cursor);
  const { history } = useRegisterHistory();
  const momentAt = (count: number) => session.momentAt(count);
  const commands = newestOfEach(
    devices
      .flatMap(({ dev }) => history.marks(dev, 'ccw', at, MOST))
      .flatMap((event) => ccwCommand(session.store, event, at, virtioId, momentAt) ?? []),
  );
  return (
    <Section title="Channel commands" count={commands.length} open={commands.length > 0}>
      {commands.length === 0 ? (
        <p className="section-empty">The driver has sent none.</p>
      ) : (
        <table className="grid registers">
          <caption className="visually-hidden">The newest of each channel command</caption>
          <thead>
            <tr>
              <th scope="col">command</th>
              <th scope="col">what it carried</th>
              <th scope="col">event</th>
            </tr>
          </thead>
          <tbody>
            {commands.map((command) => (
              <tr key={command.event} data-current={command.event === at - 1 || undefined}>
                <th scope="row" className="mono" title={`VIRTIO 1.4 §${command.section}`}>
                  <Breakable text={command.name} />
                </th>
                <td className="mono">
                  {command.fields.map(({ name, value, doc }) => (
                    <div key={name} title={doc}>
                      <span className="register-words">{name}</span> {value}
                    </div>
                  ))}
                  {command.count > 0 && (
                    <button type="button" className="link" onClick={() => showMemory(command.addr)}>
                      {command.count} bytes in memory
                    </button>
                  )}
                </td>
                <td>
                  <button
                    type="button"
                    className="link mono"
                    onClick={() => session.seek(command.event + 1)}
                  >
                    {command.event + 1}
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

/** A queue or a half of the features is another command. */
function newestOfEach(commands: readonly CcwCommand[]): CcwCommand[] {
  const found = new Map<string, CcwCommand>();
  for (const command of commands) {
    const index = command.fields.find(({ name }) => name === 'index')?.value ?? '';
    const key = `${command.name} ${index}`;
    if (!found.has(key)) found.set(key, command);
  }
  return [...found.values()].sort((a, b) => a.event - b.event);
}
