import { ConfigError } from '../qom/errors.ts';
import { parseSize } from '../qom/property.ts';
import { ARCHES, type Arch, type Board } from './boards/board.ts';
import { defaultBoard, findBoard, isForeignBoard } from './boards/boards.ts';
import { type JsonValue, parseJson } from './json.ts';
import { type ObjectRequest, objectRequest } from './objects.ts';
import { OPTIONS } from './option-table.ts';
import { type Entry, lastValue, type Opts, parseOpts, switchValue } from './opts.ts';
import type { StartLog } from './start-log.ts';
import { splitWords } from './words.ts';

/** An option that makes something, and where it stands on the line (`-device virtio-rng-pci`). */
export interface Located extends Opts {
  readonly location: string;
}

/** `-device`: JSON values keep their types. */
export interface DeviceOption extends Located {
  readonly json: Readonly<Record<string, JsonValue>> | undefined;
}

/** `-global driver.property=value`. */
export interface GlobalOption {
  readonly driver: string;
  readonly property: string;
  readonly value: string;
}

/** A command line, read: what to build, in the order of the line. */
export interface MachineConfig {
  readonly machine: Board;
  /** Properties of the machine type, the last of a name. */
  readonly machineOptions: ReadonlyMap<string, string>;
  readonly cpus: number;
  /** False with `-nodefaults`. */
  readonly defaults: boolean;
  readonly ramBytes: number;
  readonly cpu: string | undefined;
  readonly objects: readonly ObjectRequest[];
  readonly blockdevs: readonly Located[];
  readonly drives: readonly Located[];
  readonly devices: readonly DeviceOption[];
  readonly globals: readonly GlobalOption[];
}

/** Answer to an option that would print something and leave. */
const NO_MACHINE = 'asks for help only, so there is no machine to build';

/** Where options collect while the line is read. */
interface Draft {
  readonly arch: Arch;
  defaults: boolean;
  readonly machine: Entry[];
  readonly memory: Entry[];
  memoryLocation: string;
  cpu: string | undefined;
  accel: boolean;
  readonly objects: ObjectRequest[];
  readonly blockdevs: Located[];
  readonly drives: Located[];
  readonly devices: DeviceOption[];
  readonly globals: GlobalOption[];
}

/** Ids of `-drive`, `-device`, … must be unique among their kind. */
function unique<T extends Located>(list: T[], kind: string, option: T): void {
  if (option.id !== undefined && list.some((other) => other.id === option.id && !isJson(other)))
    throw new ConfigError(`Duplicate ID '${option.id}' for ${kind}`);
  list.push(option);
}

/** JSON does not pass through the option parser, which is what watches over ids. */
function isJson(option: Located): boolean {
  return (option as Partial<DeviceOption>).json !== undefined;
}

/** Reads a pasted QEMU command line or its words, with or without the program's name. Throws ConfigError. */
export function parseCommandLine(text: string | readonly string[], log: StartLog): MachineConfig {
  const words = typeof text === 'string' ? splitWords(text) : [...text];
  const program = /(?:^|\/)(?:qemu-system-(\w+)|qemu|kvm)(?:\.exe)?$/i.exec(words[0] ?? '');
  if (program) words.shift();
  const arch = architecture(program?.[1] ?? 'x86_64');
  log.arch = arch;
  const draft: Draft = {
    arch,
    machine: [],
    defaults: true,
    memory: [],
    memoryLocation: '',
    cpu: undefined,
    accel: false,
    objects: [],
    blockdevs: [],
    drives: [],
    devices: [],
    globals: [],
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (!word.startsWith('-')) {
      log.note(
        `${word}: a disk image alone would be an IDE disk; IDE is not modelled. Use -drive if=none,… and a -device`,
      );
      continue;
    }
    const name = word.replace(/^--?/, '');
    const info = OPTIONS.get(name);
    if (!info) log.at(word, () => refuse('invalid option'));
    else if (info.fate === 'question') log.at(word, () => refuse(NO_MACHINE));
    else if (!info.argument) {
      if (name === 'nodefaults') draft.defaults = false;
      if (info.fate === 'unmodelled')
        log.note(`${word} is not modelled: the machine is built without it`);
    } else if (at + 1 >= words.length) log.at(word, () => refuse('requires an argument'));
    else {
      const argument = words[++at] as string;
      const location = `${word} ${argument}`;
      if (info.fate === 'used') log.at(location, () => use(draft, name, argument, location, log));
      else takeUnused(draft, name, argument, location, info.fate === 'unmodelled', log);
    }
  }
  return finish(draft, log);
}

function architecture(name: string): Arch {
  const arch = ARCHES.find((known) => known === (name === 'i386' ? 'x86_64' : name));
  if (!arch)
    throw new ConfigError(
      `machines of architecture ${name} are not modelled; there are ${ARCHES.join(', ')}`,
    );
  return arch;
}

function refuse(message: string): never {
  throw new ConfigError(message);
}

function takeUnused(
  draft: Draft,
  name: string,
  argument: string,
  location: string,
  unmodelled: boolean,
  log: StartLog,
): void {
  if (name === 'accel') draft.accel = true;
  const one = name === 'smp' && /^(?:cpus=)?1(?:,|$)/.test(argument);
  const none = /^(?:net|nic)$/.test(name) && argument === 'none';
  if (unmodelled && !one && !none)
    log.note(`${location} is not modelled: the machine is built without it`);
}

function use(draft: Draft, name: string, argument: string, location: string, log: StartLog): void {
  if (/^(?:[^=]*,)?(?:help|\?)$/.test(argument)) refuse(NO_MACHINE);
  const opts = (implied?: string): Located => {
    const parsed = parseOpts(argument, implied);
    for (const warning of parsed.warnings) log.warn(warning);
    return { ...parsed, location };
  };
  switch (name) {
    case 'M':
    case 'machine':
      draft.machine.push(...parseOpts(argument, 'type', false).entries);
      return;
    case 'm':
      draft.memory.push(...memoryOptions(opts('size')));
      draft.memoryLocation = location;
      return;
    case 'cpu':
      draft.cpu = argument;
      return;
    case 'drive':
      unique(draft.drives, 'drive', opts());
      return;
    case 'blockdev':
      draft.blockdevs.push(blockdevOption(argument, location));
      return;
    case 'object':
      addObject(
        draft,
        argument.startsWith('{') ? jsonOption(argument, location) : opts('qom-type'),
      );
      return;
    case 'device':
      if (argument.startsWith('{')) draft.devices.push(jsonOption(argument, location));
      else unique(draft.devices, 'device', { ...opts('driver'), json: undefined });
      return;
    case 'global':
      draft.globals.push(globalOption(argument, opts));
      return;
    case 'set':
      setOption(draft, argument);
      return;
  }
}

function addObject(draft: Draft, option: Located): void {
  const request = objectRequest(option);
  if (draft.objects.some(({ id }) => id === request.id))
    throw new ConfigError(`Duplicate ID '${request.id}' for object`);
  draft.objects.push(request);
}

/** `-device {"driver": …}` and the like: members in place of `key=value`. */
function jsonOption(argument: string, location: string): DeviceOption {
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

function blockdevOption(argument: string, location: string): Located {
  if (!argument.startsWith('{')) return { ...parseOpts(argument, 'driver', false), location };
  const entries: Entry[] = [];
  const flatten = (prefix: string, value: JsonValue): void => {
    if (value !== null && typeof value === 'object')
      for (const [key, inner] of Object.entries(value))
        flatten(prefix === '' ? key : `${prefix}.${key}`, inner as JsonValue);
    else
      entries.push({
        key: prefix,
        value: typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value),
      });
  };
  flatten('', parseJson(argument));
  return { location, id: undefined, entries, warnings: [] };
}

function memoryOptions(opts: Opts): readonly Entry[] {
  for (const { key, value } of opts.entries) {
    if (!['size', 'slots', 'maxmem'].includes(key))
      throw new ConfigError(`Invalid parameter '${key}'`);
    if (key === 'slots' && !/^(?:\d+|0[xX][0-9a-fA-F]+)$/.test(value))
      throw new ConfigError(`Parameter 'slots' expects a number`);
    if (key !== 'slots') memoryBytes(key, value);
  }
  return opts.entries;
}

/** Bytes of a `-m` value: a bare number counts MiB. */
function memoryBytes(key: string, text: string): number {
  const bare = /^\d+$/.test(text) || /^0[xX][0-9a-fA-F]+$/.test(text);
  const value = parseSize(text, key === 'size' ? 2 ** 20 : 1);
  if (value === undefined || value >= 2 ** 64 || (!bare && /^\d+\.\d+$/.test(text)))
    throw new ConfigError(
      `Parameter '${key}' expects a non-negative number below 2^64\nOptional suffix k, M, G, T, P or E means kilo-, mega-, giga-, tera-, peta-\nand exabytes, respectively.`,
    );
  return value;
}

function globalOption(argument: string, opts: () => Opts): GlobalOption {
  const short = /^([^.=,]+)\.([^=,]+)=([\s\S]*)$/.exec(argument);
  if (short) return { driver: short[1] ?? '', property: short[2] ?? '', value: short[3] ?? '' };
  const { entries } = opts();
  const unknown = entries.find(({ key }) => !['driver', 'property', 'value'].includes(key));
  if (unknown) throw new ConfigError(`Invalid parameter '${unknown.key}'`);
  const [driver, property, value] = ['driver', 'property', 'value'].map((key) =>
    lastValue(entries, key),
  );
  if (driver === undefined || property === undefined || value === undefined)
    throw new ConfigError("options 'driver', 'property', and 'value' are required");
  return { driver, property, value };
}

/** `-set group.id.property=value` changes an option that stands further left. */
function setOption(draft: Draft, argument: string): void {
  const match = /^([^.]+)\.([^.]+)\.([^=]+)=([\s\S]*)$/.exec(argument);
  if (!match) throw new ConfigError(`can't parse: "${argument}"`);
  const [, group = '', id = '', key = '', value = ''] = match;
  const lists: Readonly<Record<string, Located[]>> = { device: draft.devices, drive: draft.drives };
  const list = Object.hasOwn(lists, group) ? lists[group] : undefined;
  if (!list) throw new ConfigError(`There is no option group '${group}'`);
  const at = list.findIndex((option) => option.id === id);
  const found = list[at];
  if (!found) throw new ConfigError(`there is no ${group} "${id}" defined`);
  list[at] = { ...found, entries: [...found.entries, { key, value }] };
}

/** Checks that need the whole line. */
function finish(draft: Draft, log: StartLog): MachineConfig {
  const machine = board(draft, log);
  const cpu =
    machine.cpu === undefined ? undefined : (draft.cpu ?? machine.cpu.model).split(',')[0];
  const machineOptions = new Map(draft.machine.map(({ key, value }) => [key, value]));
  return {
    ...draft,
    machine,
    machineOptions,
    cpus: 1,
    cpu,
    ramBytes: ramBytes(draft, machine, log),
  };
}

/** Throws ConfigError where `-cpu` names no model. QEMU finds out when it makes the CPU. */
export function checkCpu(board: Board, cpu: string): void {
  if (!board.cpu?.knows(cpu)) throw new ConfigError(`unable to find CPU model '${cpu}'`);
}

function board(draft: Draft, log: StartLog): Board {
  const name = lastValue(draft.machine, 'type');
  const machine = name ? findBoard(draft.arch, name) : defaultBoard(draft.arch);
  if (!machine && !name)
    throw new ConfigError(
      'No machine specified, and there is no default\nUse -machine help to list supported machines',
    );
  if (!machine)
    throw new ConfigError(
      isForeignBoard(draft.arch, name ?? '')
        ? `machines of type '${name}' are not modelled yet`
        : 'unsupported machine type\nUse -machine help to list supported machines',
    );
  for (const { key, value } of draft.machine) {
    if (key === 'type') continue;
    if (key === 'accel') {
      if (draft.accel)
        throw new ConfigError('The -accel and "-machine accel=" options are incompatible');
      continue;
    }
    const kind = Object.hasOwn(machine.properties, key) ? machine.properties[key] : undefined;
    if (!kind) throw new ConfigError(`Property '${machine.type}.${key}' not found`);
    if (kind === 'switch') switchValue(key, value, false);
    if (!machine.heeds?.includes(key))
      log.note(`-machine ${key}=${value} is not modelled: the machine is built without it`);
  }
  return machine;
}

function ramBytes(draft: Draft, machine: Board, log: StartLog): number {
  const size = lastValue(draft.memory, 'size');
  const slots = lastValue(draft.memory, 'slots');
  const maxmem = lastValue(draft.memory, 'maxmem');
  const asked = size ? memoryBytes('size', size) : 0;
  if (size && /^0x[0-9a-f]+$/i.test(size))
    log.warn(`Using a multiplier suffix on hex numbers is deprecated: ${size}M`);
  // QEMU rounds up to 8 KiB, and takes 0 for the default.
  const bytes = asked === 0 ? machine.ramBytes : Math.ceil(asked / 8192) * 8192;
  if (slots !== undefined && maxmem === undefined)
    throw new ConfigError('slots specified but no max-size');
  if (maxmem !== undefined) {
    const most = memoryBytes('maxmem', maxmem);
    if (most < bytes)
      throw new ConfigError(
        `invalid value of maxmem: maximum memory size (0x${most.toString(16)}) must be at least the initial memory size (0x${bytes.toString(16)})`,
      );
    log.note(
      `${draft.memoryLocation}: memory hot-plug is not modelled: the machine is built without it`,
    );
  }
  return bytes;
}
