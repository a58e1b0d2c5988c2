import { useEffect, useState } from 'react';
import type { RegisterFacts } from '../../protocol/messages.ts';
import type { DeviceNode } from '../../protocol/topology.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { Section } from './section.tsx';

/** How often registers are read again while a guest runs, in ms. */
const EVERY = 500;

/**
 * Registers of a device, and of the virtio device in it, as they are in the machine: read without a trace, and
 * again whenever it moved.
 */
export function RegistersNow({ devices }: { devices: readonly DeviceNode[] }) {
  const live = useSessionState((state) => state.cursor === state.length);
  const registers = useRegisters(devices.map(({ path }) => path).join('\n'));
  if (registers.length === 0) return null;
  return (
    <Section title="Registers, as they are now" count={registers.length} open>
      {!live && (
        <p className="section-empty">
          You look at an earlier moment; these are the registers of the machine as it stands.
        </p>
      )}
      <table className="grid registers">
        <thead>
          <tr>
            <th scope="col">register</th>
            <th scope="col">value</th>
          </tr>
        </thead>
        <tbody>
          {registers.map((register, i) => (
            <Row
              key={`${register.region} ${register.offset}`}
              register={register}
              head={registers[i - 1]?.region !== register.region}
            />
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function Row({ register, head }: { register: RegisterFacts; head: boolean }) {
  const { region, name, offset, value, doc } = register;
  return (
    <>
      {head && (
        <tr className="grid-group">
          <th scope="colgroup" colSpan={2}>
            {region === 'config' ? 'device configuration' : region}
          </th>
        </tr>
      )}
      <tr>
        <th scope="row" className="mono" title={`offset 0x${offset.toString(16)}: ${doc}`}>
          {name}
        </th>
        <td className="mono">{value}</td>
      </tr>
    </>
  );
}

/** `paths`: of devices, a line each. */
function useRegisters(paths: string): readonly RegisterFacts[] {
  const session = useSession();
  const topology = useSessionState((state) => state.topology);
  const running = useSessionState((state) => state.run === 'running');
  const length = useSessionState((state) => (state.run === 'running' ? 0 : state.length));
  const [registers, setRegisters] = useState<readonly RegisterFacts[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another topology, another event: other values
  useEffect(() => {
    let wanted = true;
    const read = async () => {
      const facts = await Promise.all(paths.split('\n').map((path) => session.device(path)));
      if (wanted) setRegisters(facts.flatMap((one) => one?.registers ?? []));
    };
    void read();
    const timer = running ? setInterval(() => void read(), EVERY) : undefined;
    return () => {
      wanted = false;
      clearInterval(timer);
    };
  }, [session, paths, topology, running, length]);
  return registers;
}
