import { ConfigError } from '../qom/errors.ts';
import type { QObject } from '../qom/object.ts';
import type { Origins } from './back-end-facts.ts';
import { makeObject, type ObjectHome, type ObjectRequest } from './objects.ts';

/** Objects that a person adds, below `/objects`. */
export class AddedObjects {
  readonly home: ObjectHome;
  readonly #origins: Origins;

  constructor(
    machine: Pick<ObjectHome, 'registry' | 'resolve'>,
    objects: QObject,
    origins: Origins,
  ) {
    this.home = {
      registry: machine.registry,
      context: machine,
      objects,
      resolve: (property, id, type) => machine.resolve(property, id, type),
    };
    this.#origins = origins;
  }

  /** Throws ConfigError with QEMU's sentence. */
  add(request: ObjectRequest): void {
    this.#origins.note(makeObject(this.home, request));
  }

  /** Throws ConfigError with QEMU's sentence. */
  remove(id: string): void {
    const { objects } = this.home;
    const object = objects.children.get(id);
    if (!object) throw new ConfigError(`object '${id}' not found`);
    if ('inUse' in object && object.inUse)
      throw new ConfigError(`object '${id}' is in use, can not be deleted`);
    objects.removeChild(object);
  }
}
