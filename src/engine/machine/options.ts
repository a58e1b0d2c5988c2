import { programArch, programName } from '../../options/programs.ts';
import { ConfigError } from '../qom/errors.ts';
import { Asked, type Question } from './answered.ts';
import type { Arch } from './boards/board.ts';
import { chardevForm } from './chardev-forms.ts';
import {
  type BlockdevOption,
  type ChardevOption,
  type CommandLine,
  type DefaultDevice,
  type DeviceOption,
  type DriveOption,
  type GlobalOption,
  type Located,
  type NetdevOption,
  type ObjectOption,
  type PortOption,
  REPLACES,
} from './command-line.ts';
import { IMMEDIATE, questionOf } from './help/question.ts';
import { checkClock, checkHostEntries, checkHostOption } from './host-options.ts';
import { parseJson } from './json.ts';
import { type KeyvalTree, mergeKeyval, parseKeyval } from './keyval.ts';
import { objectFromJson, objectFromOpts } from './objects.ts';
import { CHECKED_OPTIONS, OPTION_LISTS } from './option-lists.ts';
import {
  blockdevOptions,
  isJson,
  jsonDevice,
  SHORT_DRIVES,
  selectBoard,
  UNSETTABLE,
} from './option-parts.ts';
import { architecture, shellWords, type Word, wordsOf } from './option-words.ts';
import {
  checkEntry,
  type Entry,
  entriesOf,
  isWellFormedId,
  lastValue,
  type OptsRules,
  optSize,
  optsId,
  readOpts,
} from './opts.ts';
import { NETDEV_SCHEMA } from './qapi/netdev.ts';
import { visitJson, visitKeyval } from './qapi/visit.ts';
import { NOWHERE, type Place, type StartLog } from './start-log.ts';

/** Reads a QEMU command line, with or without the program's name. Throws ConfigError. */
export function parseCommandLine(text: string | readonly string[], log: StartLog): CommandLine {
  const words = typeof text === 'string' ? shellWords(text) : [...text];
  const [first = ''] = words;
  const program = programArch(first);
  if (program !== undefined) words.shift();
  const arch = architecture(program ?? 'x86_64');
  log.arch = arch;
  log.program = `qemu-system-${programName(first) ?? arch}`;
  const draft = new Draft(arch, log, words.includes('-display'));
  // Every option must be one before any of them is read.
  for (const word of wordsOf(words, log)) log.at(word.location, () => draft.take(word));
  return draft.finish();
}

function refuse(message: string): never {
  throw new ConfigError(message);
}

/** Where options collect while the line is read. */
class Draft {
  readonly #arch: Arch;
  readonly #log: StartLog;
  readonly #machine: KeyvalTree = Object.create(null);
  readonly #memory: Entry[] = [];
  readonly #rtc: Entry[] = [];
  readonly #without = new Set<DefaultDevice>();
  #memPath: string | undefined;
  #defaults = true;
  #paused = false;
  #nographic = false;
  #snapshot = false;
  /** Option that settled each thing of the machine last. */
  readonly #optionOf = new Map<string, number>();
  #memoryPlace = NOWHERE;
  readonly #accels: Located[] = [];
  #cpu: string | undefined;
  #vga: string | undefined;
  #monitors = 0;
  #qtest: PortOption | undefined;
  readonly #objects: ObjectOption[] = [];
  readonly #objectIds = new Set<string>();
  readonly #chardevs: ChardevOption[] = [];
  readonly #fsdevs: Located[] = [];
  readonly #blockdevs: BlockdevOption[] = [];
  readonly #drives: DriveOption[] = [];
  readonly #modernNetdevs: NetdevOption[] = [];
  readonly #netdevs: Located[] = [];
  readonly #nics: Located[] = [];
  readonly #nets: Located[] = [];
  readonly #mons: Located[] = [];
  readonly #serials: PortOption[] = [];
  readonly #parallels: PortOption[] = [];
  readonly #debugcons: PortOption[] = [];
  readonly #devices: DeviceOption[] = [];
  readonly #globals: GlobalOption[] = [];

  /** What the line asks, to be answered once it is read. */
  readonly #questions: Question[] = [];
  /** Whether the line says where pictures go. */
  readonly #display: boolean;

  constructor(arch: Arch, log: StartLog, display: boolean) {
    this.#arch = arch;
    this.#log = log;
    this.#display = display;
  }

  take(word: Word): void {
    const { name, info, argument, location } = word;
    if (!info.arches.includes(this.#arch)) refuse('Option not supported for this target');
    const question = info.argument
      ? questionOf(name, argument, location, this.#display)
      : questionAlone(name);
    if (question) {
      if (IMMEDIATE.includes(question.about) || !info.argument) throw new Asked(question);
      this.#questions.push(question);
      return;
    }
    if (info.fate === 'question') refuse('asks for help only, so there is no machine to build');
    const checked = CHECKED_OPTIONS.find((option) => option === name);
    if (checked) {
      const { entries } = this.#opts(argument, OPTION_LISTS[checked], location);
      checkHostEntries(name, entries);
      if (name === 'rtc') {
        this.#rtc.push(...entries);
        this.#settle(location, 'rtc');
      }
    } else if (info.argument) checkHostOption(name, argument);
    if (checked && info.fate === 'used') return;
    if (info.fate === 'used') this.#takeUsed(word);
    else if (info.fate === 'unmodelled')
      this.#log.note(`${location.text} is not modelled: the machine is built without it`);
  }

  #takeUsed({ name, argument, location }: Word): void {
    if (/^(?:[^=]*,)?(?:help|\?)$/.test(argument))
      refuse('asks for help only, so there is no machine to build');
    switch (name) {
      case 'nodefaults':
        this.#defaults = false;
        return;
      case 'S':
        this.#paused = true;
        return;
      case 'nographic':
        this.#nographic = true;
        return;
      case 'snapshot':
        this.#snapshot = true;
        return;
      case 'enable-kvm':
        this.#settle(location, 'accel');
        this.#machine.accel = 'kvm';
        return;
      case 'bios':
        this.#settle(location, 'firmware');
        this.#machine.firmware = argument;
        return;
      case 'accel':
        this.#accels.push(this.#opts(argument, OPTION_LISTS.accel, location));
        return;
      case 'usb':
        this.#settle(location, 'usb');
        this.#machine.usb = 'on';
        return;
      case 'M':
      case 'machine':
        this.#merge(location, parseKeyval(argument, 'type').tree);
        return;
      case 'smp':
        this.#structure(location, 'smp', argument, 'cpus');
        return;
      case 'boot':
        this.#structure(location, 'boot', argument, 'order');
        return;
      case 'kernel':
      case 'initrd':
      case 'append':
        this.#settle(location, name);
        this.#machine[name] = argument;
        return;
      case 'm':
        this.#memory.push(...this.#opts(argument, OPTION_LISTS.memory, location).entries);
        this.#settle(location, 'memory');
        this.#memoryPlace = location;
        return;
      case 'mem-path':
        this.#memPath = argument;
        return;
      case 'cpu':
        this.#settle(location, 'cpu');
        this.#cpu = argument;
        return;
      case 'vga':
        this.#settle(location, 'vga');
        this.#vga = argument;
        this.#without.add('vga');
        return;
      case 'set':
        this.#set(argument);
        return;
      case 'global':
        this.#globals.push(this.#global(argument, location));
        return;
      default:
        this.#takeBackend(name, argument, location);
    }
  }

  /** Options that make objects, back ends and devices. */
  #takeBackend(name: string, argument: string, location: Place): void {
    switch (name) {
      case 'object':
        this.#object(argument, location);
        return;
      case 'device':
        this.#device(argument, location);
        return;
      case 'blockdev':
        this.#blockdevs.push({ location, options: blockdevOptions(argument) });
        return;
      case 'chardev':
        this.#unique(this.#chardevs, 'chardev', OPTION_LISTS.chardev, argument, location);
        return;
      case 'mon':
        this.#without.add('monitor');
        this.#unique(this.#mons, 'mon', OPTION_LISTS.mon, argument, location);
        return;
      case 'fsdev':
        this.#unique(this.#fsdevs, 'fsdev', OPTION_LISTS.fsdev, argument, location);
        return;
      case 'virtfs':
        this.#virtfs(argument, location);
        return;
      case 'netdev':
        this.#netdev(argument, location);
        return;
      case 'nic':
        this.#without.add('net');
        this.#unique(this.#nics, 'nic', OPTION_LISTS.nic, argument, location);
        return;
      case 'net':
        this.#without.add('net');
        this.#unique(this.#nets, 'net', OPTION_LISTS.net, argument, location);
        return;
      case 'serial':
        this.#without.add('serial');
        if (argument.startsWith('mon:')) this.#without.add('monitor');
        this.#serials.push({ location, text: argument });
        return;
      case 'parallel':
        this.#without.add('parallel');
        if (argument.startsWith('mon:')) this.#without.add('monitor');
        this.#parallels.push({ location, text: argument });
        return;
      case 'debugcon':
        this.#debugcons.push({ location, text: argument });
        return;
      case 'monitor':
      case 'qmp':
      case 'qmp-pretty':
      case 'qtest':
        this.#monitor(name, argument, location);
        return;
      case 'drive':
        this.#unique(this.#drives, 'drive', OPTION_LISTS.drive, argument, location);
        return;
      default:
        this.#shortDrive(name, argument, location);
    }
  }

  /** Reads an option that QEMU's option parser reads, and says what it warns of. */
  #opts(argument: string, rules: OptsRules, location: Place): Located {
    const { fault, ...opts } = readOpts(argument, rules);
    for (const warning of opts.warnings) this.#log.warn(warning);
    if (fault) throw fault;
    return { ...opts, location };
  }

  /** Such an option whose id must be unique among its kind. */
  #unique(
    list: Located[],
    kind: string,
    rules: OptsRules,
    argument: string,
    location: Place,
  ): Located {
    const id = optsId(argument);
    if (id !== undefined && list.some((other) => other.id === id))
      throw new ConfigError(`Duplicate ID '${id}' for ${kind}`);
    const option = this.#opts(argument, rules, location);
    list.push(option);
    return option;
  }

  /** A property of the machine that is a structure: `-smp 2,cores=2` is `-machine smp.cpus=2,smp.cores=2`. */
  #structure(location: Place, name: string, argument: string, implied: string): void {
    const tree: KeyvalTree = Object.create(null);
    tree[name] = parseKeyval(argument, implied).tree;
    this.#merge(location, tree);
  }

  #merge(location: Place, tree: KeyvalTree): void {
    this.#settle(location, ...Object.keys(tree));
    mergeKeyval(this.#machine, tree);
  }

  /** Takes note of the option that settles something of the machine. */
  #settle({ option }: Place, ...names: readonly string[]): void {
    if (option !== undefined)
      for (const name of names) this.#optionOf.set(name.replaceAll('_', '-'), option);
  }

  #object(argument: string, location: Place): void {
    const json = argument.startsWith('{') ? parseJson(argument) : undefined;
    const opts = json ? undefined : this.#opts(argument, OPTION_LISTS.object, location);
    if (opts?.id !== undefined && this.#objectIds.has(opts.id))
      throw new ConfigError(`Duplicate ID '${opts.id}' for object`);
    const request = opts ? objectFromOpts(opts) : objectFromJson(json ?? {});
    this.#objects.push({ ...request, location: { ...location, text: '' } });
    if (opts?.id !== undefined) this.#objectIds.add(opts.id);
  }

  #device(argument: string, location: Place): void {
    if (argument.startsWith('{')) {
      this.#devices.push(jsonDevice(argument, location));
      return;
    }
    // JSON does not pass through the option parser, which is what watches over ids.
    const rivals = this.#devices.filter(({ json }) => json === undefined);
    const option = this.#unique(rivals, 'device', OPTION_LISTS.device, argument, location);
    this.#devices.push({ ...option, json: undefined });
  }

  /** `-virtfs` is a file system and the device that offers it. */
  #virtfs(argument: string, location: Place): void {
    const { entries } = this.#opts(argument, OPTION_LISTS.virtfs, location);
    const driver = lastValue(entries, 'fsdriver');
    const tag = lastValue(entries, 'mount_tag');
    if (!driver || !tag) refuse('Usage: -virtfs fsdriver,mount_tag=tag');
    if (!isWellFormedId(tag) || this.#fsdevs.some(({ id }) => id === tag))
      refuse(`duplicate or invalid fsdev id: ${tag}`);
    const kept = entries.filter(({ key }) => key !== 'mount_tag');
    this.#fsdevs.push({ location, id: tag, entries: kept, warnings: [] });
    this.#devices.push({
      location,
      id: undefined,
      entries: entriesOf({ driver: 'virtio-9p-pci', fsdev: tag, mount_tag: tag }),
      warnings: [],
      json: undefined,
    });
  }

  #netdev(argument: string, location: Place): void {
    this.#without.add('net');
    const type = lastValue(readOpts(argument, OPTION_LISTS.netdev).entries, 'type');
    if (argument.startsWith('{'))
      this.#modernNetdevs.push({
        location,
        options: visitJson(NETDEV_SCHEMA, 'Netdev', parseJson(argument)),
      });
    else if (type === 'stream' || type === 'dgram')
      this.#modernNetdevs.push({
        location,
        options: visitKeyval(NETDEV_SCHEMA, 'Netdev', parseKeyval(argument, 'type').tree),
      });
    else this.#unique(this.#netdevs, 'netdev', OPTION_LISTS.netdev, argument, location);
  }

  /** A monitor is a character back end and what listens on it. */
  #monitor(name: string, argument: string, location: Place): void {
    if (name === 'qtest') {
      this.#qtest = { location: { ...location, text: '' }, text: argument };
      return;
    }
    this.#without.add('monitor');
    if (name === 'monitor' && argument.startsWith('none')) return;
    let label = argument.slice('chardev:'.length);
    if (!argument.startsWith('chardev:')) {
      label = `compat_monitor${this.#monitors}`;
      const rival = this.#chardevs.some(({ id }) => id === label);
      const entries = rival ? undefined : this.#form(argument);
      if (rival) this.#log.print(`Duplicate ID '${label}' for chardev`);
      if (!entries) refuse(`parse error: ${argument}`);
      this.#chardevs.push({ location, id: label, entries, warnings: [], served: true });
    }
    if (this.#mons.some(({ id }) => id === label)) refuse(`Duplicate ID '${label}' for mon`);
    const pretty = name === 'qmp-pretty' ? 'on' : 'off';
    const mode = name === 'monitor' ? { mode: 'readline' } : { mode: 'control', pretty };
    const entries = entriesOf({ ...mode, chardev: label });
    this.#mons.push({ location, id: label, entries, warnings: [] });
    this.#monitors++;
  }

  /** A back end's short form as options; undefined, with QEMU's complaint printed, where it is none. */
  #form(text: string): readonly Entry[] | undefined {
    try {
      return chardevForm(text);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      if (error.message !== '') this.#log.print(error.message);
      return undefined;
    }
  }

  #shortDrive(name: string, argument: string, location: Place): void {
    const form = SHORT_DRIVES[name];
    if (!form) return;
    const entries = entriesOf({ ...form, file: argument });
    this.#drives.push({ location, id: undefined, entries, warnings: [] });
  }

  #global(argument: string, location: Place): GlobalOption {
    const short = /^([^.=,]+)\.([^=,]+)=([\s\S]*)$/.exec(argument);
    if (short)
      return {
        location,
        driver: short[1] ?? '',
        property: short[2] ?? '',
        value: short[3] ?? '',
      };
    const { entries } = this.#opts(argument, OPTION_LISTS.global, location);
    const [driver, property, value] = ['driver', 'property', 'value'].map((key) =>
      lastValue(entries, key),
    );
    if (driver === undefined || property === undefined || value === undefined)
      return refuse("options 'driver', 'property', and 'value' are required");
    return { location, driver, property, value };
  }

  /** `-set group.id.property=value` changes an option that stands further left. */
  #set(argument: string): void {
    const match = /^([^.]{1,63})\.([^.]{1,63})\.([^=]{1,63})=([\s\S]*)$/.exec(argument);
    if (!match) refuse(`can't parse: "${argument}"`);
    const [, group = '', id = '', key = '', value = ''] = match;
    if (UNSETTABLE.includes(group)) refuse(`-set is not supported with ${group}`);
    const lists: Readonly<Record<string, Located[]>> = {
      device: this.#devices,
      drive: this.#drives,
      netdev: this.#netdevs,
      nic: this.#nics,
      net: this.#nets,
      chardev: this.#chardevs,
      fsdev: this.#fsdevs,
      mon: this.#mons,
    };
    const list = Object.hasOwn(lists, group) ? lists[group] : undefined;
    if (!list && !Object.hasOwn(OPTION_LISTS, group)) refuse(`There is no option group '${group}'`);
    const at = list?.findIndex((option) => option.id === id && !isJson(option)) ?? -1;
    const found = list?.[at];
    if (!list || !found) refuse(`there is no ${group} "${id}" defined`);
    const rules: OptsRules = OPTION_LISTS[group as keyof typeof OPTION_LISTS];
    if (rules.keys) checkEntry(rules.keys, { key, value });
    const entries = [...found.entries, { key, value }];
    // A device's id is one of its keys in the end.
    list[at] = group === 'device' && key === 'id' ? { ...found, id: value } : { ...found, entries };
  }

  /** Checks that need the whole line. */
  finish(): CommandLine {
    if (this.#machine.kernel === undefined)
      for (const name of ['append', 'initrd'])
        if (this.#machine[name] !== undefined)
          this.#log.about(this.#optionOf.get(name), () =>
            refuse(`-${name} only allowed with -kernel option`),
          );
    this.#log.about(this.#optionOf.get('rtc'), () => checkClock(this.#rtc));
    const customRam = this.#mergeMemory();
    const asked = (...about: Question['about'][]) =>
      this.#questions.find((question) => about.includes(question.about));
    // QEMU answers some questions before it looks for the machine.
    const early = asked('cpu') ?? asked('device');
    if (early) throw new Asked(early);
    const machine = this.#log.about(this.#optionOf.get('type'), () =>
      selectBoard(this.#arch, this.#machine.type),
    );
    const [late] = this.#questions;
    if (late) throw new Asked(late);
    const drivers = [
      ...this.#devices.map(({ entries }) => lastValue(entries, 'driver') ?? ''),
      ...this.#globals.map(({ driver }) => driver),
    ];
    for (const driver of drivers) {
      const replaced = Object.hasOwn(REPLACES, driver) ? REPLACES[driver] : undefined;
      if (replaced) this.#without.add(replaced);
    }
    return {
      arch: this.#arch,
      machine,
      machineTree: this.#machine,
      accels: this.#accels,
      customRam,
      memPath: this.#memPath,
      defaults: this.#defaults,
      without: this.#without,
      nographic: this.#nographic,
      paused: this.#paused,
      snapshot: this.#snapshot,
      cpuOption: this.#cpu,
      objects: this.#objects,
      chardevs: this.#chardevs,
      fsdevs: this.#fsdevs,
      blockdevs: this.#blockdevs,
      drives: this.#drives,
      modernNetdevs: this.#modernNetdevs,
      netdevs: this.#netdevs,
      nics: this.#nics,
      nets: this.#nets,
      monitors: this.#mons,
      serials: this.#serials,
      parallels: this.#parallels,
      debugcons: this.#debugcons,
      qtest: this.#qtest,
      devices: this.#devices,
      globals: this.#globals,
      vga: this.#vga,
      optionOf: this.#optionOf,
    };
  }

  /** Makes `-m` a property of the machine, as QEMU does; whether it gives a size. */
  #mergeMemory(): boolean {
    const memory: KeyvalTree = Object.create(null);
    const size = lastValue(this.#memory, 'size') ?? '';
    const custom = size !== '' && optSize('size', size) !== 0n;
    // A bare number counts MiB.
    if (custom) memory.size = /\d$/.test(size) ? `${size}M` : size;
    for (const [from, to] of [
      ['maxmem', 'max-size'],
      ['slots', 'slots'],
    ] as const) {
      const value = lastValue(this.#memory, from);
      if (value !== undefined) memory[to] = value;
    }
    const tree: KeyvalTree = Object.create(null);
    tree.memory = memory;
    this.#log.at(this.#memoryPlace, () => mergeKeyval(this.#machine, tree));
    return custom;
  }
}

function questionAlone(name: string): Question | undefined {
  return name === 'version'
    ? { about: 'version', name: undefined, location: NOWHERE, display: false }
    : undefined;
}
