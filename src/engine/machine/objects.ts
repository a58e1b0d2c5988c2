import { ConfigError } from '../qom/errors.ts';
import { Container, type QObject } from '../qom/object.ts';
import { parseSize } from '../qom/property.ts';
import type { TypeRegistry } from '../qom/type.ts';
import { checkedId, type Entry, lastValue, type Opts, switchValue } from './opts.ts';

/** How a parameter of an object reads. */
type Kind = 'bool' | 'int64' | 'size' | 'str';

/** Parameters of `-object TYPE`, by type. */
const PARAMETERS: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  'rng-builtin': { opened: 'bool' },
  'rng-random': { opened: 'bool', filename: 'str' },
  iothread: {
    'aio-max-batch': 'int64',
    'poll-max-ns': 'int64',
    'poll-grow': 'int64',
    'poll-shrink': 'int64',
    'thread-pool-min': 'int64',
    'thread-pool-max': 'int64',
  },
  'memory-backend-ram': {
    size: 'size',
    share: 'bool',
    prealloc: 'bool',
    'prealloc-threads': 'int64',
    dump: 'bool',
    merge: 'bool',
    reserve: 'bool',
    policy: 'str',
    'host-nodes': 'str',
    'prealloc-context': 'str',
    'x-use-canonical-path-for-ramblock-id': 'bool',
  },
};
/** Parameters without which an object cannot be. */
const REQUIRED: Readonly<Record<string, string>> = { 'memory-backend-ram': 'size' };
/** Types that QEMU makes and ours does not. */
const FOREIGN =
  /^(?:authz-|can-|colo-|cryptodev-|dbus-|filter-|input-|main-loop|memory-backend-|pr-manager|qtest$|rng-egd|secret|sev-|sgx-|thread-context|throttle|tls-|x-)/;
/** Files that are a source of random bytes everywhere. */
const RANDOM_FILES = ['/dev/random', '/dev/urandom'];

/** An object that was asked for, checked. */
export interface ObjectRequest {
  readonly type: string;
  readonly id: string;
  readonly entries: readonly Entry[];
}

/** Checks an `-object`. Throws ConfigError with QEMU's sentence. */
export function objectRequest(opts: Opts): ObjectRequest {
  const type = lastValue(opts.entries, 'qom-type');
  if (type === undefined) throw new ConfigError("Parameter 'qom-type' is missing");
  const parameters = Object.hasOwn(PARAMETERS, type) ? PARAMETERS[type] : undefined;
  if (!parameters)
    throw new ConfigError(
      FOREIGN.test(type)
        ? `objects of type '${type}' are not modelled yet`
        : `Parameter 'qom-type' does not accept value '${type}'`,
    );
  if (opts.id === undefined) throw new ConfigError("Parameter 'id' is missing");
  const entries = opts.entries.filter(({ key }) => key !== 'qom-type');
  const required = REQUIRED[type];
  if (required !== undefined && lastValue(entries, required) === undefined)
    throw new ConfigError(`Parameter '${required}' is missing`);
  for (const { key, value } of entries) {
    const kind = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
    if (!kind) throw new ConfigError(`Invalid parameter '${key}'`);
    checkValue(key, value, kind);
  }
  return { type, id: checkedId(opts.id), entries };
}

function checkValue(key: string, value: string, kind: Kind): void {
  if (kind === 'bool') switchValue(key, value, false);
  if (kind === 'int64' && !isInt64(value))
    throw new ConfigError(`Parameter '${key}' expects an int64 value`);
  if (kind === 'size' && parseSize(value) === undefined)
    throw new ConfigError(`Parameter '${key}' expects a size value`);
}

function isInt64(text: string): boolean {
  if (text.length > 64 || !/^-?(?:\d+|0[xX][0-9a-fA-F]+)$/.test(text)) return false;
  const magnitude = BigInt(text.replace('-', ''));
  return magnitude < 2n ** 63n;
}

/** What QEMU finds out only when it sets a property. */
function checkRange(type: string, { key, value }: Entry): void {
  if (key.startsWith('poll-') && value.startsWith('-'))
    throw new ConfigError(`${key} value must be in range [0, 9223372036854775807]`);
  if (key === 'size' && parseSize(value) === 0)
    throw new ConfigError(`property 'size' of ${type} doesn't take value '0'`);
}

/** Makes a checked object. Throws ConfigError where its resource cannot be had. */
export function makeObject(
  registry: TypeRegistry,
  context: { openImage(name: string): unknown },
  request: ObjectRequest,
): QObject {
  const { type, entries } = request;
  if (lastValue(entries, 'opened') !== undefined)
    throw new ConfigError(`Property '${type}.opened' is not writable`);
  const filename = lastValue(entries, 'filename');
  if (filename !== undefined && !RANDOM_FILES.includes(filename) && !context.openImage(filename))
    throw new ConfigError(`Could not open '${filename}': No such file or directory`);
  const object = registry.create(type, context);
  for (const entry of entries) {
    checkRange(type, entry);
    object.values[entry.key] = entry.value;
  }
  if (type === 'memory-backend-ram') object.addRegions(request.id);
  return object;
}

/** Registers the objects that only stand in the tree: threads and memory back ends have nothing to do here. */
export function registerObjects(registry: TypeRegistry): void {
  registry.register({ name: 'container', parent: 'object', create: (init) => new Container(init) });
  for (const [name, parent] of [
    ['iothread', 'event-loop-base'],
    ['memory-backend-ram', 'memory-backend'],
  ] as const) {
    registry.register({ name: parent, parent: 'object', abstract: true });
    registry.register({ name, parent, create: (init) => new Container(init) });
  }
}
