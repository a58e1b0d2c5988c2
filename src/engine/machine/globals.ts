import { ConfigError } from '../qom/errors.ts';
import type { QObject } from '../qom/object.ts';
import type { TypeRegistry } from '../qom/type.ts';
import type { GlobalOption } from './options.ts';
import type { StartLog } from './start-log.ts';

/** Sets what `-global` says about an object's type or its ancestors. Throws ConfigError with QEMU's sentence. */
export function applyGlobals(object: QObject, globals: readonly GlobalOption[]): void {
  for (const { driver, property, value } of globals) {
    if (!object.type.isA(driver)) continue;
    try {
      object.set(property, value);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      // QEMU reads these values with another parser, which names the widest type.
      const reason = error.message.replace(/expects integer$/, 'expects uint64');
      throw new ConfigError(`can't apply global ${driver}.${property}=${value}: ${reason}`);
    }
  }
}

/** Warns of `-global` options whose type does not exist. */
export function checkGlobals(
  globals: readonly GlobalOption[],
  registry: TypeRegistry,
  log: StartLog,
): void {
  for (const { driver, property } of globals)
    if (!registry.find(driver)) log.warn(`global ${driver}.${property} has invalid class name`);
}
