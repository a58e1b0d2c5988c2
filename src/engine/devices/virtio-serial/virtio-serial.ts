import { VIRTIO_CONSOLE_CONFIG as CONFIG, VIRTIO_CONSOLE_F } from '../../../spec/console.ts';
import { VIRTIO_ID } from '../../../spec/virtio.ts';
import { bit, u32 } from '../../qom/property.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { packConfig } from '../../virtio/pack-config.ts';
import { featureMask, VirtioDevice } from '../../virtio/virtio-device.ts';
import type { SerialBus } from './serial-bus.ts';

const PORT_QUEUE_SIZE = 128;
const CONTROL_QUEUE_SIZE = 32;
/** Each port takes two queues, and the control queues are a pair more. */
const MAX_PORTS = 1024 / 2 - 1;

const PROPERTIES = { max_ports: u32(31), 'emergency-write': bit(true) } as const;

/** Console device with a bus of ports (VIRTIO 1.4 §5.3). */
export class VirtioSerial extends VirtioDevice<typeof PROPERTIES> {
  readonly deviceId = VIRTIO_ID.CONSOLE;
  readonly deviceName = 'virtio-serial';

  override get configSize(): number {
    const { emerg_wr } = CONFIG;
    return emerg_wr.offset + (this.props['emergency-write'] ? emerg_wr.width : 0);
  }

  protected override realizeDevice(): void {
    const { max_ports: ports } = this.props;
    if (ports === 0) this.fail('Maximum number of serial ports not specified');
    if (ports > MAX_PORTS) this.fail(`maximum ports supported: ${MAX_PORTS}`);
    const bus = this.addOwnBus<SerialBus>('virtio-serial-bus');
    bus.maxPorts = ports;
    bus.hotplugHandler = {};
    const addPair = (port: number) => {
      this.addQueue(`receiveq(port${port})`, PORT_QUEUE_SIZE, this.unprocessed);
      this.addQueue(`transmitq(port${port})`, PORT_QUEUE_SIZE, this.unprocessed);
    };
    addPair(0);
    this.addQueue('control receiveq', CONTROL_QUEUE_SIZE, this.unprocessed);
    this.addQueue('control transmitq', CONTROL_QUEUE_SIZE, this.unprocessed);
    for (let port = 1; port < ports; port++) addPair(port);
  }

  protected override offerFeatures(common: bigint): bigint {
    const { max_ports, 'emergency-write': emergency } = this.props;
    return (
      common |
      (emergency ? featureMask(VIRTIO_CONSOLE_F.VIRTIO_CONSOLE_F_EMERG_WRITE) : 0n) |
      (max_ports > 1 ? featureMask(VIRTIO_CONSOLE_F.VIRTIO_CONSOLE_F_MULTIPORT) : 0n)
    );
  }

  override readConfig(): Uint8Array {
    return packConfig(CONFIG, { max_nr_ports: this.props.max_ports }, this.configSize);
  }
}

/** The type of the console device. */
export const VIRTIO_SERIAL_TYPE: TypeInfo = {
  name: 'virtio-serial-device',
  parent: 'virtio-device',
  properties: PROPERTIES,
  create: (init) => new VirtioSerial(init),
};
