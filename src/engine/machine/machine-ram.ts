import type { AddressSpace } from '../../memory/address-space.ts';
import { GuestRam } from '../../memory/guest-ram.ts';
import { MemoryRegion } from '../../memory/memory-region.ts';
import { MemoryBackend } from '../backends/memory.ts';
import { addRegion } from '../qdev/regions.ts';
import { ConfigError } from '../qom/errors.ts';
import type { QObject } from '../qom/object.ts';
import type { Board } from './boards/board.ts';
import type { CommandLine } from './command-line.ts';
import type { Host } from './host.ts';
import type { MachineSettings } from './machine-options.ts';
import type { ObjectHome } from './objects.ts';
import type { StartLog } from './start-log.ts';

/** Unit of guest RAM in bytes. */
const PAGE = 4096;

/** A machine's RAM, and the region that shows it: undefined where there is none. */
export interface MachineRam {
  readonly ram: GuestRam;
  readonly region: MemoryRegion | undefined;
  /** What the guest has. */
  readonly bytes: number;
}

/** Makes RAM as the line asks for it. Throws ConfigError with QEMU's sentence. */
export function makeRam(
  config: CommandLine,
  settings: MachineSettings,
  objects: ObjectHome,
  host: Host,
  log: StartLog,
): MachineRam {
  const { machine: board, optionOf } = config;
  const backend = log.about(optionOf.get('memory-backend'), () =>
    findBackend(objects.objects, config, settings),
  );
  const bytes = (backend?.bytes ?? settings.ramBytes) + (board.extraRamBytes ?? 0);
  const ram = log.about(optionOf.get('memory'), () => allocate(board, bytes, host));
  return { ram, region: bytes > 0 ? show(objects, backend, board, bytes) : undefined, bytes };
}

/** The object that the line names as the machine's RAM. */
function findBackend(
  objects: QObject,
  { customRam }: CommandLine,
  { memoryBackend: name, ramBytes }: MachineSettings,
): MemoryBackend | undefined {
  if (name === undefined) return undefined;
  const found = objects.at(name);
  if (!(found instanceof MemoryBackend))
    throw new ConfigError(`Memory backend '${name}' not found`);
  if (customRam && found.bytes !== ramBytes)
    throw new ConfigError('Machine memory size does not match the size of the memory backend');
  return found;
}

/** Guest RAM of `bytes` bytes, rounded up to pages. */
function allocate({ ramId, ramBase, maxRamBytes }: Board, bytes: number, host: Host): GuestRam {
  const none = () =>
    new ConfigError(`cannot set up guest memory '${ramId}': Cannot allocate memory`);
  if (bytes > maxRamBytes) throw none();
  const whole = Math.ceil(bytes / PAGE) * PAGE;
  try {
    return new GuestRam(host.allocateRam(whole), ramBase, whole);
  } catch (error) {
    throw error instanceof RangeError ? none() : error;
  }
}

/** Makes the region that is the machine's RAM: of the object that the line names, or of one of its own. */
function show(
  { objects, registry, context }: ObjectHome,
  backend: MemoryBackend | undefined,
  { ramId }: Board,
  bytes: number,
): MemoryRegion {
  if (backend) {
    backend.mapped = true;
    return backend.becomeRam();
  }
  if (objects.children.has(ramId))
    throw new ConfigError(
      `object name '${ramId}' is reserved for the default RAM backend, it can't be used for any other purposes. Change the object's 'id' to something else`,
    );
  const own = objects.addChild(ramId, registry.create('memory-backend-ram', context));
  if (own instanceof MemoryBackend) own.mapped = true;
  return addRegion(own, MemoryRegion.memory('ram', ramId, bytes, { ramOffset: 0 }));
}

/** Keeps guest RAM where the machine's memory shows it, now and after every change. */
export function followRam(ram: GuestRam, memory: AddressSpace): void {
  const follow = () => {
    const shown = memory.ranges.filter(({ region: { ramOffset }, readonly }) => {
      return ramOffset !== undefined && !readonly;
    });
    ram.windows = shown.map(({ start, end, base, region }) => ({
      base: start,
      size: end - start,
      offset: start - base + (region.ramOffset ?? 0),
    }));
  };
  follow();
  memory.onRamMoved = follow;
}
