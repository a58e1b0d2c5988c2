import { ConfigError } from '../qom/errors.ts';
import { custom, type Property } from '../qom/property.ts';
import { StringHashOrder } from '../qom/string-hash-order.ts';

/** How many share a multiplexer. */
const MUX_PLACES = 4;
/** Back ends with nobody at the other end when they are made. */
const CLOSED = ['null', 'socket', 'pty', 'udp', 'mux', 'vc', 'msmouse', 'spicevmc'];

/** Where a socket leads: a path, a host and a port, or a descriptor that the program inherited. */
export interface SocketAddress {
  readonly path?: string;
  readonly host?: string;
  readonly port?: string;
  readonly fd?: number;
  /** Whether it waits for others to connect. */
  readonly server: boolean;
}

/** What QEMU says of a socket at whose other end nobody is. */
export function unreachable({ path, host, port, fd }: SocketAddress): string {
  if (fd !== undefined) return `File descriptor '${fd}' is not a socket`;
  return path === undefined
    ? `Failed to connect to '${host}:${port}': Connection refused`
    : `Failed to connect to '${path}': No such file or directory`;
}

/** A character back end: a console, a socket, a buffer. */
export class Chardev {
  readonly id: string;
  /** `null`, `socket`, `ringbuf`, … */
  readonly backend: string;
  /** As `info chardev` prints it after `filename=`. */
  readonly filename: string;
  /** What reads and writes it, or undefined; the last one where several share it. */
  user: object | undefined;
  /** How many may use it: several where it is a multiplexer. */
  readonly places: number;
  /** Whether somebody is at the other end. */
  isOpen: boolean;
  /** Where a socket leads; undefined for what is none. */
  address: SocketAddress | undefined;
  /** How often it was taken: a multiplexer's places are used once. */
  #claims = 0;

  constructor(id: string, backend: string, filename: string) {
    this.id = id;
    this.backend = backend;
    this.filename = filename;
    this.places = backend === 'mux' ? MUX_PLACES : 1;
    this.isOpen = !CLOSED.includes(backend);
  }

  /** Whether nobody else can use it. */
  get full(): boolean {
    return this.places === 1 ? this.user !== undefined : this.#claims >= this.places;
  }

  /** Takes it for `user`. Throws ConfigError with QEMU's sentence where it is taken. */
  claim(user: object): void {
    if (this.full) throw new ConfigError(`Device '${this.id}' is in use`);
    this.user = user;
    this.#claims++;
  }

  /** Gives it back. */
  release(user: object): void {
    if (this.user === user) this.user = undefined;
  }
}

/** Property `chardev`: a character back end, by its id; undefined where none is set. */
export function chardev(
  description = 'ID of a chardev to use as a backend',
): Property<Chardev | undefined> {
  return custom<Chardev | undefined>({
    type: 'str',
    default: undefined,
    description,
    names: ['chardev'],
    parse(text, { name, type, resolve }) {
      if (text === '') return undefined;
      const found = resolve(text, 'chardev') as Chardev | undefined;
      if (!found) throw new ConfigError(`Property '${type}.${name}' can't find value '${text}'`);
      if (found.full)
        throw new ConfigError(
          `Property '${type}.${name}' can't take value '${text}': Device '${text}' is in use`,
        );
      return found;
    },
    print: (value) => `"${value?.id ?? ''}"`,
    toJson: (value) => value?.id ?? '',
  });
}

/** The character back ends of a machine, by id. */
export class Chardevs {
  readonly #chardevs = new Map<string, Chardev>();
  readonly #order = new StringHashOrder();
  /** Called with a back end that came (`there`) or went. */
  onChange: (chardev: Chardev, there: boolean) => void = () => {};

  find(id: string): Chardev | undefined {
    return this.#chardevs.get(id);
  }

  /** Throws ConfigError where the id is taken. */
  add(chardev: Chardev): Chardev {
    if (this.#chardevs.has(chardev.id))
      throw new ConfigError(
        `attempt to add duplicate property '${chardev.id}' to object (type 'container')`,
      );
    this.#chardevs.set(chardev.id, chardev);
    this.#order.add(chardev.id);
    this.onChange(chardev, true);
    return chardev;
  }

  /** Takes it out. */
  remove(id: string): void {
    const chardev = this.#chardevs.get(id);
    if (!chardev) return;
    this.#chardevs.delete(id);
    this.#order.delete(id);
    this.onChange(chardev, false);
  }

  /** Their ids as QEMU lists them: from the end of its table. */
  listedIds(): string[] {
    return this.#order.names().reverse();
  }

  /** In the order in which they were made. */
  list(): Chardev[] {
    return [...this.#chardevs.values()];
  }
}
