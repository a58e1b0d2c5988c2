import { ConfigError } from '../qom/errors.ts';
import { custom, type Property } from '../qom/property.ts';
import type { State } from '../qom/state.ts';
import { StringHashOrder } from '../qom/string-hash-order.ts';
import type { Connect, Outside } from './byte-link.ts';

/** How many share a multiplexer. */
const MUX_PLACES = 4;
/** Back ends with nobody at the other end when they are made. */
const CLOSED = ['null', 'socket', 'pty', 'udp', 'mux', 'vc', 'msmouse', 'spicevmc'];

/** Back ends that take nothing while nobody is at the other end. */
const NEEDS_PEER = ['socket', 'pty', 'udp', 'spicevmc'];

/** What a device does with the bytes of its character back end. */
export interface ChardevFrontEnd {
  /** Bytes that it has room for now. */
  readonly room: number;
  /** Takes bytes, at most as many as it had room for. */
  receive(bytes: Uint8Array): void;
  /** Somebody came to the other end, or went. */
  opened?(open: boolean): void;
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
  /** The device that uses it, once it is ready for bytes. */
  frontEnd: ChardevFrontEnd | undefined;
  /** Called with what a device writes; set by whoever is at the other end. The bytes are the device's. */
  onOutput: (bytes: Uint8Array) => void = () => {};
  /** Ends what leads outside, once it is gone. */
  onRemove: () => void = () => {};
  /** How often it was taken: a multiplexer's places are used once. */
  #claims = 0;
  /** Bytes from the other end that the device has not taken. */
  #waiting: Uint8Array[] = [];

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
    if (this.user !== user) return;
    this.user = undefined;
    this.frontEnd = undefined;
  }

  /** Takes what a device writes; false where nobody is at the other end, and nothing is taken. */
  write(bytes: Uint8Array): boolean {
    if (!this.isOpen && NEEDS_PEER.includes(this.backend)) return false;
    this.onOutput(bytes);
    return true;
  }

  /** Joins it with what it leads to outside the machine. */
  join(outside: Outside, connect: Connect): void {
    const link = connect(outside, {
      opened: () => this.setOpen(true),
      received: (bytes) => this.input(bytes),
      closed: () => this.setOpen(false),
    });
    if (!link) return;
    this.onOutput = (bytes) => link.send(bytes);
    this.onRemove = () => link.end();
  }

  /** Somebody came to the other end (`open`), or went. */
  setOpen(open: boolean): void {
    if (open === this.isOpen) return;
    this.isOpen = open;
    if (!open) this.#waiting = [];
    this.frontEnd?.opened?.(open);
  }

  saveState(): State {
    return { isOpen: this.isOpen, waiting: this.#waiting };
  }

  /** The device is not told: it has been saved too. */
  loadState(state: State): void {
    this.isOpen = state.isOpen as boolean;
    this.#waiting = state.waiting as Uint8Array[];
  }

  /** Bytes from the other end: the device gets them as soon as it has room. */
  input(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#waiting.push(bytes.slice());
    this.acceptInput();
  }

  /** The device has room again. */
  acceptInput(): void {
    for (let [next] = this.#waiting; next && this.frontEnd; [next] = this.#waiting) {
      const part = next.subarray(0, this.frontEnd.room);
      if (part.length === 0) return;
      if (part.length === next.length) this.#waiting.shift();
      else this.#waiting[0] = next.subarray(part.length);
      this.frontEnd.receive(part);
    }
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
    chardev.onRemove();
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
