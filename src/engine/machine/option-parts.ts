import { ConfigError } from '../qom/errors.ts';
import type { Arch, Board } from './boards/board.ts';
import { defaultBoard, findBoard, isForeignBoard } from './boards/boards.ts';
import type { DeviceOption, Located } from './command-line.ts';
import { parseJson } from './json.ts';
import { type KeyvalValue, parseKeyval } from './keyval.ts';
import { BLOCKDEV_SCHEMA } from './qapi/blockdev.ts';
import { type Visited, visitJson, visitKeyval } from './qapi/visit.ts';
import type { Place } from './start-log.ts';

/** Groups of options that `-set` does not reach. */
export const UNSETTABLE = ['object', 'machine', 'smp-opts', 'boot-opts'];

/** Options that are short for a `-drive`. */
export const SHORT_DRIVES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  hda: { media: 'disk', index: '0' },
  hdb: { media: 'disk', index: '1' },
  hdc: { media: 'disk', index: '2' },
  hdd: { media: 'disk', index: '3' },
  cdrom: { media: 'cdrom', index: '2' },
  fda: { if: 'floppy', index: '0' },
  fdb: { if: 'floppy', index: '1' },
  mtdblock: { if: 'mtd' },
  pflash: { if: 'pflash' },
  sd: { if: 'sd' },
};

/** Whether a device came as JSON. */
export function isJson(option: Located): boolean {
  return (option as Partial<DeviceOption>).json !== undefined;
}

/** `-device {"driver": …}`: members in place of `key=value`. */
export function jsonDevice(argument: string, location: Place): DeviceOption {
  const json = parseJson(argument);
  const entries = Object.entries(json).filter(([key]) => key !== 'id');
  return {
    location,
    json,
    id: typeof json.id === 'string' ? json.id : undefined,
    entries: entries
      // QEMU does not see a driver or a bus that is no string.
      .filter(([key, value]) => typeof value === 'string' || (key !== 'driver' && key !== 'bus'))
      .map(([key, value]) => ({
        key,
        value: typeof value === 'string' ? value : JSON.stringify(value),
      })),
    warnings: [],
  };
}

/** Reads `-blockdev`. Throws ConfigError with QEMU's sentence. */
export function blockdevOptions(argument: string): Visited {
  return argument.startsWith('{')
    ? visitJson(BLOCKDEV_SCHEMA, 'BlockdevOptions', parseJson(argument))
    : visitKeyval(BLOCKDEV_SCHEMA, 'BlockdevOptions', parseKeyval(argument, 'driver').tree);
}

/** The machine type that `-M` names, or the architecture's own. Throws ConfigError with QEMU's sentence. */
export function selectBoard(arch: Arch, type: KeyvalValue | undefined): Board {
  const name = typeof type === 'string' && type !== '' ? type : undefined;
  const machine = name === undefined ? defaultBoard(arch) : findBoard(arch, name);
  if (machine) return machine;
  throw new ConfigError(
    name === undefined
      ? 'No machine specified, and there is no default\nUse -machine help to list supported machines'
      : isForeignBoard(arch, name)
        ? `machines of type '${name}' are not modelled yet`
        : 'unsupported machine type\nUse -machine help to list supported machines',
  );
}
