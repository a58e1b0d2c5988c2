import { hex } from '../../base/bits.ts';
import type { DeviceMoment, RegisterMoment } from '../../journal/fold/moment.ts';
import type { DeviceNode } from '../../protocol/topology.ts';
import { REGION_INDEX, REGIONS, registerName } from '../../spec/regions.ts';
import { VIRTIO_MMIO_CONFIG } from '../../spec/virtio-mmio.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { Section } from './section.tsx';

const NOTHING: DeviceMoment['registers'] = new Map();

/** Registers of a device, and of the virtio device in it, as the driver last saw or wrote them at the cursor. */
export function RegisterSections({ devices }: { devices: readonly DeviceNode[] }) {
  const [first, second] = devices;
  const a = useSessionState(({ moment }) => registersOf(moment.devices, first));
  const b = useSessionState(({ moment }) => registersOf(moment.devices, second));
  const deviceId = devices.find((device) => device.virtio)?.virtio?.deviceId;
  const seen = [...a.values(), ...b.values()].sort(
    (x, y) => x.region - y.region || x.offset - y.offset,
  );
  const config = seen.filter(isConfigSpace);
  const others = seen.filter((register) => !isConfigSpace(register));
  return (
    <>
      <Section
        title="Registers, as the driver last saw them"
        count={others.length}
        open={others.length > 0}
      >
        {others.length === 0 ? (
          <p className="section-empty">The driver has not touched any.</p>
        ) : (
          <RegisterTable registers={others} deviceId={deviceId} />
        )}
      </Section>
      {deviceId !== undefined && (
        <Section title="Configuration space, as the driver last saw it" count={config.length}>
          {config.length === 0 ? (
            <p className="section-empty">The driver has not read it.</p>
          ) : (
            <RegisterTable registers={config} deviceId={deviceId} />
          )}
        </Section>
      )}
    </>
  );
}

/** Whether a register belongs to the device's own configuration (VIRTIO 1.4 §2.5). */
function isConfigSpace({ region, offset }: RegisterMoment): boolean {
  if (region === REGION_INDEX['virtio-pci-device']) return true;
  return region === REGION_INDEX['virtio-mmio'] && offset >= VIRTIO_MMIO_CONFIG;
}

function RegisterTable(props: {
  registers: readonly RegisterMoment[];
  deviceId: number | undefined;
}) {
  const session = useSession();
  const newest = useSessionState((state) => state.cursor - 1);
  const { registers, deviceId } = props;
  return (
    <table className="grid registers">
      <thead>
        <tr>
          <th scope="col">register</th>
          <th scope="col">value</th>
          <th scope="col">by</th>
        </tr>
      </thead>
      <tbody>
        {registers.map((register, i) => (
          <RegisterRow
            key={`${register.region} ${register.offset} ${register.size}`}
            register={register}
            head={registers[i - 1]?.region !== register.region}
            deviceId={deviceId}
            current={register.event === newest}
            go={() => session.seek(register.event + 1)}
          />
        ))}
      </tbody>
    </table>
  );
}

function RegisterRow(props: {
  register: RegisterMoment;
  head: boolean;
  deviceId: number | undefined;
  current: boolean;
  go(): void;
}) {
  const { register, head, deviceId, current, go } = props;
  const name = registerName(register.region, register.offset, deviceId);
  const region = REGIONS[register.region];
  return (
    <>
      {head && (
        <tr className="grid-group">
          <th scope="colgroup" colSpan={3} title={region?.source}>
            {region?.name ?? 'not decoded'}
          </th>
        </tr>
      )}
      <tr data-current={current || undefined}>
        <th scope="row" className="mono" title={`offset ${hex(register.offset)}`}>
          {name ?? hex(register.offset)}
        </th>
        <td className="mono">{hex(register.value, register.size * 2)}</td>
        <td>
          <button type="button" className="link" title={`Event ${register.event + 1}`} onClick={go}>
            {register.write ? 'write' : 'read'}
          </button>
        </td>
      </tr>
    </>
  );
}

function registersOf(
  devices: ReadonlyMap<number, DeviceMoment>,
  device: DeviceNode | undefined,
): DeviceMoment['registers'] {
  return (device && devices.get(device.dev)?.registers) ?? NOTHING;
}
