import { Bus } from '../../qdev/bus.ts';
import type { Device } from '../../qdev/device.ts';
import { RealizeError } from '../../qom/errors.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import {
  ANY_NUMBER,
  CHARDEV_PROPERTIES,
  PORT_PROPERTIES,
  type SerialCarrier,
  SerialPort,
} from './serial-port.ts';

/** Ports are handed out in words of this many. */
const WORD = 32;

/** Kind of a port that a machine has at most one of. */
const named = (name: string) => `serial port ${name}`;

/** The bus of a virtio-serial device: its ports, by number. */
export class SerialBus extends Bus {
  /** How many numbers there are; set by the device. */
  maxPorts = 0;
  /** The device that carries it; set by the device. */
  carrier: SerialCarrier | undefined;
  readonly #ports = new Map<number, SerialPort>();

  override describe(device: Device): readonly string[] {
    if (!(device instanceof SerialPort)) return [];
    const word = (on: boolean) => (on ? 'on' : 'off');
    return [
      `port ${device.number}, guest ${word(device.guestConnected)}, host ${word(device.hostConnected)}, throttle ${word(device.throttled)}`,
    ];
  }

  override addressOf(device: Device): string {
    return device instanceof SerialPort && device.number !== ANY_NUMBER
      ? `port ${device.number}`
      : '';
  }

  /** Ports in the order in which they came. */
  get ports(): readonly SerialPort[] {
    return [...this.#ports.values()];
  }

  /** The port with this number, or undefined. */
  port(number: number): SerialPort | undefined {
    return this.#ports.get(number);
  }

  override remove(device: Device): void {
    super.remove(device);
    if (!(device instanceof SerialPort) || this.port(device.number) !== device) return;
    this.carrier?.portGone(device);
    this.#ports.delete(device.number);
    device.context.sole.delete(named(device.props.name));
  }

  /** Gives a port its number. Throws RealizeError with QEMU's sentence. */
  settle(port: SerialPort): void {
    const { nr, name } = port.props;
    if (nr !== ANY_NUMBER && this.port(nr))
      throw new RealizeError(`virtio-serial-bus: A port already exists at id ${nr}`);
    // A port's name is unique in the whole machine.
    const { sole } = port.context;
    if (name !== '' && sole.has(named(name)))
      throw new RealizeError(`virtio-serial-bus: A port already exists by name ${name}`);
    if (nr === ANY_NUMBER) port.values.nr = this.#freeNumber(port);
    if (port.number >= this.maxPorts)
      throw new RealizeError(
        `virtio-serial-bus: Out-of-range port id specified, max. allowed: ${this.maxPorts - 1}`,
      );
    this.#ports.set(port.number, port);
    if (name !== '') sole.set(named(name), port);
  }

  /** Number 0 is kept for the first console: drivers of old expect it there. */
  #freeNumber(port: SerialPort): number {
    if (port.isConsole && !this.port(0)) return 0;
    const numbers = Math.ceil(this.maxPorts / WORD) * WORD;
    for (let number = 1; number < numbers; number++) if (!this.port(number)) return number;
    throw new RealizeError('virtio-serial-bus: Maximum port limit for this device reached');
  }
}

/** Registers the bus and the ports on it. */
export function registerSerialPorts(registry: TypeRegistry): void {
  registry.register({
    name: 'virtio-serial-bus',
    parent: 'bus',
    create: (init) => new SerialBus(init),
  });
  registry.register({
    name: 'virtio-serial-port',
    parent: 'device',
    abstract: true,
    bus: 'virtio-serial-bus',
    properties: PORT_PROPERTIES,
  });
  registry.register({
    name: 'virtserialport',
    parent: 'virtio-serial-port',
    properties: CHARDEV_PROPERTIES,
    create: (init) => new SerialPort(init),
  });
  registry.register({ name: 'virtconsole', parent: 'virtserialport' });
}
