import { ConfigError } from '../qom/errors.ts';
import type { TypeRegistry } from '../qom/type.ts';
import type { Board } from './boards/board.ts';
import type { CommandLine } from './command-line.ts';
import type { KeyvalTree, KeyvalValue } from './keyval.ts';
import { readSize, readU64 } from './numbers.ts';
import { deprecatedSize, type Entry, lastValue, switchValue } from './opts.ts';
import { MACHINE_SCHEMA } from './qapi/machine-config.ts';
import { type Visited, visitKeyval } from './qapi/visit.ts';
import { qdictOrder } from './qdict-order.ts';
import type { StartLog } from './start-log.ts';

/** How many CPUs there are, and how they stand. */
export interface CpuTopology {
  readonly cpus: number;
  readonly maxCpus: number;
  readonly sockets: number;
  readonly dies: number;
  readonly clusters: number;
  readonly cores: number;
  readonly threads: number;
}

/** What a command line makes of its machine type. */
export interface MachineSettings {
  readonly topology: CpuTopology;
  /** CPUs at the start. */
  readonly cpus: number;
  /** Model of `-cpu`, or the board's own; undefined where it has none. */
  readonly cpu: string | undefined;
  /** Bytes of RAM at the start. */
  readonly ramBytes: number;
  /** Bytes of RAM that memory devices may bring it to; `ramBytes` where there is no room for them. */
  readonly maxRamBytes: number;
  /** Places for memory devices. */
  readonly ramSlots: number;
  /** Id of the object that is the machine's RAM, where the line names one. */
  readonly memoryBackend: string | undefined;
  /** What `-boot` says. */
  readonly boot: Visited;
  /** Properties given with `-M`, for the board. */
  readonly options: ReadonlyMap<string, string>;
}

/** Bytes that RAM is rounded up to. */
const RAM_UNIT = 8192;
/** Keys of `-machine` that are no properties. */
const LEGACY = [
  'type',
  'accel',
  'igd-passthru',
  'kvm-shadow-mem',
  'kernel-irqchip',
  'memory-backend',
];
/** Keys whose values are structures. */
const STRUCTURES = ['smp', 'memory', 'boot'];

/** Sets the properties of the machine. Throws ConfigError with QEMU's sentence. */
export function machineSettings(
  line: CommandLine,
  registry: TypeRegistry,
  log: StartLog,
): MachineSettings {
  const { machine } = line;
  const tree: KeyvalTree = Object.create(null);
  for (const [key, value] of Object.entries(line.machineTree)) {
    const name = key.replaceAll('_', '-');
    if (name !== key && line.machineTree[name] !== undefined)
      throw new ConfigError(`Conflict between '${key}' and '${name}'`);
    tree[name] = value;
  }
  const kinds = registry.find(machine.type)?.properties;
  const options = new Map<string, string>();
  let topology = oneCpu();
  let memory: Visited = {};
  let boot: Visited = {};
  for (const key of qdictOrder(Object.keys(tree))) {
    const value = tree[key];
    if (value === undefined || LEGACY.includes(key)) continue;
    log.about(line.optionOf.get(key), () => {
      if (STRUCTURES.includes(key)) {
        warnOfHex(value, log);
        const read = visitKeyval(MACHINE_SCHEMA, 'MachineStructures', structure(key, value));
        const given = read[key] as Visited;
        if (key === 'smp') topology = cpuTopology(machine, given, log);
        else if (key === 'boot') {
          checkBoot(given);
          boot = given;
        } else memory = given;
      } else options.set(key, property(machine, kinds?.get(key)?.type, key, value, log));
    });
  }
  if (tree.accel !== undefined && line.accels.length > 0)
    throw new ConfigError('The -accel and "-machine accel=" options are incompatible');
  const backend = tree['memory-backend'];
  if (typeof backend === 'string' && line.memPath !== undefined)
    throw new ConfigError("'-mem-path' can't be used together with '-machine memory-backend'");
  return {
    topology,
    cpus: topology.cpus,
    cpu:
      machine.cpu === undefined ? undefined : (line.cpuOption ?? machine.cpu.model).split(',')[0],
    ...log.about(line.optionOf.get('memory'), () => ramSettings(machine, memory)),
    memoryBackend: typeof backend === 'string' ? backend : undefined,
    boot,
    options,
  };
}

function structure(key: string, value: KeyvalValue): KeyvalTree {
  const tree: KeyvalTree = Object.create(null);
  tree[key] = value;
  return tree;
}

function warnOfHex(value: KeyvalValue, log: StartLog): void {
  if (typeof value === 'string' || Array.isArray(value)) return;
  for (const text of [value.size, value['max-size']]) {
    const size = typeof text === 'string' ? readSize(text) : 'malformed';
    if (typeof size !== 'string' && size.deprecated) log.warn(deprecatedSize(String(text)));
  }
}

/** Checks the value of a property that the board has; `type` is what its type says of it. */
function property(
  board: Board,
  type: string | undefined,
  key: string,
  value: KeyvalValue,
  log: StartLog,
): string {
  const { properties = {} } = board;
  const kind = Object.hasOwn(properties, key) ? properties[key] : undefined;
  if (kind === undefined && type === undefined)
    throw new ConfigError(`Property '${board.type}.${key}' not found`);
  if (typeof value !== 'string')
    throw new ConfigError(
      `Invalid parameter type for '${key}', expected: ${kind === 'switch' ? 'boolean' : 'string'}`,
    );
  if (kind === 'switch' || type === 'bool') switchValue(key, value, false);
  else if (type === 'size') {
    if (typeof readSize(value) === 'string')
      throw new ConfigError(`Parameter '${key}' expects size`);
  } else if (type !== undefined && /^u?int/.test(type)) {
    if (typeof readU64(value) === 'string')
      throw new ConfigError(`Parameter '${key}' expects integer`);
  } else {
    const names = typeof kind === 'object' ? kind : type === 'OnOffAuto' ? ON_OFF_AUTO : undefined;
    if (names && !names.includes(value))
      throw new ConfigError(`Parameter '${key}' does not accept value '${value}'`);
  }
  if (!board.heeds?.includes(key) && !OWN.includes(key))
    log.note(`-machine ${key}=${value} is not modelled: the machine is built without it`);
  return value;
}

const ON_OFF_AUTO = ['auto', 'on', 'off'];

/** Properties that concern every machine, or none that is modelled. */
const OWN = [
  'firmware',
  'kernel',
  'initrd',
  'append',
  'usb',
  'graphics',
  'dump-guest-core',
  'mem-merge',
];

function oneCpu(): CpuTopology {
  return { cpus: 1, maxCpus: 1, sockets: 1, dies: 1, clusters: 1, cores: 1, threads: 1 };
}

/** Works out what `-smp` leaves open: cores before sockets, threads last. Throws ConfigError. */
function cpuTopology({ smp = {}, names }: Board, given: Visited, log: StartLog): CpuTopology {
  const number = (key: string) =>
    Number(BigInt.asUintN(32, (given[key] as bigint | undefined) ?? 0n));
  if (Object.values(given).includes(0n))
    log.warn(
      'Deprecated CPU topology (considered invalid): CPU topology parameters must be greater than zero',
    );
  for (const part of ['dies', 'clusters'] as const)
    if (!smp[part] && number(part) > 1)
      throw new ConfigError(`${part} not supported by this machine's CPU topology`);
  const dies = number('dies') || 1;
  const clusters = number('clusters') || 1;
  let [cpus, maxCpus, sockets, cores, threads] = [
    number('cpus'),
    number('maxcpus'),
    number('sockets'),
    number('cores'),
    number('threads'),
  ];
  if (cpus === 0 && maxCpus === 0) {
    sockets ||= 1;
    cores ||= 1;
    threads ||= 1;
  } else {
    maxCpus ||= cpus;
    if (cores === 0) {
      sockets ||= 1;
      threads ||= 1;
      cores = Math.floor(maxCpus / (sockets * dies * clusters * threads));
    } else if (sockets === 0) {
      threads ||= 1;
      sockets = Math.floor(maxCpus / (dies * clusters * cores * threads));
    }
    threads ||= Math.floor(maxCpus / (sockets * dies * clusters * cores));
  }
  maxCpus ||= sockets * dies * clusters * cores * threads;
  cpus ||= maxCpus;
  const hierarchy = [
    `sockets (${sockets})`,
    ...(smp.dies ? [`dies (${dies})`] : []),
    ...(smp.clusters ? [`clusters (${clusters})`] : []),
    `cores (${cores})`,
    `threads (${threads})`,
  ].join(' * ');
  if (sockets * dies * clusters * cores * threads !== maxCpus)
    throw new ConfigError(
      `Invalid CPU topology: product of the hierarchy must match maxcpus: ${hierarchy} != maxcpus (${maxCpus})`,
    );
  if (maxCpus < cpus)
    throw new ConfigError(
      `Invalid CPU topology: maxcpus must be equal to or greater than smp: ${hierarchy} == maxcpus (${maxCpus}) < smp_cpus (${cpus})`,
    );
  const most = smp.most ?? 1;
  if (maxCpus > most)
    throw new ConfigError(
      `Invalid SMP CPUs ${maxCpus | 0}. The max CPUs supported by machine '${names[0]}' is ${most}`,
    );
  return { cpus, maxCpus, sockets, dies, clusters, cores, threads };
}

/** Letters of boot devices: each once. */
function checkBoot(boot: Visited): void {
  const { 'splash-time': splash = 0n, 'reboot-timeout': timeout = -1n } = boot;
  if (Number(splash) < 0 || Number(splash) > 0xffff)
    throw new ConfigError('splash-time is invalid,it should be a value between 0 and 65535');
  if (Number(timeout) < -1 || Number(timeout) > 0xffff)
    throw new ConfigError('reboot timeout is invalid,it should be a value between -1 and 65535');
  for (const list of [boot.order, boot.once]) {
    const seen = new Set<string>();
    for (const letter of typeof list === 'string' ? list : '') {
      if (letter < 'a' || letter > 'p') throw new ConfigError(`Invalid boot device '${letter}'`);
      if (seen.has(letter)) throw new ConfigError(`Boot device '${letter}' was given twice`);
      seen.add(letter);
    }
  }
}

function ramSettings(
  board: Board,
  memory: Visited,
): Pick<MachineSettings, 'ramBytes' | 'maxRamBytes' | 'ramSlots'> {
  const asked = Number((memory.size as bigint | undefined) ?? BigInt(board.ramBytes));
  const ramBytes = Math.ceil(asked / RAM_UNIT) * RAM_UNIT;
  const most = memory['max-size'] as bigint | undefined;
  const slots = memory.slots as bigint | undefined;
  const hex = (value: number | bigint) => `(0x${value.toString(16)})`;
  if (most === undefined && slots !== undefined)
    throw new ConfigError('slots specified but no max-size');
  if (most !== undefined && most < BigInt(ramBytes))
    throw new ConfigError(
      `invalid value of maxmem: maximum memory size ${hex(most)} must be at least the initial memory size ${hex(ramBytes)}`,
    );
  if (most === BigInt(ramBytes) && slots)
    throw new ConfigError(
      `invalid value of maxmem: memory slots were specified but maximum memory size ${hex(most)} is equal to the initial memory size ${hex(ramBytes)}`,
    );
  return { ramBytes, maxRamBytes: Number(most ?? ramBytes), ramSlots: Number(slots ?? 0n) };
}

/** Properties of the one accelerator that there is. */
const TCG = ['thread', 'tb-size', 'split-wx', 'one-insn-per-tb'];

const ACCELERATORS = ['tcg', 'kvm', 'qtest'] as const;
/** What would run the CPUs; with `qtest` nothing does, not even firmware. */
export type Accelerator = (typeof ACCELERATORS)[number];

/** Chooses the accelerator of a machine whose CPUs are nobody's. Throws ConfigError with QEMU's sentence. */
export function chooseAccelerator({ accels }: CommandLine, log: StartLog): Accelerator {
  let failed = false;
  for (const { location, entries } of accels) {
    const name = lastValue(entries, 'accel') ?? '';
    const found = log.at(location, () => {
      if (name === 'tcg') checkTcg(entries);
      else if (name === 'kvm')
        log.note(`${location.text} is not modelled: the machine has no CPU to speed up`);
      else if (name !== 'qtest') log.print(`invalid accelerator ${name}`);
      return ACCELERATORS.find((known) => known === name);
    });
    if (found) {
      if (failed) log.print(`falling back to ${name}`);
      return found;
    }
    failed = true;
  }
  if (failed) throw new ConfigError('no accelerator found');
  return 'tcg';
}

function checkTcg(entries: readonly Entry[]): void {
  for (const { key, value } of entries) {
    if (key === 'accel') continue;
    if (!TCG.includes(key)) throw new ConfigError(`Property 'tcg-accel.${key}' not found`);
    if (key === 'thread' && value !== 'single' && value !== 'multi')
      throw new ConfigError(`Invalid 'thread' setting ${value}`);
    if (key === 'tb-size' && typeof readU64(value) === 'string')
      throw new ConfigError("Parameter 'tb-size' expects uint64");
    if (key === 'split-wx') switchValue(key, value, false);
  }
}
