import type { Chardev } from '../backends/chardev.ts';
import { MemoryBackend } from '../backends/memory.ts';
import { networkOf } from '../backends/net.ts';
import { ConfigError } from '../qom/errors.ts';
import { QObject } from '../qom/object.ts';
import type { TypeRegistry } from '../qom/type.ts';
import { type NumberFault, readI64, readSize } from './numbers.ts';
import { switchValue } from './opts.ts';
import { throttleFault } from './throttle.ts';

/** Texts of an object's properties, by name. */
type Texts = Readonly<Record<string, string | undefined>>;

/** What a user-made object without work of its own checks. */
interface ObjectRules {
  readonly parent: string;
  /** Properties that exist to be read only. */
  readonly readOnly?: readonly string[];
  /** Checks one property as it is set. */
  set?(name: string, text: string, type: string): void;
  /** Values of what was not set, where they are no zero. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Whether what is set once the object is complete is checked with the rest again. */
  readonly rechecks?: boolean;
  /** What is said where something is set once the object is complete. */
  readonly fixed?: string;
  /** Properties that name something, and its type. */
  readonly links?: Readonly<Record<string, string>>;
  /** Checks all of them at the end. */
  complete?(object: UserObject, texts: Texts): void;
}

const MAX_I64 = 2n ** 63n - 1n;
const MAX_THREADS = 64n;
const PAGE = 4096n;
const MAX_NODES = 128;

function refuse(message: string): never {
  throw new ConfigError(message);
}

/** Event loops: numbers that are not negative, and a pool that is not upside down. */
function setLoop(name: string, text: string): void {
  if (text.startsWith('-')) refuse(`${name} value must be in range [0, ${MAX_I64}]`);
}

function completeLoop(_object: UserObject, texts: Texts): void {
  const least = BigInt(texts['thread-pool-min'] ?? 0);
  const most = BigInt(texts['thread-pool-max'] ?? MAX_THREADS);
  if (least > most || most === 0n || most > 0x7fff_ffffn)
    refuse('bad thread-pool-min/thread-pool-max values');
}

const SECRET: Omit<ObjectRules, 'complete'> = {
  parent: 'secret_common',
  readOnly: ['loaded'],
  defaults: { format: 'raw', loaded: true },
};
/** Credentials that nobody said more of. */
const CREDENTIALS = { endpoint: 'client', 'verify-peer': true };

function secretKey(object: UserObject, { keyid }: Texts): void {
  if (keyid === undefined) return;
  const key = object.parent?.children.get(keyid);
  if (!key) refuse(`No secret with id '${keyid}'`);
  if (!key.type.isA('secret_common')) refuse(`Object with id '${keyid}' is not a secret`);
}

const RULES: Readonly<Record<string, ObjectRules>> = {
  iothread: {
    parent: 'event-loop-base',
    defaults: { 'poll-max-ns': 32768, 'thread-pool-max': Number(MAX_THREADS) },
    rechecks: true,
    set: setLoop,
    complete: completeLoop,
  },
  'main-loop': {
    parent: 'event-loop-base',
    defaults: { 'thread-pool-max': Number(MAX_THREADS) },
    rechecks: true,
    set: setLoop,
    complete(object, texts) {
      completeLoop(object, texts);
      const rivals = [...(object.parent?.children.values() ?? [])];
      if (rivals.some((other) => other !== object && other.type === object.type))
        refuse('only one main-loop instance allowed');
    },
  },
  'thread-context': {
    parent: 'object',
    set(name) {
      if (name.endsWith('-affinity')) return;
    },
    complete(_object, texts) {
      if (texts['cpu-affinity'] !== undefined && texts['node-affinity'] !== undefined)
        refuse('Mixing CPU and node affinity not supported');
    },
  },
  'throttle-group': {
    parent: 'object',
    fixed: 'Property cannot be set after initialization',
    set(name, text) {
      if (name === 'limits') return;
      if (text.startsWith('-')) refuse('Property values cannot be negative');
      if (name.endsWith('-length') && BigInt(text) === 0n) refuse('the burst length cannot be 0');
    },
    complete(_object, texts) {
      const limits = new Map<string, bigint>();
      for (const [key, value] of Object.entries(texts)) {
        if (value === undefined) continue;
        if (key !== 'limits') limits.set(key.replace(/^x-/, ''), BigInt(value));
        else
          for (const [, name = '', number = '0'] of value.matchAll(/([^=,]+)=(-?\d+)/g))
            limits.set(name, BigInt(number));
      }
      const fault = throttleFault(limits);
      if (fault !== undefined) refuse(fault);
    },
  },
  secret: {
    ...SECRET,
    complete(object, texts) {
      if (texts.file !== undefined && texts.data !== undefined)
        refuse("'file' and 'data' are mutually exclusive");
      if (texts.file !== undefined)
        refuse(
          `Unable to read ${texts.file}: Failed to open file \u201c${texts.file}\u201d: No such file or directory`,
        );
      if (texts.data === undefined) refuse("Either 'file' or 'data' must be provided");
      secretKey(object, texts);
    },
  },
  secret_keyring: {
    ...SECRET,
    complete(_object, { serial = '0' }) {
      const hex = BigInt.asUintN(32, BigInt(serial)).toString(16).padStart(8, '0');
      refuse(`Unable to read serial key ${hex}: Required key not available`);
    },
  },
  'can-bus': { parent: 'object' },
  'can-host-socketcan': {
    parent: 'can-host',
    links: { canbus: 'can-bus' },
    complete() {
      refuse('failed to create CAN_RAW socket: Address family not supported by protocol');
    },
  },
  'authz-simple': { parent: 'authz' },
  'authz-list': { parent: 'authz' },
  'tls-creds-anon': { parent: 'tls-creds', readOnly: ['loaded'], defaults: CREDENTIALS },
  'tls-creds-x509': {
    parent: 'tls-creds',
    defaults: CREDENTIALS,
    readOnly: ['loaded'],
    complete(_object, { dir }) {
      if (dir === undefined) refuse("Missing 'dir' property value");
      refuse(`Unable to access credentials ${dir}/ca-cert.pem: No such file or directory`);
    },
  },
  'tls-creds-psk': {
    parent: 'tls-creds',
    defaults: CREDENTIALS,
    readOnly: ['loaded'],
    complete(_object, { dir }) {
      if (dir === undefined) refuse("Missing 'dir' property value");
    },
  },
  'tls-cipher-suites': { parent: 'tls-creds' },
  'rng-egd': { parent: 'rng-backend', readOnly: ['opened'], complete: claimChardev },
  qtest: { parent: 'object', complete: claimChardev },
  'input-linux': {
    parent: 'object',
    complete(_object, { evdev }) {
      refuse(`Could not open '${evdev}': No such file or directory`);
    },
  },
  'input-barrier': {
    parent: 'object',
    complete(_object, { server = 'localhost', port = '24800' }) {
      refuse(`Failed to connect to '${server}:${port}': Connection refused`);
    },
  },
  'dbus-vmstate': {
    parent: 'object',
    complete(_object, { addr = '' }) {
      refuse(
        addr.includes(':')
          ? `failed to connect to DBus: 'Could not connect: No such file or directory'`
          : `failed to connect to DBus: 'Address element \u201c${addr}\u201d does not contain a colon (:)'`,
      );
    },
  },
  'pr-manager-helper': {
    parent: 'pr-manager',
    complete(_object, { path }) {
      refuse(`Failed to connect to '${path}': No such file or directory`);
    },
  },
  'filter-buffer': {
    parent: 'netfilter',
    set(name, text, type) {
      setFilter(name, text);
      if (name === 'interval' && text === '0')
        refuse(`Property '${type}.${name}' requires a positive value`);
    },
    complete: (object, texts) => joinFilters(object, texts, { interval: texts.interval ?? '' }),
  },
  'filter-dump': {
    parent: 'netfilter',
    set: setFilter,
    complete: (object, texts) =>
      joinFilters(object, texts, { file: texts.file ?? '', maxlen: texts.maxlen ?? '65536' }),
  },
  'filter-mirror': {
    parent: 'netfilter',
    set: setFilter,
    complete(object, texts) {
      claimNamed(object, texts.outdev ?? '');
      joinFilters(object, texts, {
        outdev: texts.outdev ?? '',
        vnet_hdr_support: asBool(texts.vnet_hdr_support),
      });
    },
  },
  'filter-redirector': {
    parent: 'netfilter',
    set: setFilter,
    complete(object, texts) {
      const { indev, outdev } = texts;
      if (indev === undefined && outdev === undefined)
        refuse("filter redirector needs 'indev' or 'outdev' at least one property set");
      if (indev === outdev) refuse("'indev' and 'outdev' could not be same for filter redirector");
      for (const id of [indev, outdev]) if (id !== undefined) claimNamed(object, id);
      joinFilters(object, texts, {
        vnet_hdr_support: asBool(texts.vnet_hdr_support),
        indev: indev ?? '',
        outdev: outdev ?? '',
      });
    },
  },
  'filter-rewriter': {
    parent: 'netfilter',
    set: setFilter,
    complete: (object, texts) =>
      joinFilters(object, texts, { vnet_hdr_support: asBool(texts.vnet_hdr_support) }),
  },
  'filter-replay': {
    parent: 'netfilter',
    set: setFilter,
    complete: (object, texts) => joinFilters(object, texts, {}),
  },
  'sev-guest': { parent: 'confidential-guest-support' },
};

/** Types that only one program has. */
const ONLY: Readonly<Record<string, string>> = { 'sev-guest': 'x86_64' };

function asBool(text: string | undefined): string {
  return text === 'on' ? 'true' : 'false';
}

function setFilter(name: string, text: string): void {
  if (name === 'status' && text !== 'on' && text !== 'off')
    refuse("Invalid value for netfilter status, should be 'on' or 'off'");
}

/** Puts a filter between a back end and its NIC. */
function joinFilters(
  object: UserObject,
  texts: Texts,
  own: Readonly<Record<string, string>>,
): void {
  const queues = networkOf(object.machine).find(texts.netdev ?? '');
  const [client] = queues;
  if (!client) refuse("Parameter 'netdev' expects a network backend id");
  if (queues.length > 1) refuse('multiqueue is not supported');
  const { position = 'tail', insert = 'behind', status = 'on', queue = 'all' } = texts;
  let at = position === 'head' ? 0 : client.filters.length;
  if (position !== 'head' && position !== 'tail') {
    if (!position.startsWith('id='))
      refuse("Parameter 'position' expects 'head', 'tail' or 'id=<id>'");
    const id = position.slice(3);
    const other = client.filters.findIndex((filter) => filter.id === id);
    if (!object.parent?.children.has(id)) refuse(`filter '${id}' not found`);
    if (other < 0) refuse(`filter '${id}' belongs to a different netdev`);
    at = insert === 'before' ? other : other + 1;
  }
  const shown = { position, status, insert, netdev: texts.netdev ?? '', queue };
  client.filters.splice(at, 0, {
    id: object.name,
    type: object.type.name,
    properties: [...Object.entries(own), ...Object.entries(shown)],
  });
}

function claimChardev(object: UserObject, { chardev = '' }: Texts): void {
  claimNamed(object, chardev);
}

function claimNamed(object: UserObject, id: string): void {
  const found = (object.machine as { chardevs: { find(id: string): Chardev | undefined } })
    .chardevs;
  const chardev = found.find(id);
  if (!chardev) refuse(`Device '${id}' not found`);
  chardev.claim(object);
}

/** An object that a user makes and others name, without work of its own. */
export class UserObject extends QObject {
  /** Services of the machine. */
  readonly machine: unknown;
  /** What was set, as text. */
  readonly #texts: Record<string, string> = {};
  #isComplete = false;

  constructor(init: ConstructorParameters<typeof QObject>[0]) {
    super(init);
    this.machine = init.context;
    setDefaults(this, this.#rules?.defaults ?? {});
  }

  get #rules(): ObjectRules | undefined {
    return RULES[this.type.name];
  }

  override set(
    name: string,
    text: string,
    resolve: (id: string, type: string) => unknown = () => undefined,
  ): void {
    const rules = this.#rules;
    if (rules?.readOnly?.includes(name))
      throw new ConfigError(`Property '${this.type.name}.${name}' is not writable`);
    if (this.#isComplete && rules?.fixed !== undefined) refuse(rules.fixed);
    rules?.set?.(name, text, this.type.name);
    const link = rules?.links?.[name];
    if (link !== undefined) resolve(text, link);
    this.values[name] = typedValue(this, name, text);
    this.#texts[name] = text;
    if (this.#isComplete && rules?.rechecks) rules.complete?.(this, this.#texts);
  }

  /** Throws ConfigError with QEMU's sentence. */
  complete(): void {
    this.#rules?.complete?.(this, this.#texts);
    this.#isComplete = true;
  }
}

/** Integers are zero until they are set. */
function setDefaults(object: QObject, defaults: Readonly<Record<string, unknown>>): void {
  for (const [name, { type }] of object.type.properties)
    if (type === 'int') object.values[name] = 0;
  Object.assign(object.values, defaults);
}

/** A property's text as a value of its type. Throws ConfigError with QEMU's sentence. */
function typedValue(object: QObject, name: string, text: string): unknown {
  const type = object.type.properties.get(name)?.type;
  if (type === 'bool') return switchValue(name, text, false);
  if (type !== 'int') return text;
  const number = name.endsWith('size') ? sizeOf(text) : readI64(text);
  if (typeof number === 'string') return refuse(`Parameter '${name}' expects int64`);
  return Number(number);
}

function sizeOf(text: string): bigint | NumberFault {
  const size = readSize(text);
  return typeof size === 'string' ? size : size.bytes;
}

/** What the machine knows of the host's files. */
interface HostFiles {
  fileKind(name: string): string | undefined;
}

/** Memory of a file is a file in a directory that there is. */
function checkStore(path: string, machine: HostFiles): void {
  const folder = path.slice(0, path.lastIndexOf('/')) || '/';
  if (machine.fileKind(path) || folder === '/' || machine.fileKind(folder) === 'directory') return;
  refuse(`can't open backing store ${path} for guest RAM: No such file or directory`);
}

/** Memory of a user's making. */
class UserMemory extends MemoryBackend {
  readonly #machine: HostFiles;
  /** What was set, as text. */
  readonly #texts: Record<string, string> = {};
  #isComplete = false;

  override set(
    name: string,
    text: string,
    resolve: (id: string, type: string) => unknown = () => undefined,
  ): void {
    const type = this.type.name;
    if (name === 'host-nodes') {
      for (const node of text.split(' '))
        if (Number(node) >= MAX_NODES) refuse(`Invalid host-nodes value: ${node}`);
      this.#texts[name] = text;
      this.values[name] = text.split(' ').map(Number);
      return;
    }
    const fixed = this.#isComplete ? FIXED_ONCE[name] : undefined;
    if (fixed !== undefined) refuse(fixed.replace('TYPE', type));
    const value = typedValue(this, name, text);
    if (name === 'policy' && !POLICIES.includes(text))
      refuse(`Parameter '${name}' does not accept value '${text}'`);
    if ((name === 'size' || name === 'prealloc-threads') && value === 0)
      refuse(`property '${name}' of ${type} doesn't take value '0'`);
    if (name === 'prealloc-context') resolve(text, 'thread-context');
    this.#texts[name] = text;
    // Pages that are there stay there.
    this.values[name] =
      name === 'prealloc' && this.#isComplete ? value || this.values[name] : value;
  }

  constructor(init: ConstructorParameters<typeof QObject>[0]) {
    super(init);
    this.#machine = init.context as HostFiles;
    const { cpus } = init.context as { readonly cpus?: number };
    setDefaults(this, {
      ...Object.fromEntries(['dump', 'merge', 'reserve'].map((name) => [name, true])),
      'prealloc-threads': cpus ?? 1,
      policy: 'default',
      'host-nodes': [],
    });
  }

  complete(): void {
    const values: Texts = this.#texts;
    const { policy = 'default', prealloc, reserve } = values;
    const path = values['mem-path'];
    if (prealloc === 'on' && reserve === 'off')
      refuse("'prealloc=on' and 'reserve=off' are incompatible");
    if (path !== undefined) checkStore(path, this.#machine);
    if (path !== undefined && values.readonly === 'on')
      refuse('unable to map backing store for guest RAM: No such device');
    if (values.align !== undefined && BigInt(values.align) % PAGE !== 0n)
      refuse(
        `alignment 0x${BigInt(values.align).toString(16)} must be multiples of page size 0x1000`,
      );
    if (values.hugetlb === 'on')
      refuse(`failed to resize memfd to ${this.bytes}: Invalid argument`);
    const nodes = values['host-nodes'];
    if (policy === 'default' && nodes !== undefined)
      refuse(
        'host-nodes must be empty for policy default, or you should explicitly specify a policy other than default',
      );
    if (policy !== 'default' && nodes === undefined)
      refuse(`host-nodes must be set for policy ${policy}`);
    if (this.bytes > MOST_MEMORY)
      refuse(`cannot set up guest memory '${this.name}': Cannot allocate memory`);
    this.#isComplete = true;
    this.show();
  }
}

const POLICIES = ['default', 'preferred', 'bind', 'interleave'];

/** What is said where a property is set of memory that is there. */
const FIXED_ONCE: Readonly<Record<string, string>> = {
  size: 'cannot change property size of TYPE ',
  share: 'cannot change property value',
  reserve: 'cannot change property value',
  hugetlbsize: 'cannot change property value',
  'mem-path': "cannot change property 'mem-path' of TYPE",
  align: "cannot change property 'align' of TYPE",
  pmem: "cannot change property 'pmem' of TYPE.",
  readonly: "cannot change property 'readonly' of TYPE.",
};

/** More memory than this no host gives, in bytes. */
const MOST_MEMORY = 2 ** 38;

/** Registers the objects that only stand in the tree, and memory. */
export function registerUserObjects(registry: TypeRegistry, arch: string): void {
  for (const [name, { parent }] of Object.entries(RULES)) {
    if ((ONLY[name] ?? arch) !== arch) continue;
    if (!registry.find(parent))
      registry.register({ name: parent, parent: 'object', abstract: true });
    registry.register({ name, parent, create: (init) => new UserObject(init) });
  }
  registry.register({ name: 'memory-backend', parent: 'object', abstract: true });
  for (const kind of ['ram', 'file', 'memfd'])
    registry.register({
      name: `memory-backend-${kind}`,
      parent: 'memory-backend',
      create: (init) => new UserMemory(init),
    });
}
