import type { BlockBackend } from '../backends/block.ts';
import type { ByteSource } from '../backends/byte-source.ts';
import { ConfigError } from '../qom/errors.ts';
import { type BlockContext, type BlockNode, backendOn, openNode } from './block-open.ts';
import type { Host } from './host.ts';
import type { Located } from './options.ts';
import { type Entry, isWellFormedId, lastValue, switchValue } from './opts.ts';
import type { StartLog } from './start-log.ts';

const INTERFACES = ['none', 'ide', 'scsi', 'floppy', 'pflash', 'mtd', 'sd', 'virtio', 'xen'];
/** Units of one bus, where an interface has buses. */
const UNITS: Readonly<Record<string, number>> = { ide: 2, scsi: 7 };
/** Keys of `-drive` that say how a drive is attached or cached, not what it holds. */
const ATTACHMENT = [
  'if',
  'media',
  'index',
  'bus',
  'unit',
  'snapshot',
  'cache',
  'aio',
  'rerror',
  'werror',
];
const CACHE_MODES: Readonly<
  Record<string, { writeCache: boolean; direct: boolean; noFlush: boolean }>
> = {
  none: { writeCache: true, direct: true, noFlush: false },
  off: { writeCache: true, direct: true, noFlush: false },
  directsync: { writeCache: false, direct: true, noFlush: false },
  writeback: { writeCache: true, direct: false, noFlush: false },
  unsafe: { writeCache: true, direct: false, noFlush: true },
  writethrough: { writeCache: false, direct: false, noFlush: false },
};
const ERROR_ACTIONS = {
  rerror: ['ignore', 'stop', 'report'],
  werror: ['ignore', 'stop', 'report', 'enospc'],
};

/** A drive of the machine. */
export interface Drive {
  readonly location: string;
  /** `none`, `virtio`, … */
  readonly interface: string;
  /** Undefined for a drive without medium. */
  readonly backend: BlockBackend | undefined;
  readonly id: string;
}

/** All drives and block nodes of a machine, by name. */
export class Drives {
  /** In the order in which they were made; `info block` lists them. */
  readonly list: Drive[] = [];
  /** Images that were opened, by name: each is opened once. */
  readonly #images = new Map<string, ByteSource | undefined>();
  readonly #host: Host;
  readonly #log: StartLog;
  readonly #byId = new Map<string, Drive>();
  readonly #nodes = new Map<string, { node: BlockNode; backend: BlockBackend }>();
  /** Places `interface:bus:unit` that are taken. */
  readonly #places = new Set<string>();
  /** Where the search for a free unit of an interface begins. */
  readonly #nextUnit = new Map<string, number>();
  #generated = 0;

  constructor(host: Host, log: StartLog) {
    this.#host = host;
    this.#log = log;
  }

  /** What `drive=NAME` of a device means: a drive, or a block node. Throws ConfigError where it cannot be used. */
  resolve(name: string): BlockBackend | undefined {
    const drive = this.#byId.get(name);
    if (!drive) return this.#nodes.get(name)?.backend;
    const { interface: kind, backend } = drive;
    // The board takes what is not for a -device; a drive for virtio waits until its device is made.
    const taken = kind === 'none' || kind === 'virtio' ? (backend?.users.length ?? 0) > 0 : true;
    if (taken)
      throw new ConfigError(
        kind === 'none'
          ? `Drive '${name}' is already in use by another device`
          : `Drive '${name}' is already in use because it has been automatically connected to another device (did you need 'if=none' in the drive options?)`,
      );
    if (!backend) throw new ConfigError('Device needs media, but drive is empty');
    return backend;
  }

  /** Every back end that a device can name, each once. */
  backends(): BlockBackend[] {
    const all = [
      ...this.list.map(({ backend }) => backend),
      ...[...this.#nodes.values()].map(({ backend }) => backend),
    ];
    return [...new Set(all.filter((backend) => backend !== undefined))];
  }

  /** Opens the node of a `-blockdev`. Throws ConfigError with QEMU's sentence. */
  addNode({ entries }: Located): void {
    if (lastValue(entries, 'driver') === undefined)
      throw new ConfigError("Parameter 'driver' is missing");
    const name = lastValue(entries, 'node-name');
    const node = openNode(
      entries,
      this.#context(() => {}),
      true,
    );
    if (name === undefined)
      throw new ConfigError("'node-name' must be specified for the root node");
    if (!isWellFormedId(name)) throw new ConfigError(`Invalid node-name: '${name}'`);
    if (this.#nodes.has(name)) throw new ConfigError(`Duplicate nodes with node-name='${name}'`);
    const readOnly = switchValue('read-only', lastValue(entries, 'read-only'), false);
    this.#nodes.set(name, {
      node,
      backend: backendOn(node, { id: name, readOnly, ...cacheOf(entries) }),
    });
  }

  /** Makes the drive of a `-drive`. Throws ConfigError with QEMU's sentence. */
  addDrive({ entries: given, id: userId, location }: Located): Drive {
    const entries = given.map(({ key, value }) => ({
      key: key === 'readonly' ? 'read-only' : key,
      value,
    }));
    const cache = cacheOf(entries);
    const media = lastValue(entries, 'media') ?? 'disk';
    if (media !== 'disk' && media !== 'cdrom') throw new ConfigError(`'${media}' invalid media`);
    const kind = lastValue(entries, 'if') ?? 'ide';
    if (!INTERFACES.includes(kind)) throw new ConfigError(`unsupported bus type '${kind}'`);
    const id = this.#place(kind, media, entries, userId);
    const readOnly =
      switchValue('read-only', lastValue(entries, 'read-only'), false) || media === 'cdrom';
    checkAttachment(entries);
    const content = entries.filter(({ key }) => !ATTACHMENT.includes(key) && key !== 'read-only');
    const backend = this.#open(content, { id, readOnly, ...cache });
    if (this.#nodes.has(id))
      throw new ConfigError(`Device name '${id}' conflicts with an existing node name`);
    if (kind !== 'none' && kind !== 'virtio')
      this.#log.note(
        `${location}: if=${kind} is not modelled: no guest will find this disk. Use if=none and a -device`,
      );
    const drive = { location, interface: kind, backend, id };
    this.list.push(drive);
    this.#byId.set(id, drive);
    return drive;
  }

  /** The image called `name`, opened once however many nodes stand on it. */
  openImage(name: string): ByteSource | undefined {
    if (!this.#images.has(name)) this.#images.set(name, this.#host.openImage(name));
    return this.#images.get(name);
  }

  #open(
    content: readonly Entry[],
    options: { id: string; readOnly: boolean },
  ): BlockBackend | undefined {
    if (content.length === 0) return undefined;
    const detectZeroes = lastValue(content, 'detect-zeroes');
    const context = this.#context((filename) =>
      this.#log.line(
        `WARNING: Image format was not specified for '${filename}' and probing guessed raw.\n         Automatically detecting the format is dangerous for raw images, write operations on block 0 will be restricted.\n         Specify the 'raw' format explicitly to remove the restrictions.`,
      ),
    );
    if (lastValue(content, 'driver') !== undefined && lastValue(content, 'format') !== undefined)
      throw new ConfigError("Cannot specify both 'driver' and 'format'");
    const node = openNode(content, context, false);
    const named = lastValue(content, 'node-name');
    const backend = backendOn(node, {
      ...options,
      nodeName: named ?? this.#generateName(node.driver === 'raw'),
      ...(detectZeroes !== undefined && detectZeroes !== 'off' && { detectZeroes }),
    });
    if (named !== undefined) this.#nodes.set(named, { node, backend });
    return backend;
  }

  /** QEMU's names end in two random digits; ours in zeros. A format node is named before its protocol node. */
  #generateName(hasProtocol: boolean): string {
    const name = `#block${this.#generated + (hasProtocol ? 1 : 0)}00`;
    this.#generated += hasProtocol ? 2 : 1;
    return name;
  }

  /** Finds the drive's place on its interface, and its id. */
  #place(
    kind: string,
    media: string,
    entries: readonly Entry[],
    userId: string | undefined,
  ): string {
    const number = (key: string) => {
      const text = lastValue(entries, key);
      if (text === undefined) return undefined;
      if (!/^(?:\d{1,9}|0[xX][0-9a-fA-F]{1,7})$/.test(text))
        throw new ConfigError(`Parameter '${key}' expects a number`);
      return Number(text);
    };
    const units = UNITS[kind] ?? 0;
    const index = number('index');
    let bus = number('bus') ?? 0;
    let unit = number('unit');
    if (index !== undefined) {
      if (bus !== 0 || unit !== undefined)
        throw new ConfigError('index cannot be used with bus and unit');
      bus = units === 0 ? 0 : Math.floor(index / units);
      unit = units === 0 ? index : index % units;
    }
    if (unit === undefined) [bus, unit] = this.#freeUnit(kind, bus, units);
    if (units !== 0 && unit >= units)
      throw new ConfigError(`unit ${unit} too big (max is ${units - 1})`);
    if (this.#places.has(`${kind}:${bus}:${unit}`))
      throw new ConfigError(
        `drive with bus=${bus}, unit=${unit} (index=${units === 0 ? unit : bus * units + unit}) exists`,
      );
    this.#places.add(`${kind}:${bus}:${unit}`);
    if (kind === 'scsi' || kind === 'sd' || (kind === 'ide' && bus > 1))
      throw new ConfigError(`machine type does not support if=${kind},bus=${bus},unit=${unit}`);
    const letters = media === 'cdrom' ? 'cd' : 'hd';
    const id = userId ?? (units === 0 ? `${kind}${unit}` : `${kind}${bus}-${letters}${unit}`);
    if (this.#byId.has(id)) throw new ConfigError(`Device with id '${id}' already exists`);
    return id;
  }

  #freeUnit(kind: string, firstBus: number, units: number): [bus: number, unit: number] {
    let next = Math.max(this.#nextUnit.get(kind) ?? 0, firstBus * units);
    const at = () =>
      units === 0
        ? ([firstBus, next] as const)
        : ([Math.floor(next / units), next % units] as const);
    while (this.#places.has(`${kind}:${at()[0]}:${at()[1]}`)) next++;
    if (firstBus === 0) this.#nextUnit.set(kind, next + 1);
    return [...at()];
  }

  #context(guessed: (filename: string) => void): BlockContext {
    return { host: this, findNode: (name) => this.#nodes.get(name)?.node, guessed };
  }
}

function cacheOf(entries: readonly Entry[]): {
  writeCache: boolean;
  direct: boolean;
  noFlush: boolean;
} {
  const mode = lastValue(entries, 'cache');
  const chosen =
    mode === undefined
      ? CACHE_MODES.writeback
      : Object.hasOwn(CACHE_MODES, mode)
        ? CACHE_MODES[mode]
        : undefined;
  if (!chosen) throw new ConfigError('invalid cache option');
  const flag = (key: string, otherwise: boolean) =>
    switchValue(`cache.${key}`, lastValue(entries, `cache.${key}`), otherwise);
  return {
    writeCache: flag('writeback', chosen.writeCache),
    direct: flag('direct', chosen.direct),
    noFlush: flag('no-flush', chosen.noFlush),
  };
}

function checkAttachment(entries: readonly Entry[]): void {
  for (const [key, actions] of Object.entries(ERROR_ACTIONS)) {
    const value = lastValue(entries, key);
    if (value !== undefined && !actions.includes(value))
      throw new ConfigError(
        `'${value}' invalid ${key === 'rerror' ? 'read' : 'write'} error action`,
      );
  }
  const discard = lastValue(entries, 'discard');
  if (discard !== undefined && !['ignore', 'off', 'unmap', 'on'].includes(discard))
    throw new ConfigError('Invalid discard option');
  const aio = lastValue(entries, 'aio');
  if (aio !== undefined && !['threads', 'native', 'io_uring'].includes(aio))
    throw new ConfigError('invalid aio option');
  const zeroes = lastValue(entries, 'detect-zeroes');
  if (zeroes !== undefined && !['on', 'off', 'unmap'].includes(zeroes))
    throw new ConfigError(`invalid parameter value: ${zeroes}`);
  for (const key of ['snapshot', 'copy-on-read']) switchValue(key, lastValue(entries, key), false);
}
