import { chardev } from '../../backends/chardev.ts';
import { Bus } from '../../qdev/bus.ts';
import { Device } from '../../qdev/device.ts';
import { RealizeError } from '../../qom/errors.ts';
import { str, u32 } from '../../qom/property.ts';
import type { TypeRegistry } from '../../qom/type.ts';

/** `nr` that stands for "the first that is free". */
const ANY = 0xffff_ffff;
/** Ports are handed out in words of this many. */
const WORD = 32;

const PORT_PROPERTIES = { nr: u32(ANY), name: str() } as const;
const CHARDEV_PROPERTIES = { chardev: chardev() } as const;

/** Kind of a port that a machine has at most one of. */
const named = (name: string) => `serial port ${name}`;

/** A port of a virtio-serial device: a pair of queues (VIRTIO 1.4 §5.3.2). */
export class SerialPort extends Device<typeof PORT_PROPERTIES & typeof CHARDEV_PROPERTIES> {
  /** Whether the driver has opened it. */
  guestConnected = false;
  /** Whether somebody listens at the host's end. */
  hostConnected = false;

  /** Whether it is a console: what is written to it is never held back. */
  get isConsole(): boolean {
    return this.type.isA('virtconsole');
  }

  get number(): number {
    return this.props.nr;
  }

  override realize(): void {
    (this.parentBus as SerialBus).settle(this);
    if (this.number === 0 && !this.isConsole)
      this.fail(
        'Port number 0 on virtio-serial devices reserved for virtconsole devices for backward compatibility.',
      );
    const { chardev: back } = this.props;
    if (!back) return;
    back.claim(this);
    this.hostConnected = this.isConsole || back.isOpen;
  }

  override unrealize(): void {
    const { chardev: back } = this.props;
    back?.release(this);
  }
}

/** The bus of a virtio-serial device: its ports, by number. */
export class SerialBus extends Bus {
  /** How many numbers there are; set by the device. */
  maxPorts = 0;
  readonly #ports = new Map<number, SerialPort>();

  override describe(device: Device): readonly string[] {
    if (!(device instanceof SerialPort)) return [];
    const word = (on: boolean) => (on ? 'on' : 'off');
    return [
      `port ${device.number}, guest ${word(device.guestConnected)}, host ${word(device.hostConnected)}, throttle off`,
    ];
  }

  override addressOf(device: Device): string {
    return device instanceof SerialPort && device.number !== ANY ? `port ${device.number}` : '';
  }

  /** The port with this number, or undefined. */
  port(number: number): SerialPort | undefined {
    return this.#ports.get(number);
  }

  override remove(device: Device): void {
    super.remove(device);
    if (!(device instanceof SerialPort) || this.port(device.number) !== device) return;
    this.#ports.delete(device.number);
    device.context.sole.delete(named(device.props.name));
  }

  /** Gives a port its number. Throws RealizeError with QEMU's sentence. */
  settle(port: SerialPort): void {
    const { nr, name } = port.props;
    if (nr !== ANY && this.port(nr))
      throw new RealizeError(`virtio-serial-bus: A port already exists at id ${nr}`);
    // A port's name is unique in the whole machine.
    const { sole } = port.context;
    if (name !== '' && sole.has(named(name)))
      throw new RealizeError(`virtio-serial-bus: A port already exists by name ${name}`);
    if (nr === ANY) port.values.nr = this.#freeNumber(port);
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
