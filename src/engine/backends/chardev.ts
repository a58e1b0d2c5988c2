import { ConfigError } from '../qom/errors.ts';
import { custom, type Property } from '../qom/property.ts';

/** How many share a multiplexer. */
const MUX_PLACES = 4;

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
  readonly #users = new Set<object>();

  constructor(id: string, backend: string, filename: string) {
    this.id = id;
    this.backend = backend;
    this.filename = filename;
    this.places = backend === 'mux' ? MUX_PLACES : 1;
  }

  /** Whether nobody else can use it. */
  get full(): boolean {
    return this.places === 1 ? this.user !== undefined : this.#users.size >= this.places;
  }

  /** Takes it for `user`. Throws ConfigError with QEMU's sentence where it is taken. */
  claim(user: object): void {
    if (this.full) throw new ConfigError(`Device '${this.id}' is in use`);
    this.user = user;
    this.#users.add(user);
  }

  /** Gives it back. */
  release(user: object): void {
    this.#users.delete(user);
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
    return chardev;
  }

  /** Takes it out. */
  remove(id: string): void {
    this.#chardevs.delete(id);
  }

  /** In the order in which they were made. */
  list(): Chardev[] {
    return [...this.#chardevs.values()];
  }
}
