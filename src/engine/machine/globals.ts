import { ConfigError } from '../qom/errors.ts';
import type { QObject } from '../qom/object.ts';
import type { TypeRegistry } from '../qom/type.ts';
import type { GlobalOption } from './command-line.ts';
import type { StartLog } from './start-log.ts';

/** What that parser wants where a size is expected. */
const ANY_SIZE =
  'a non-negative number below 2^64\nOptional suffix k, M, G, T, P or E means kilo-, mega-, giga-, tera-, peta-\nand exabytes, respectively.';

/** Sets what `-global` says about an object's type or its ancestors; `log`: while the machine is built. Throws ConfigError with QEMU's sentence. */
export function applyGlobals(
  object: QObject,
  globals: readonly GlobalOption[],
  resolve: (property: string, id: string, type: string) => unknown,
  log: StartLog | undefined,
): void {
  // Objects of other kinds have their own options.
  if (!object.type.isA('device')) return;
  for (const global of globals) {
    const { driver, property, value } = global;
    if (!object.type.isA(driver)) continue;
    const set = () =>
      setGlobal(global, object.findProperty(property)?.property.type, () =>
        object.set(property, value, (id, type) => resolve(property, id, type)),
      );
    if (log) log.about(global.location.option, set);
    else set();
  }
}

/** Runs `set` for a global whose property is of `type`. Throws ConfigError with QEMU's sentence. */
export function setGlobal(
  { driver, property, value }: GlobalOption,
  type: string | undefined,
  set: () => void,
): void {
  try {
    set();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // QEMU reads these values with another parser, which names the widest type.
    const reason = error.message
      .replace(/expects integer$/, type?.startsWith('int') ? 'expects int64' : 'expects uint64')
      .replace(/expects size$/, `expects ${ANY_SIZE}`);
    throw new ConfigError(`can't apply global ${driver}.${property}=${value}: ${reason}`);
  }
}

/** Warns of `-global` options whose type does not exist. */
export function checkGlobals(
  globals: readonly GlobalOption[],
  registry: TypeRegistry,
  log: StartLog,
): void {
  // Short names are for -device alone.
  for (const { driver, property } of globals)
    if (registry.find(driver)?.name !== driver || !registry.find(driver)?.isA('device'))
      log.warn(`global ${driver}.${property} has invalid class name`);
}
