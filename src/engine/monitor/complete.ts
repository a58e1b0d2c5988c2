import { Device } from '../qdev/device.ts';
import { VirtioDevice } from '../virtio/virtio-device.ts';
import { COMMANDS, type Command, INFO_COMMANDS } from './commands.ts';
import { type CompletionKind, HELP_NAMES } from './completion-kinds.ts';
import type { MonitorTarget } from './target.ts';

/** What could stand at the end of a line. */
export interface Completion {
  /** Where the word begins that the candidates replace. */
  readonly start: number;
  /** Whole words, sorted; none where nothing is known. */
  readonly candidates: readonly string[];
}

/** Most candidates that are offered. */
const MOST = 500;

/** Candidates for the last word of an unfinished monitor line. */
export function complete(target: MonitorTarget, line: string): Completion {
  const start = /\S*$/.exec(line)?.index ?? line.length;
  const typed = line.slice(start);
  const words = line
    .slice(0, start)
    .split(/\s+/)
    .filter((word) => word !== '');
  const offer = (from: number, all: Iterable<string>): Completion => {
    const text = line.slice(from);
    const found = [...new Set(all)].filter((candidate) => candidate.startsWith(text));
    return { start: from, candidates: found.sort().slice(0, MOST) };
  };
  const [first, second] = words;
  if (first === undefined) return offer(start, [...names(COMMANDS), ...HELP_NAMES, 'info']);
  if (first === 'info' && second === undefined) return offer(start, names(INFO_COMMANDS));
  if (HELP_NAMES.includes(first))
    return offer(start, second === 'info' ? names(INFO_COMMANDS) : [...names(COMMANDS), 'info']);
  const command = first === 'info' ? find(INFO_COMMANDS, second ?? '') : find(COMMANDS, first);
  const before = words.slice(first === 'info' ? 2 : 1).filter((word) => !word.startsWith('-'));
  const kind = command?.complete?.[before.length];
  if (!kind) return offer(start, []);
  const comma = typed.lastIndexOf(',');
  if (kind === 'device-options' && comma >= 0)
    return offer(start + comma + 1, properties(target, typed.slice(0, typed.indexOf(','))));
  return offer(start, candidates(target, kind, typed, before));
}

function names(commands: readonly Command[]): string[] {
  return commands.flatMap(({ name }) => name.split('|'));
}

function find(commands: readonly Command[], name: string): Command | undefined {
  return commands.find((command) => command.name.split('|').includes(name));
}

function candidates(
  target: MonitorTarget,
  kind: CompletionKind,
  typed: string,
  before: readonly string[],
): string[] {
  const { registry } = target.root;
  const types = [...registry.types()].filter(({ info }) => !info.abstract);
  switch (kind) {
    case 'device-options':
      return types
        .filter((type) => type.isA('device') && type.inherited('userCreatable') !== false)
        .filter((type) => type.inherited('create') !== undefined)
        .map(({ name }) => name);
    case 'device-id':
      return [...(target.root.at('/machine/peripheral')?.children.values() ?? [])]
        .filter((child) => child instanceof Device && child.hotpluggable)
        .map(({ name }) => name);
    case 'object-options':
      return types
        .filter((type) => type.isA('user-creatable') && type.inherited('create') !== undefined)
        .map(({ name }) => name);
    case 'object-id':
      return [...(target.root.at('/objects')?.children.keys() ?? [])];
    case 'chardev-id':
      return target.chardevs.list().map(({ id }) => id);
    case 'netdev-id':
      return target.network.clients.filter(({ kind }) => kind !== 'nic').map(({ name }) => name);
    case 'net-name':
      return target.network.clients.map(({ name }) => name);
    case 'path':
      return paths(target, typed);
    case 'property':
      return [...(target.root.at(before[0] ?? '')?.type.properties.keys() ?? [])];
    case 'virtio-path':
      return target.devices
        .filter((device) => device instanceof VirtioDevice && device.realized)
        .map(({ path }) => path);
  }
}

/** Objects below the last whole part of a path. */
function paths(target: MonitorTarget, typed: string): string[] {
  const parent = typed.slice(0, typed.lastIndexOf('/') + 1) || '/';
  const object = target.root.at(parent);
  return [...(object?.children.keys() ?? [])].map((name) => parent + name);
}

/** `name=` of everything that a device of the type that `driver` names can be given. */
function properties(target: MonitorTarget, driver: string): string[] {
  const typename = target.root.registry.find(driver)?.name;
  const answer = target.qmp({ execute: 'device-list-properties', arguments: { typename } });
  if (!('return' in answer)) return [];
  const listed = answer.return as readonly { readonly name: string }[];
  return ['id=', 'bus=', ...listed.map(({ name }) => `${name}=`)];
}
