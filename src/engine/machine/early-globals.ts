import { ConfigError } from '../qom/errors.ts';
import { bool, type Property, size, str, u8, u32, u64 } from '../qom/property.ts';
import type { TypeRegistry } from '../qom/type.ts';
import type { GlobalOption } from './command-line.ts';
import { setGlobal } from './globals.ts';
import type { StartLog } from './start-log.ts';

function all(property: unknown, names: string): [string, Property<unknown>][] {
  return names.split(/\s+/).map((name) => [name, property as Property<unknown>]);
}

/** Properties of the object that keeps the settings of migration: a device like others, so that globals reach it. */
const PROPERTIES: ReadonlyMap<string, Property<unknown>> = new Map([
  ...all(
    bool(false),
    `x-block x-return-path x-compress x-release-ram x-postcopy-preempt-break-huge x-postcopy-preempt
    x-auto-converge x-postcopy-ram send-section-footer send-configuration x-compress-wait-thread x-colo
    x-events x-multifd x-xbzrle decompress-error-check x-rdma-pin-all x-zero-copy-send
    store-global-state x-background-snapshot x-cpu-throttle-tailslow x-zero-blocks`,
  ),
  ...all(
    u8(0),
    `x-compress-threads multifd-zlib-level multifd-channels x-compress-level x-cpu-throttle-initial
    multifd-zstd-level x-cpu-throttle-increment x-throttle-trigger-threshold x-clear-bitmap-shift
    x-decompress-threads max-cpu-throttle`,
  ),
  ...all(
    size(0),
    `announce-step x-max-bandwidth announce-rounds announce-initial max-postcopy-bandwidth announce-max
    xbzrle-cache-size`,
  ),
  ...all(u32(0), 'x-checkpoint-delay'),
  ...all(u64(0n), 'x-downtime-limit'),
  ...all(str(), 'tls-creds multifd-compression tls-hostname tls-authz'),
]);

/** Flash chips, which some machine types have before anything is said of them. */
const FLASH = 'cfi.pflash01';

/**
 * Checks the globals that concern what QEMU makes before the board: the machine type's own flash chips, and
 * the settings of migration, which does not happen here. Throws ConfigError with QEMU's sentence.
 */
export function checkEarlyGlobals(
  globals: readonly GlobalOption[],
  registry: TypeRegistry,
  board: string,
  log: StartLog,
): void {
  const flash = registry.find(FLASH);
  const hasFlash = registry.find(board)?.info.partNames?.some((name) => /\.flash0$/.test(name));
  if (flash && hasFlash)
    for (const global of globals) {
      const { driver, property: name, location } = global;
      if (flash.isA(driver) && !flash.properties.has(name))
        log.about(location.option, () =>
          setGlobal(global, undefined, () => {
            throw new ConfigError(`Property '${FLASH}.${name}' not found`);
          }),
        );
    }
  for (const global of globals) {
    const { driver, property: name, value, location } = global;
    if (driver !== 'migration' && driver !== 'device') continue;
    log.about(location.option, () =>
      setGlobal(global, PROPERTIES.get(name)?.type, () => {
        const property = PROPERTIES.get(name);
        if (!property) throw new ConfigError(`Property 'migration.${name}' not found`);
        property.parse(value, { name, type: 'migration', resolve: () => undefined });
      }),
    );
  }
}
