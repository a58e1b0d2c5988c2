import { useEffect, useState } from 'react';
import type { RegisterFacts } from '../../protocol/messages.ts';
import type { DeviceNode } from '../../protocol/topology.ts';
import { REGIONS } from '../../spec/regions.ts';
import { VIRTIO_MMIO_CONFIG } from '../../spec/virtio-mmio.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { Section } from './section.tsx';

/** How often registers are read again while a guest runs, in ms. */
const EVERY = 500;

/**
 * Registers that the machine has and the journal has not seen, read without a trace and again whenever the machine
 * moved. They are of now: at an earlier moment they are not shown.
 */
export function RegistersNow({ devices }: { devices: readonly DeviceNode[] }) {
  const atEnd = useSessionState((state) => state.live && state.cursor === state.length);
  if (!atEnd)
    return (
      <Section title="Live registers" open>
        <p className="section-empty">
          You look at the past. What the machine holds now is shown at the end of a live run.
        </p>
      </Section>
    );
  return <LiveRegisters devices={devices} />;
}

function LiveRegisters({ devices }: { devices: readonly DeviceNode[] }) {
  const all = useRegisters(devices.map(({ path }) => path).join('\n'));
  const moment = useSessionState((state) => state.moment);
  const seen = new Set<string>();
  for (const { dev } of devices)
    for (const { region, offset } of moment.devices.get(dev)?.registers.values() ?? [])
      seen.add(placeOf(REGIONS[region]?.name ?? '', offset));
  const registers = all.filter(({ region, offset }) => !seen.has(placeOf(region, offset)));
  if (registers.length === 0) return null;
  return (
    <Section title="Live: registers that the journal has not seen" count={registers.length}>
      <p className="section-empty">
        Read from the machine as it is now. No driver did, so the journal has none of it.
      </p>
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

/** What a register is known by, in the journal and to the machine: device configuration begins anywhere. */
function placeOf(region: string, offset: number): string {
  if (region === 'virtio-pci-device') return `config ${offset}`;
  if (region === 'virtio-mmio' && offset >= VIRTIO_MMIO_CONFIG)
    return `config ${offset - VIRTIO_MMIO_CONFIG}`;
  return `${region} ${offset}`;
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
