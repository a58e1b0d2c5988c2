import { BlockBackend, ImageLock } from '../backends/block.ts';
import type { ByteSource } from '../backends/byte-source.ts';
import type { FileKind } from '../backends/fs.ts';
import { ConfigError } from '../qom/errors.ts';
import type { Origins } from './back-end-facts.ts';
import type { BlockNode } from './block-graph.ts';
import { type BlockContext, backendOn, openBlockdev, openDrive } from './block-open.ts';
import type { Board } from './boards/board.ts';
import type { DriveOption } from './command-line.ts';
import {
  cacheOf,
  checkAttachment,
  type DriveManner,
  nested,
  throttlingOf,
  withoutAliases,
} from './drive-options.ts';
import type { Host } from './host.ts';
import { type Entry, isWellFormedId, lastValue, optNumber, switchValue } from './opts.ts';
import type { Visited } from './qapi/visit.ts';
import { NOWHERE, type Place, type StartLog } from './start-log.ts';

const INTERFACES = ['none', 'ide', 'scsi', 'floppy', 'pflash', 'mtd', 'sd', 'virtio', 'xen'];
/** Units of one bus, where an interface has buses. */
const UNITS: Readonly<Record<string, number>> = { ide: 2, scsi: 7 };
/** Interfaces whose drives need nobody: a `-device` takes them, or is made for them. */
const FREE = ['none', 'virtio'];
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
  'copy-on-read',
];

/** A drive of the machine. */
export interface Drive {
  readonly location: Place;
  /** `none`, `virtio`, … */
  readonly interface: string;
  /** Where it stands on its interface. */
  readonly bus: number;
  readonly unit: number;
  /** Whether it is a CD drive and no disk. */
  readonly isCd: boolean;
  /** Whether the machine brought it along: nobody minds if it is not used. */
  readonly isDefault: boolean;
  /** Undefined for a drive without medium. */
  readonly backend: BlockBackend | undefined;
  /** What a device gets of it: the back end, or an empty one. */
  readonly tray: BlockBackend;
  readonly id: string;
}

/** A drive's tray, as long as the drive or a device has it. */
export interface Tray {
  /** Name of the drive; '' once it was taken from its device. */
  readonly name: string;
  readonly tray: BlockBackend;
  /** How many devices there were before it. */
  readonly devicesBefore: number;
}

/** A node that is open, with what a device sees of it. */
interface OpenNode {
  readonly node: BlockNode;
  readonly backend: BlockBackend;
  /** Whether the user made it for itself: it stays until the user takes it out. */
  readonly owned: boolean;
}

/** All drives and block nodes of a machine, by name. */
export class Drives {
  /** In the order in which they were made; `info block` lists them. */
  readonly list: Drive[] = [];
  /** In the order in which they were made. */
  readonly trays: Tray[] = [];
  /** Images that were opened, by name: each is opened once. */
  readonly #images = new Map<string, ByteSource | undefined>();
  readonly #host: Host;
  readonly #log: StartLog;
  readonly #origins: Origins;
  /** Who may write to an image, by its name: every node on it shares them. */
  readonly #locks = new Map<string, ImageLock>();
  readonly #byId = new Map<string, Drive>();
  readonly #nodes = new Map<string, OpenNode>();
  /** Places `interface:bus:unit` that are taken. */
  readonly #places = new Set<string>();
  /** Where the search for a free unit of an interface begins. */
  readonly #nextUnit = new Map<string, number>();
  /** Drives that the board made a device for. */
  readonly #claimed = new Set<Drive>();
  readonly #board: Board;
  #generated = 0;
  /** Whether `-snapshot` keeps every image as it is. */
  snapshot = false;
  /** Whether there is a throttle group by a name; set by the machine. */
  hasGroup: (name: string) => boolean = () => false;

  constructor(host: Host, log: StartLog, board: Board, origins: Origins) {
    this.#host = host;
    this.#log = log;
    this.#origins = origins;
    this.#board = board;
  }

  /** The drive that stands at a place of an interface, for the board to make a device of. */
  at(kind: string, bus: number, unit: number): Drive | undefined {
    return this.list.find(
      (drive) => drive.interface === kind && drive.bus === bus && drive.unit === unit,
    );
  }

  /** The board has made a device for a drive. */
  claim(drive: Drive): void {
    this.#claimed.add(drive);
  }

  /** Units of one bus of an interface; 0 where it has no buses. */
  #unitsOf(kind: string): number {
    const { driveInterface = 'ide', unitsPerBus } = this.#board.defaults ?? {};
    return (kind === driveInterface ? unitsPerBus : undefined) ?? UNITS[kind] ?? 0;
  }

  /** Refuses drives of interfaces that the board has not. Throws ConfigError with QEMU's sentences. */
  checkOrphans(): void {
    const unclaimed = this.list.filter(
      (drive) => !drive.isDefault && !FREE.includes(drive.interface) && !this.#claimed.has(drive),
    );
    const isPlaced = ({ interface: kind, bus, unit }: Drive) =>
      bus * this.#unitsOf(kind) + unit < (this.#board.defaults?.places?.[kind] ?? 0);
    for (const drive of unclaimed.filter(isPlaced))
      if (drive.backend)
        this.#log.note(
          `${drive.location.text}: if=${drive.interface} is not modelled: no guest will find this disk. Use if=none and a -device`,
        );
    const orphans = unclaimed.filter((drive) => !isPlaced(drive));
    const last = orphans.pop();
    const text = ({ interface: kind, bus, unit }: Drive) =>
      `machine type does not support if=${kind},bus=${bus},unit=${unit}`;
    for (const drive of orphans) this.#log.at(drive.location, () => this.#log.print(text(drive)));
    if (last)
      this.#log.at(last.location, () => {
        throw new ConfigError(text(last));
      });
  }

  /** What `drive=NAME` of a device means: a drive, or a block node. Throws ConfigError where it cannot be used. */
  resolve(name: string): BlockBackend | undefined {
    const drive = this.#byId.get(name);
    if (!drive) return this.#nodes.get(name)?.backend;
    const { interface: kind, tray } = drive;
    // The board takes what is not for a -device; a drive for virtio waits until its device is made.
    const taken = kind === 'none' || kind === 'virtio' ? tray.users.length > 0 : true;
    if (taken)
      throw new ConfigError(
        kind === 'none'
          ? `Drive '${name}' is already in use by another device`
          : `Drive '${name}' is already in use because it has been automatically connected to another device (did you need 'if=none' in the drive options?)`,
      );
    return tray;
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
  addNode(options: Visited): void {
    const { 'node-name': name, cache, 'detect-zeroes': zeroes } = options;
    if (typeof name !== 'string')
      throw new ConfigError("'node-name' must be specified for the root node");
    if (!isWellFormedId(name)) throw new ConfigError(`Invalid node-name: '${name}'`);
    const node = openBlockdev(
      options,
      this.#context(() => {}),
    );
    const { direct = false, 'no-flush': noFlush = false } = (cache ?? {}) as Visited;
    this.#own(
      node,
      {
        id: name,
        writeCache: true,
        direct: direct === true,
        noFlush: noFlush === true,
        ...(zeroes !== undefined && zeroes !== 'off' && { detectZeroes: String(zeroes) }),
      },
      true,
    );
  }

  /** Enters the nodes that an option brought, those below first. Throws ConfigError where a name is taken. */
  #own(
    node: BlockNode,
    options: Omit<BlockBackend['options'], 'filename' | 'format' | 'readOnly'>,
    owned = false,
  ): void {
    const backend = backendOn(node, { ...options, ...this.#lockOf(node) });
    const enter = () => {
      if (this.#nodes.has(node.name))
        throw new ConfigError(`Duplicate nodes with node-name='${node.name}'`);
      this.#nodes.set(node.name, { node, backend, owned });
    };
    // A protocol that stands on another has its name before it opens that.
    const first = node.driver === 'blkdebug';
    if (first) enter();
    for (const child of Object.values(node.children))
      if (!this.#nodes.has(child.name)) this.#own(child, { id: child.name });
    if (!first) enter();
    if (owned) this.#origins.note(backend);
  }

  /** The lock of the image that a node stands on, where it is a file. */
  #lockOf(node: BlockNode): { lock?: ImageLock } {
    const below = Object.values(node.children)[0];
    if (below) return this.#lockOf(below);
    if (node.driver !== 'file' || node.exactName === undefined) return {};
    const lock = this.#locks.get(node.exactName) ?? new ImageLock(node.exactName);
    this.#locks.set(node.exactName, lock);
    return { lock };
  }

  /** What devices see of the nodes that the user made, oldest first. */
  ownNodes(): BlockBackend[] {
    return [...this.#nodes.values()].filter(({ owned }) => owned).map(({ backend }) => backend);
  }

  /** Every node of the block graph with what it shows, newest first. */
  nodes(): { readonly name: string; readonly backend: BlockBackend }[] {
    return [...this.#nodes.entries()].map(([name, { backend }]) => ({ name, backend })).reverse();
  }

  /** Takes a block node out (`blockdev-del`). Throws ConfigError with QEMU's sentence. */
  removeNode(name: string): void {
    const found = this.#nodes.get(name);
    if (!found) throw new ConfigError(`Failed to find node with node-name='${name}'`);
    const { backend, node, owned } = found;
    const isDrive = this.list.some((drive) => drive.backend === backend);
    if (backend.users.length > 0 || isDrive) throw new ConfigError(`Node ${name} is in use`);
    if (!owned) throw new ConfigError(`Node ${name} is not owned by the monitor`);
    if (this.#hasParent(node)) throw new ConfigError(`Block device ${name} is in use`);
    this.#close(node);
  }

  #hasParent(node: BlockNode): boolean {
    return [...this.#nodes.values()].some(({ node: { children } }) =>
      Object.values(children).includes(node),
    );
  }

  /** Takes a node out, and what stood below for its sake only. */
  #close(node: BlockNode): void {
    this.#nodes.delete(node.name);
    for (const child of Object.values(node.children))
      if (this.#nodes.get(child.name)?.owned === false && !this.#hasParent(child))
        this.#close(child);
  }

  /** `drive_del`: the drive goes, its device keeps an empty place. Throws ConfigError with QEMU's sentence. */
  removeDrive(name: string): void {
    const drive = this.#byId.get(name);
    if (drive) {
      const { tray } = drive;
      const kept = tray.users.length > 0 ? { name: '', tray } : undefined;
      this.#dropDrive(drive);
      this.#replaceTray(tray, kept);
      tray.eject();
      return;
    }
    const node = this.#nodes.get(name);
    if (!node) throw new ConfigError(`Device '${name}' not found`);
    this.removeNode(name);
  }

  /** A tray goes, or loses its name. */
  #replaceTray(tray: BlockBackend, kept?: Omit<Tray, 'devicesBefore'>): void {
    const at = this.trays.findIndex((entry) => entry.tray === tray);
    const [old] = this.trays.splice(at, at < 0 ? 0 : 1);
    if (old && kept) this.trays.splice(at, 0, { ...old, ...kept });
  }

  /** The device of a drive is gone, and takes what was made for it along. */
  #dropDrive(drive: Drive): void {
    if (this.#byId.get(drive.id) !== drive) return;
    this.list.splice(this.list.indexOf(drive), 1);
    this.#byId.delete(drive.id);
    this.#places.delete(`${drive.interface}:${drive.bus}:${drive.unit}`);
    const open = [...this.#nodes.values()].find(({ backend }) => backend === drive.backend);
    if (open) this.#close(open.node);
  }

  /** The drive called `device`, or the block node called `node`; undefined where there is neither. */
  find(device: string | undefined, node: string | undefined): BlockBackend | undefined {
    const drive = this.list.find(({ id }) => id === device);
    return drive?.backend ?? this.#nodes.get(node ?? '')?.backend;
  }

  /** Makes the drive of a `-drive`. Throws ConfigError with QEMU's sentence. */
  addDrive(
    { entries: given, id: userId, location, isDefault = false }: DriveOption,
    devicesBefore = 0,
  ): Drive {
    const entries = withoutAliases(given);
    const cache = cacheOf(entries);
    for (const key of ['bus', 'unit', 'index']) {
      const value = lastValue(entries, key);
      if (value !== undefined) optNumber(key, value);
    }
    for (const key of ['read-only', 'copy-on-read'])
      switchValue(key, lastValue(entries, key), false);
    const media = lastValue(entries, 'media') ?? 'disk';
    if (media !== 'disk' && media !== 'cdrom') throw new ConfigError(`'${media}' invalid media`);
    const kind = lastValue(entries, 'if') ?? this.#board.defaults?.driveInterface ?? 'ide';
    if (!INTERFACES.includes(kind)) throw new ConfigError(`unsupported bus type '${kind}'`);
    const { id, bus, unit } = this.#place(kind, media, entries, userId);
    const readOnly =
      switchValue('read-only', lastValue(entries, 'read-only'), false) || media === 'cdrom';
    checkAttachment(kind, entries);
    const content = entries.filter(({ key }) => !ATTACHMENT.includes(key) && key !== 'read-only');
    const backend = this.#open(content, {
      id,
      readOnly,
      snapshot: switchValue('snapshot', lastValue(entries, 'snapshot'), false),
      throttling: throttlingOf(entries, id),
      ...cache,
    });
    const tray = backend ?? BlockBackend.empty(id);
    if (this.#nodes.has(id))
      throw new ConfigError(`Device name '${id}' conflicts with an existing node name`);
    const drive = {
      location,
      interface: kind,
      bus,
      unit,
      isDefault,
      isCd: media === 'cdrom',
      backend,
      tray,
      id,
    };
    this.list.push(drive);
    this.trays.push({ name: id, tray, devicesBefore });
    this.#origins.note(tray);
    this.#byId.set(id, drive);
    tray.onRelease = () => {
      this.#dropDrive(drive);
      this.#replaceTray(tray);
    };
    return drive;
  }

  /** The empty drives that every machine has, where nothing else stands there. */
  addDefaults(kinds: readonly ('cdrom' | 'floppy' | 'sdcard')[]): void {
    const { driveInterface = 'ide' } = this.#board.defaults ?? {};
    const add = (kind: string, entries: Readonly<Record<string, string>>, index: number) => {
      const units = this.#unitsOf(kind);
      const taken =
        units === 0
          ? this.at(kind, 0, index)
          : this.at(kind, Math.floor(index / units), index % units);
      if (taken) return;
      this.addDrive({
        location: NOWHERE,
        id: undefined,
        warnings: [],
        isDefault: true,
        entries: Object.entries({ ...entries, if: kind, index: String(index) }).map(
          ([key, value]) => ({ key, value }),
        ),
      });
    };
    if (kinds.includes('cdrom')) add(driveInterface, { media: 'cdrom' }, 2);
    if (kinds.includes('floppy')) add('floppy', {}, 0);
    if (kinds.includes('sdcard')) add('sd', {}, 0);
  }

  /** `drive_add` of a machine that stands: only drives that nobody has to be made for. Throws ConfigError. */
  addLate(option: DriveOption, devicesBefore: number): Drive {
    const kind = lastValue(option.entries, 'if') ?? this.#board.defaults?.driveInterface ?? 'ide';
    const number = INTERFACES.indexOf(kind);
    if (number > 0) throw new ConfigError(`Can't hot-add drive to type ${number}`);
    return this.addDrive(option, devicesBefore);
  }

  /** What a name of the host's stands for. */
  fileKind(name: string): FileKind | undefined {
    return this.#host.fileKind?.(name);
  }

  /** The image called `name`, opened once however many nodes stand on it. */
  openImage(name: string): ByteSource | undefined {
    if (!this.#images.has(name)) this.#images.set(name, this.#host.openImage(name));
    return this.#images.get(name);
  }

  #open(
    content: readonly Entry[],
    {
      readOnly,
      snapshot,
      ...options
    }: DriveManner & {
      readonly readOnly: boolean;
      readonly snapshot: boolean;
    },
  ): BlockBackend | undefined {
    const file = lastValue(content, 'file') || undefined;
    const rest = content.filter(({ key }) => key !== 'file');
    const throttled = /^throttling\./;
    const given = rest.filter(({ key }) => !throttled.test(key) && key !== 'detect-zeroes');
    if (lastValue(given, 'driver') !== undefined && lastValue(given, 'format') !== undefined)
      throw new ConfigError("Cannot specify both 'driver' and 'format'");
    if (file === undefined && given.length === 0) return undefined;
    // Nothing is written to what a snapshot keeps.
    const kept = this.snapshot || snapshot;
    const context = this.#context((filename) =>
      kept
        ? undefined
        : this.#log.line(
            `WARNING: Image format was not specified for '${filename}' and probing guessed raw.\n         Automatically detecting the format is dangerous for raw images, write operations on block 0 will be restricted.\n         Specify the 'raw' format explicitly to remove the restrictions.`,
          ),
    );
    const node = openDrive(file, nested(given, readOnly), context);
    const zeroes = lastValue(content, 'detect-zeroes');
    const backend = backendOn(node, {
      ...options,
      ...(!kept && this.#lockOf(node)),
      nodeName: node.name,
      ...(zeroes !== undefined && zeroes !== 'off' && { detectZeroes: zeroes }),
    });
    for (const child of Object.values(node.children)) this.#own(child, { id: child.name });
    if (this.#nodes.has(node.name))
      throw new ConfigError(`Duplicate nodes with node-name='${node.name}'`);
    this.#nodes.set(node.name, { node, backend, owned: false });
    return backend;
  }

  /** Finds the drive's place on its interface, and its id. */
  #place(
    kind: string,
    media: string,
    entries: readonly Entry[],
    userId: string | undefined,
  ): { id: string; bus: number; unit: number } {
    const number = (key: string) => {
      const text = lastValue(entries, key);
      return text === undefined ? undefined : Number(BigInt.asIntN(32, optNumber(key, text)));
    };
    const units = this.#unitsOf(kind);
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
    const letters = kind !== 'ide' && kind !== 'scsi' ? '' : media === 'cdrom' ? '-cd' : '-hd';
    const id =
      userId ?? (units === 0 ? `${kind}${letters}${unit}` : `${kind}${bus}${letters}${unit}`);
    if (this.#byId.has(id)) throw new ConfigError(`Device with id '${id}' already exists`);
    return { id, bus, unit };
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
    return {
      host: this,
      findNode: (name) => this.#nodes.get(name)?.node,
      hasGroup: (name) => this.hasGroup(name),
      // QEMU's names end in two random digits; ours in zeros.
      generateName: () => `#block${this.#generated++}00`,
      guessed,
    };
  }
}
