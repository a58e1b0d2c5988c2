import { utf8Encode } from '../../../base/utf8.ts';
import {
  VIRTIO_CONSOLE_CONFIG as CONFIG,
  VIRTIO_CONSOLE_CONTROL as CONTROL,
  VIRTIO_CONSOLE_CONTROL_BYTES as CONTROL_BYTES,
  VIRTIO_CONSOLE_EVENT as EVENT,
  VIRTIO_CONSOLE_F,
} from '../../../spec/console.ts';
import { STATUS, VIRTIO_ID } from '../../../spec/virtio.ts';
import { bit, u32 } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { packConfig } from '../../virtio/pack-config.ts';
import { featureMask, VirtioDevice } from '../../virtio/virtio-device.ts';
import type { VirtQueue } from '../../virtio/virtqueue/virtqueue.ts';
import type { SerialBus } from './serial-bus.ts';
import { discardAll, type SerialCarrier, SerialPort } from './serial-port.ts';

const PORT_QUEUE_SIZE = 128;
const CONTROL_QUEUE_SIZE = 32;
/** Each port takes two queues, and the control queues are a pair more. */
const MAX_PORTS = 1024 / 2 - 1;

const NO_TEXT = new Uint8Array(0);
/** Queue by which control messages go to the driver. */
const CONTROL_RECEIVE = 2;

/** Index of a port's receive queue; its transmit queue is the next one (VIRTIO 1.4 §5.3.2). */
const queueOf = (port: number) => (port === 0 ? 0 : 2 * port + 2);

const PROPERTIES = { max_ports: u32(31), 'emergency-write': bit(true) } as const;

/** Console device with a bus of ports (VIRTIO 1.4 §5.3). */
export class VirtioSerial extends VirtioDevice<typeof PROPERTIES> implements SerialCarrier {
  readonly deviceId = VIRTIO_ID.CONSOLE;
  readonly deviceName = 'virtio-serial';
  #bus: SerialBus | undefined;
  /** Number of the next transfer in the journal. */
  #transferId = 0;

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
    bus.carrier = this;
    bus.hotplugHandler = {
      plug: (device) => {
        if (device instanceof SerialPort) this.portAdded(device);
      },
    };
    this.#bus = bus;
    const addPair = (port: number) => {
      this.addQueue(`receiveq(port${port})`, PORT_QUEUE_SIZE, () =>
        bus.port(port)?.receiveNotified(),
      );
      this.addQueue(`transmitq(port${port})`, PORT_QUEUE_SIZE, (vq) => {
        const found = bus.port(port);
        if (found) found.transmitNotified(vq);
        else discardAll(vq);
      });
    };
    addPair(0);
    // New buffers for messages: there is never one that waits for them.
    this.addQueue('control receiveq', CONTROL_QUEUE_SIZE, () => {});
    this.addQueue('control transmitq', CONTROL_QUEUE_SIZE, (vq) => this.#control(vq));
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
    const ports = { max_nr_ports: this.props.max_ports };
    return packConfig(CONFIG, ports, this.configSize);
  }

  /** A character written to `emerg_wr` goes to the first console at once (VIRTIO 1.4 §5.3.4). */
  override writeConfig(config: Uint8Array): void {
    const { offset, width } = CONFIG.emerg_wr;
    const written = config.subarray(offset, offset + width);
    if (!written.some((byte) => byte !== 0)) return;
    this.#bus?.ports.find((port) => port.isConsole)?.writeNow(written.subarray(0, 1));
  }

  protected override statusChanging(status: number): void {
    const ports = this.#bus?.ports ?? [];
    if (status & STATUS.DRIVER_OK) {
      // A driver that knows of one port alone has it open.
      const only = this.#bus?.port(0);
      if (only && !this.multiport) only.guestConnected = true;
      return;
    }
    for (const port of ports) if (port.guestConnected) port.setGuestConnected(false);
  }

  protected override resetDevice(): void {
    for (const port of this.#bus?.ports ?? []) port.forget();
  }

  get ready(): boolean {
    return (this.status & STATUS.DRIVER_OK) !== 0;
  }

  get multiport(): boolean {
    return this.accepted(VIRTIO_CONSOLE_F.VIRTIO_CONSOLE_F_MULTIPORT);
  }

  receiveQueue(port: SerialPort): VirtQueue | undefined {
    return this.queues[queueOf(port.number)]?.vq;
  }

  transmitQueue(port: SerialPort): VirtQueue | undefined {
    return this.queues[queueOf(port.number) + 1]?.vq;
  }

  portAdded(port: SerialPort): void {
    this.#tell(port.number, EVENT.DEVICE_ADD, 1);
    this.notifyConfig();
  }

  portGone(port: SerialPort): void {
    port.forget();
    if (this.realized) this.#tell(port.number, EVENT.DEVICE_REMOVE, 1);
  }

  hostChanged(port: SerialPort): void {
    this.#tell(port.number, EVENT.PORT_OPEN, port.hostConnected ? 1 : 0);
  }

  journalBytes(op: 'send' | 'receive', queue: number, length: number): void {
    const { journal, dev } = this;
    if (!journal.on) return;
    const id = this.#transferId++;
    journal.backendRequest(dev, queue, op, id, 0, length);
    journal.backendCompletion(dev, queue, op, id, 0, length);
  }

  override saveState(): State {
    return { ...super.saveState(), transferId: this.#transferId };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.#transferId = state.transferId as number;
  }

  /** Reads the driver's control messages (VIRTIO 1.4 §5.3.6.2). */
  #control(vq: VirtQueue): void {
    for (let element = vq.pop(); element; element = vq.pop()) {
      const bytes = new Uint8Array(element.readableLength);
      element.read(0, bytes);
      if (bytes.length >= CONTROL_BYTES) this.#heard(new DataView(bytes.buffer));
      vq.push(element, 0);
    }
    vq.notify();
  }

  #heard(message: DataView): void {
    const little = !this.bigEndian;
    const event = message.getUint16(CONTROL.event.offset, little);
    const value = message.getUint16(CONTROL.value.offset, little);
    const complain = (what: string) => this.context.report(`virtio-serial-bus: ${what}`);
    const device = this.#bus?.busName ?? '';
    if (event === EVENT.DEVICE_READY) {
      if (value === 0) complain(`Guest failure in adding device ${device}`);
      else for (const { number } of this.#bus?.ports ?? []) this.#tell(number, EVENT.DEVICE_ADD, 1);
      return;
    }
    const id = message.getUint32(CONTROL.id.offset, little);
    const port = this.#bus?.port(id);
    if (!port) complain(`Unexpected port id ${id} for device ${device}`);
    else if (event === EVENT.PORT_OPEN) port.setGuestConnected(value !== 0);
    else if (event === EVENT.PORT_READY) {
      if (value === 0) complain(`Guest failure in adding port ${id} for device ${device}`);
      else this.#introduce(port);
    }
  }

  /** The driver has set a port up: it is told what the port is. */
  #introduce(port: SerialPort): void {
    const { number, isConsole, hostConnected } = port;
    if (isConsole) this.#tell(number, EVENT.CONSOLE_PORT, 1);
    const { name } = port.props;
    if (name !== '') this.#tell(number, EVENT.PORT_NAME, 1, utf8Encode(`${name}\0`));
    if (hostConnected) this.#tell(number, EVENT.PORT_OPEN, 1);
  }

  /** Sends the driver a control message; it is lost where there is no buffer for it. */
  #tell(port: number, event: number, value: number, text: Uint8Array = NO_TEXT): void {
    const vq = this.queues[CONTROL_RECEIVE]?.vq;
    const element = vq?.pop();
    if (!vq || !element) return;
    const bytes = new Uint8Array(CONTROL_BYTES + text.length);
    const view = new DataView(bytes.buffer);
    const little = !this.bigEndian;
    view.setUint32(CONTROL.id.offset, port, little);
    view.setUint16(CONTROL.event.offset, event, little);
    view.setUint16(CONTROL.value.offset, value, little);
    bytes.set(text, CONTROL_BYTES);
    element.write(bytes);
    vq.push(element, bytes.length);
    vq.notify();
  }
}

/** The type of the console device. */
export const VIRTIO_SERIAL_TYPE: TypeInfo = {
  name: 'virtio-serial-device',
  parent: 'virtio-device',
  properties: PROPERTIES,
  create: (init) => new VirtioSerial(init),
};
