import { ConfigError } from '../qom/errors.ts';
import { QObject } from '../qom/object.ts';
import { live, str } from '../qom/property.ts';
import type { State } from '../qom/state.ts';
import type { ObjectInit, TypeRegistry } from '../qom/type.ts';
import type { ByteSource } from './byte-source.ts';
import type { FileKind } from './fs.ts';

/** What a random source needs of the machine. */
interface Entropy {
  /** Fills with the host's random bytes. */
  random(into: Uint8Array): void;
  openImage(name: string): ByteSource | undefined;
  fileKind(name: string): FileKind | undefined;
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

  /** Throws ConfigError with QEMU's sentence where there is no such file. */
  complete(): void {
    const { filename } = this.values;
    if (typeof filename !== 'string' || RANDOM_FILES.includes(filename)) return;
    if (this.#entropy.fileKind(filename) === 'device') return;
    if (!this.#entropy.openImage(filename))
      throw new ConfigError(`Could not open '${filename}': No such file or directory`);
  }

  override saveState(): State {
    return { ...super.saveState(), position: this.#position };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.#position = state.position as number;
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

/** Files that are a source of random bytes everywhere. */
const RANDOM_FILES = ['/dev/random', '/dev/urandom'];

/** Registers `rng-builtin` and `rng-random`. */
export function registerRngBackends(registry: TypeRegistry): void {
  registry.register({
    name: 'rng-backend',
    parent: 'object',
    abstract: true,
    properties: { opened: live('bool', () => true) },
    create: (init) => new RngBackend(init),
  });
  registry.register({ name: 'rng-builtin', parent: 'rng-backend' });
  registry.register({
    name: 'rng-random',
    parent: 'rng-backend',
    properties: { filename: { ...str('/dev/urandom'), type: 'string' } },
  });
}
