import { ConfigError } from '../qom/errors.ts';
import type { QObject } from '../qom/object.ts';
import type { TypeRegistry } from '../qom/type.ts';
import type { GlobalOption } from './command-line.ts';
import type { StartLog } from './start-log.ts';

/** Sets what `-global` says about an object's type or its ancestors. Throws ConfigError with QEMU's sentence. */
export function applyGlobals(
  object: QObject,
  globals: readonly GlobalOption[],
  resolve: (property: string, id: string, type: string) => unknown,
): void {
  // Objects of other kinds have their own options.
  if (!object.type.isA('device')) return;
  for (const { driver, property, value } of globals) {
    if (!object.type.isA(driver)) continue;
    try {
      object.set(property, value, (id, type) => resolve(property, id, type));
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
    if (!registry.find(driver)?.isA('device'))
      log.warn(`global ${driver}.${property} has invalid class name`);
}
