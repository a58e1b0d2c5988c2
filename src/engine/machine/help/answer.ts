import { deviceProperties } from '../../monitor/qmp/qom.ts';
import { ConfigError } from '../../qom/errors.ts';
import { listClass } from '../../qom/listing.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import { Answered, type Question } from '../answered.ts';
import type { Arch } from '../boards/board.ts';
import { type Catalog, catalogOf } from '../catalog/catalog.ts';
import { CHARDEVS } from '../catalog/chardev-table.ts';
import { CPUS } from '../catalog/cpu-table.ts';
import type { LoadedTypes } from '../catalog/loaded-types.ts';
import { knownMachines } from '../catalog/machines.ts';
import { S390_CPUS } from '../catalog/s390-cpu-table.ts';
import { HEADINGS, headingsOf } from './categories.ts';
import { optionsText } from './property-lines.ts';

/** What is asked about: the program's types. */
export interface Program {
  readonly arch: Arch;
  readonly registry: TypeRegistry;
  readonly types: LoadedTypes;
}

const NETDEVS = [
  ...['socket', 'stream', 'dgram', 'hubport', 'tap', 'user', 'l2tpv3', 'vde', 'bridge'],
  ...['vhost-user', 'vhost-vdpa'],
];

/** Said on the way to questions that are answered late, where no display was chosen: the program comes without windows. */
const NO_WINDOWS = ['gtk', 'sdl']
  .map(
    (name) =>
      `qemu: module ui-ui-${name} not found, do you want to install qemu-system-gui package?\n`,
  )
  .join('');

const VERSION = `QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)
Copyright (c) 2003-2022 Fabrice Bellard and the QEMU Project developers
`;

/** What the program prints. Throws ConfigError where the question is about something that is not there. */
export function answer(program: Program, { about, name, display }: Question): Answered {
  const late = display ? '' : NO_WINDOWS;
  switch (about) {
    case 'version':
      return new Answered(VERSION);
    case 'cpu':
      return new Answered(cpuList(catalogOf(program.arch).letter));
    case 'device':
      return new Answered(name === undefined ? deviceList(program) : deviceOptions(program, name));
    case 'object':
      return new Answered(name === undefined ? objectList(program) : typeOptions(program, name));
    case 'machine':
      return new Answered(machineOptions(program, name) ?? machineList(program.arch));
    case 'netdev':
      return new Answered(`Available netdev backend types:\n${lines(NETDEVS)}`, late);
    case 'chardev':
      return new Answered(
        `Available chardev backend types: \n${sectionOf(CHARDEVS, catalogOf(program.arch).letter)}\n`,
        late,
      );
  }
}

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join('');
}

/** How `-device help` sorts. */
export function byName(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x < y ? -1 : x > y ? 1 : 0;
}

function deviceList({ arch, registry }: Program): string {
  const catalog = catalogOf(arch);
  const names = [...catalog.names()].sort(byName);
  const groups = HEADINGS.map((heading) => {
    const members = names.filter((name) =>
      headingsOf(catalog.find(name)?.groups).includes(heading),
    );
    return members.length === 0
      ? ''
      : lines([`${heading}:`, ...members.map((name) => deviceLine(catalog, registry, name))]);
  });
  return groups.filter((text) => text !== '').join('\n');
}

function deviceLine(catalog: Catalog, registry: TypeRegistry, name: string): string {
  const bus = registry.find(name)?.inherited('bus');
  const alias = catalog.aliasOf(name)[0];
  const description = catalog.find(name)?.description;
  return [
    `name "${name}"`,
    ...(bus === undefined ? [] : [`bus ${bus}`]),
    ...(alias === undefined ? [] : [`alias "${alias}"`]),
    ...(description === undefined ? [] : [`desc "${description}"`]),
  ].join(', ');
}

function deviceOptions({ registry, types }: Program, driver: string): string {
  const type = registry.find(driver);
  if (!type) throw new ConfigError(`Device '${driver}' not found`);
  if (type.info.abstract || !type.isA('device'))
    throw new ConfigError("Parameter 'typename' expects a non-abstract device type");
  return optionsText(type.name, deviceProperties(types, type));
}

function objectList({ registry, types }: Program): string {
  const names = [...registry.types()]
    .filter((type) => type.isA('user-creatable') && !type.info.abstract && types.has(type.name))
    .map((type) => `  ${type.name}`);
  return lines(['List of user creatable objects:', ...names.sort()]);
}

/** What can be set on an object or a machine: properties of its class. */
function typeOptions({ registry }: Program, name: string): string {
  const type = registry.find(name);
  if (!type) throw new ConfigError(`Parameter 'qom-type' does not accept value '${name}'`);
  return optionsText(
    name,
    listClass(type)
      .filter(({ name: property }) => {
        const { read, readOnly } = type.properties.get(property) ?? { read: true };
        return !read && !readOnly;
      })
      .map((property) => ({ ...property, default: undefined })),
  );
}

/** What `-M name,help` prints; undefined where there is no such machine. */
function machineOptions(program: Program, name: string | undefined): string | undefined {
  const text = knownMachines(program.arch).get(name ?? '');
  if (text === undefined) return undefined;
  const canonical = /\(alias of (\S+)\)$/.exec(text)?.[1] ?? name;
  return typeOptions(program, `${canonical}-machine`);
}

function machineList(arch: Arch): string {
  const list = [...knownMachines(arch)].map(([name, text]) => `${name.padEnd(20)} ${text}`);
  return lines(['Supported machines are:', ...list]);
}

/** What the table has for a program. */
function sectionOf(table: string, letter: string): string {
  const section = table.split(/^#/m).find((part) => part.startsWith(letter)) ?? '';
  return section.slice(section.indexOf('\n') + 1).replace(/\n$/, '');
}

/** Column at which lists of CPU features break. */
const FLAG_COLUMNS = 75;

function cpuList(letter: string): string {
  return sectionOf(letter === 's' ? S390_CPUS : CPUS, letter)
    .split('\n')
    .flatMap((line) => {
      const [kind, ...words] = line.split('|');
      const [name = '', text = ''] = words;
      if (kind === 'x86') return [`x86 ${name.padEnd(20)}  ${text}`];
      if (kind === 's390') return [`s390 ${name.padEnd(15)} ${text}`];
      if (kind === 'flags') return foldFlags(name.split(' '));
      return [line];
    })
    .map((line) => `${line}\n`)
    .join('');
}

/** Words in lines, two blanks before the first of each. */
function foldFlags(flags: readonly string[]): string[] {
  const folded: string[] = [];
  let line = ' ';
  for (const flag of flags) {
    if (line.length + flag.length >= FLAG_COLUMNS) {
      folded.push(line);
      line = ' ';
    }
    line += ` ${flag}`;
  }
  return [...folded, line];
}
