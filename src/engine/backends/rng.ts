import { QObject } from '../qom/object.ts';
import { bool, str } from '../qom/property.ts';
import type { ObjectInit, TypeRegistry } from '../qom/type.ts';

/** Source of random bytes behind virtio-rng; how they are made is injected. */
export class RngBackend extends QObject {
  readonly #random: (into: Uint8Array) => void;

  constructor(init: ObjectInit) {
    super(init);
    this.#random = (init.context as { random(into: Uint8Array): void }).random;
  }

  /** `length` fresh random bytes. */
  request(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#random(bytes);
    return bytes;
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
  registry.register({ name: 'rng-random', parent: 'rng-backend', properties: { filename: str('/dev/urandom') } });
}
