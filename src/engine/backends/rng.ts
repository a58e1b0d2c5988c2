import { QObject } from '../qom/object.ts';
import { bool, str } from '../qom/property.ts';
import type { ObjectInit, TypeRegistry } from '../qom/type.ts';
import type { ByteSource } from './byte-source.ts';

/** What a random source needs of the machine. */
interface Entropy {
  /** Fills with the host's random bytes. */
  random(into: Uint8Array): void;
  openImage(name: string): ByteSource | undefined;
}

/** Source of random bytes behind virtio-rng; the bytes themselves come from outside. */
export class RngBackend extends QObject {
  readonly #entropy: Entropy;
  /** The file that `filename` names, once it was looked for; false where the host's source stands for it. */
  #file: ByteSource | false | undefined;
  /** Bytes taken from a file so far. */
  #position = 0;

  constructor(init: ObjectInit) {
    super(init);
    this.#entropy = init.context as Entropy;
  }

  /** At most `length` random bytes: from the file that `filename` names, where there is one, else the host's. */
  request(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    const { filename } = this.values;
    this.#file ??= (typeof filename === 'string' && this.#entropy.openImage(filename)) || false;
    const file = this.#file;
    if (!file) {
      this.#entropy.random(bytes);
      return bytes;
    }
    const got = file.read(this.#position, bytes);
    this.#position += got;
    return bytes.subarray(0, got);
  }
}

/** Registers `rng-builtin` and `rng-random`. */
export function registerRngBackends(registry: TypeRegistry): void {
  registry.register({
    name: 'rng-backend',
    parent: 'object',
    abstract: true,
    properties: { opened: bool(false) },
    create: (init) => new RngBackend(init),
  });
  registry.register({ name: 'rng-builtin', parent: 'rng-backend' });
  registry.register({
    name: 'rng-random',
    parent: 'rng-backend',
    properties: { filename: str('/dev/urandom') },
  });
}
