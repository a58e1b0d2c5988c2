import type { DeviceType } from '../protocol/messages.ts';
import type { DocumentOption } from './document.ts';
import { entriesOf, entryOf, withEntry } from './entries.ts';

/** What ids name: they need to be unique among one kind. Drives and block nodes share theirs. */
export type IdKind =
  | 'device'
  | 'block'
  | 'netdev'
  | 'chardev'
  | 'fsdev'
  | 'object'
  | 'audiodev'
  | 'tpmdev'
  | 'mon';

/** Options that make something with an id. */
const MAKERS: Readonly<Record<string, IdKind>> = {
  device: 'device',
  drive: 'block',
  blockdev: 'block',
  netdev: 'netdev',
  nic: 'netdev',
  net: 'netdev',
  chardev: 'chardev',
  fsdev: 'fsdev',
  object: 'object',
  audiodev: 'audiodev',
  tpmdev: 'tpmdev',
  mon: 'mon',
};

/** What is named by the id of an option; undefined where it has none. */
export function idKindOf({ name }: DocumentOption): IdKind | undefined {
  return Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
}

/** Properties of devices that name something, for when the types are not at hand. */
const DEVICE_KEYS: Readonly<Record<string, IdKind>> = {
  drive: 'block',
  netdev: 'netdev',
  chardev: 'chardev',
  fsdev: 'fsdev',
  rng: 'object',
  iothread: 'object',
  memdev: 'object',
  cryptodev: 'object',
  pmrdev: 'object',
  lsa: 'object',
  canbus: 'object',
  canbus0: 'object',
  canbus1: 'object',
  audiodev: 'audiodev',
  tpmdev: 'tpmdev',
  display: 'device',
  failover_pair_id: 'device',
};
/** Keys of objects that name something. */
const OBJECT_KEYS: Readonly<Record<string, IdKind>> = {
  chardev: 'chardev',
  netdev: 'netdev',
  memdev: 'object',
  iothread: 'object',
  keyid: 'object',
  passwordid: 'object',
  'tls-creds': 'object',
  'tls-authz': 'object',
  canbus: 'object',
  device: 'device',
};
/** Last parts of a block node's keys that name something: `file.backing`, `children.0` aside. */
const BLOCK_KEYS: Readonly<Record<string, IdKind>> = {
  file: 'block',
  backing: 'block',
  'data-file': 'block',
  image: 'block',
  raw: 'block',
  target: 'block',
  test: 'block',
  'throttle-group': 'object',
  'key-secret': 'object',
  'password-secret': 'object',
  'cookie-secret': 'object',
  'proxy-password-secret': 'object',
  'tls-creds': 'object',
  'pr-manager': 'object',
};
const NO_KEYS: Readonly<Record<string, IdKind>> = {};
/** Keys that name something, by option. */
const KEYS: Readonly<Record<string, Readonly<Record<string, IdKind>>>> = {
  netdev: { chardev: 'chardev', netdev: 'netdev' },
  nic: { chardev: 'chardev' },
  net: { netdev: 'netdev' },
  chardev: { chardev: 'chardev', 'tls-creds': 'object', 'tls-authz': 'object' },
  tpmdev: { chardev: 'chardev' },
  mon: { chardev: 'chardev' },
  numa: { memdev: 'object' },
  object: OBJECT_KEYS,
  M: {
    'memory-backend': 'object',
    'memory-encryption': 'object',
    'confidential-guest-support': 'object',
    audiodev: 'audiodev',
    pflash0: 'block',
    pflash1: 'block',
  },
  vnc: { audiodev: 'audiodev', 'tls-creds': 'object', 'tls-authz': 'object' },
  display: { audiodev: 'audiodev' },
};
/** Options that say `chardev:ID`. */
const PORTS = ['serial', 'parallel', 'debugcon', 'monitor', 'qmp', 'qmp-pretty'];
/** Where `-object` puts what it makes. */
const OBJECTS = '/objects/';

/** A place of an option that names what another option makes. */
export interface Reference {
  /** Of the entry; '' where it is the whole argument. */
  readonly key: string;
  readonly kind: IdKind;
  readonly id: string;
}

/** Kinds of back end as the protocol has them, by what their ids name. */
const BACK_ENDS: Readonly<Record<string, IdKind>> = {
  drive: 'block',
  blockdev: 'block',
  netdev: 'netdev',
  chardev: 'chardev',
  fsdev: 'fsdev',
  object: 'object',
};

/** Everything that an option refers to by id; a device's `bus=` under the id of the bus's carrier. */
export function referencesOf(option: DocumentOption, types?: readonly DeviceType[]): Reference[] {
  const found: Reference[] = [];
  rewritten(option, types, (key, kind, id) => {
    found.push({ key, kind, id });
    return undefined;
  });
  return found;
}

/** New ids by kind and old id (`object rng0`); null where what it named is gone. */
export type Renames = ReadonlyMap<string, string | null>;

/**
 * The option with ids that it refers to renamed, and without entries whose object is gone; undefined where
 * nothing is left of it that has a meaning.
 */
export function renamed(
  option: DocumentOption,
  names: Renames,
  types?: readonly DeviceType[],
): DocumentOption | undefined {
  return rewritten(option, types, (_, kind, id) => names.get(`${kind} ${id}`));
}

/** As `renamed`, for renames that take nothing away. */
export function withReferences(
  option: DocumentOption,
  names: ReadonlyMap<string, string>,
  types?: readonly DeviceType[],
): DocumentOption {
  return renamed(option, names, types) ?? option;
}

/** Undefined leaves the id as it is, null takes the reference away. */
type Rename = (key: string, kind: IdKind, id: string) => string | null | undefined;

function rewritten(
  option: DocumentOption,
  types: readonly DeviceType[] | undefined,
  rename: Rename,
): DocumentOption | undefined {
  const { name, argument } = option;
  if (argument === undefined) return option;
  if (PORTS.includes(name)) return port(option, argument, rename);
  if (name === 'set') return setting(option, argument, types, rename);
  if (name === 'global') return forAll(option, types, rename);
  let next = option;
  for (const { key, value } of entriesOf(option)) {
    const now = newValue(key, value, kindOf(option, key, types), rename);
    if (now === null && name === 'mon') return undefined;
    if (now !== undefined) next = withEntry(next, key, now ?? undefined);
  }
  return next;
}

/** What stands in place of a value that names something of `kind`; undefined where it stays. */
function newValue(
  key: string,
  value: string,
  kind: IdKind | 'bus' | undefined,
  rename: Rename,
): string | null | undefined {
  if (kind === undefined || value === '') return undefined;
  if (kind === 'bus') return newBus(key, value, rename);
  const inTree = kind === 'object' && value.startsWith(OBJECTS);
  const id = inTree ? value.slice(OBJECTS.length) : value;
  const now = rename(key, kind, id);
  return inTree && now ? OBJECTS + now : now;
}

/** `bus=`: the carrier's id, alone or with the bus's number, at any step of a path. */
function newBus(key: string, value: string, rename: Rename): string | null | undefined {
  let changed = false;
  const parts = value.split('/').map((part) => {
    const number = /\.\d+$/.exec(part)?.[0] ?? '';
    const now = rename(key, 'device', part);
    if (now !== undefined) {
      changed = true;
      return now;
    }
    const carrier = part.slice(0, part.length - number.length);
    const renamedTo = number === '' || carrier === '' ? undefined : rename(key, 'device', carrier);
    if (renamedTo === undefined) return part;
    changed = true;
    return renamedTo === null ? null : renamedTo + number;
  });
  if (!changed) return undefined;
  return parts.includes(null) ? null : parts.join('/');
}

function kindOf(
  option: DocumentOption,
  key: string,
  types: readonly DeviceType[] | undefined,
): IdKind | 'bus' | undefined {
  const { name } = option;
  if (name === 'device') return deviceKind(entryOf(option, 'driver') ?? '', key, types);
  if (name === 'blockdev' || name === 'drive') {
    // `file=` of a drive is the name of a file.
    if (name === 'drive' && key === 'file') return undefined;
    if (/(?:^|\.)children\.\d+$/.test(key)) return 'block';
    return own(BLOCK_KEYS, key.slice(key.lastIndexOf('.') + 1));
  }
  return own(own(KEYS, name === 'machine' ? 'M' : name) ?? NO_KEYS, key);
}

function deviceKind(
  driver: string,
  key: string,
  types: readonly DeviceType[] | undefined,
): IdKind | 'bus' | undefined {
  if (key === 'bus') return 'bus';
  const type = types?.find(({ name, aliases }) => name === driver || aliases.includes(driver));
  const kind = type?.links.find(({ property }) => property === key)?.kinds[0];
  return kind === undefined ? own(DEVICE_KEYS, key) : BACK_ENDS[kind];
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** `-serial chardev:ID` and the like, which mean nothing without it. */
function port(
  option: DocumentOption,
  argument: string,
  rename: Rename,
): DocumentOption | undefined {
  const [, prefix = '', id, rest = ''] = /^(chardev:)([^,]*)(.*)$/s.exec(argument) ?? [];
  const now = id === undefined ? undefined : rename('', 'chardev', id);
  if (now === null) return undefined;
  return now === undefined ? option : { ...option, argument: prefix + now + rest };
}

/** `-set group.id.key=value`. */
function setting(
  option: DocumentOption,
  argument: string,
  types: readonly DeviceType[] | undefined,
  rename: Rename,
): DocumentOption | undefined {
  const match = /^([^.]+)\.([^.]+)\.([^=]+)=(.*)$/s.exec(argument);
  if (!match) return option;
  const [, group = '', id = '', key = '', value = ''] = match;
  const kind = own(MAKERS, group);
  const nowId = kind && rename('', kind, id);
  const inner = { ...option, name: group, argument: '' };
  const nowValue = newValue(key, value, kind && kindOf(inner, key, types), rename);
  if (nowId === null || nowValue === null) return undefined;
  if (nowId === undefined && nowValue === undefined) return option;
  return { ...option, argument: `${group}.${nowId ?? id}.${key}=${nowValue ?? value}` };
}

/** `-global driver.property=value`, or `driver=,property=,value=`. */
function forAll(
  option: DocumentOption,
  types: readonly DeviceType[] | undefined,
  rename: Rename,
): DocumentOption | undefined {
  const [first] = entriesOf(option);
  const dot = first?.key.indexOf('.') ?? -1;
  const short = first !== undefined && dot > 0;
  const driver = short ? first.key.slice(0, dot) : (entryOf(option, 'driver') ?? '');
  const property = short ? first.key.slice(dot + 1) : (entryOf(option, 'property') ?? '');
  const key = short ? first.key : 'value';
  const value = entryOf(option, key) ?? '';
  const now = newValue(key, value, deviceKind(driver, property, types), rename);
  if (now === null) return undefined;
  return now === undefined ? option : withEntry(option, key, now);
}
