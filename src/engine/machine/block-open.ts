import { BlockBackend, Overlay } from '../backends/block.ts';
import type { ByteSource } from '../backends/byte-source.ts';
import { ConfigError } from '../qom/errors.ts';
import { type BlockNode, nodeFilename } from './block-graph.ts';
import type { Host } from './host.ts';
import { readSize } from './numbers.ts';
import { optSize, switchValue } from './opts.ts';
import type { Visited, VisitedValue } from './qapi/visit.ts';
import { qdictOrder } from './qdict-order.ts';

/** Bytes of a `null-co` image where `size=` does not say. */
const NULL_BYTES = 2 ** 30;
/** Block drivers of QEMU that could hold an image, but that ours does not read. */
const FOREIGN =
  'blklogwrites blkreplay blkverify bochs cloop compress copy-before-write dmg ftp ftps gluster http https iscsi luks nbd nfs nvme parallels qcow qed quorum rbd replication snapshot-access ssh vdi vhdx vmdk vpc vvfat'.split(
    ' ',
  );
/** Drivers that pass everything on. */
const FILTERS = ['copy-on-read', 'throttle', 'preallocate'];
const PROTOCOLS = ['file', 'host_device', 'host_cdrom', 'null-co', 'null-aio', 'blkdebug'];
/** Options that every node takes. */
const GENERAL = [
  ...['driver', 'node-name', 'read-only', 'auto-read-only', 'force-share', 'discard'],
  ...['detect-zeroes', 'cache', 'filename'],
];
const FILE = [
  'locking',
  'aio',
  'aio-max-batch',
  'pr-manager',
  'drop-cache',
  'x-check-cache-dropped',
];
const NULL = ['size', 'latency-ns', 'read-zeroes'];
/** What blkdebug is told; of the rules in its file none is modelled. */
const DEBUG = [
  ...['config', 'align', 'max-transfer', 'opt-write-zero', 'max-write-zero', 'opt-discard'],
  ...['max-discard'],
];
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  raw: ['size', 'offset', 'file'],
  qcow2: ['file'],
  file: FILE,
  host_device: FILE,
  host_cdrom: FILE,
  'null-co': NULL,
  'null-aio': NULL,
  blkdebug: ['image', ...DEBUG],
  'copy-on-read': ['file', 'bottom'],
  throttle: ['file', 'throttle-group'],
  preallocate: ['file', 'prealloc-align', 'prealloc-size'],
};

/** What opening an image needs to know. */
export interface BlockContext {
  readonly host: Pick<Host, 'openImage' | 'fileKind'>;
  /** A node that `file=NODE` names, or undefined. */
  findNode(name: string): BlockNode | undefined;
  /** Whether there is a throttle group by that name. */
  hasGroup(name: string): boolean;
  /** A name for a node without one. */
  generateName(): string;
  /** Says that the format was guessed. */
  guessed(filename: string): void;
}

function refuse(message: string): never {
  throw new ConfigError(message);
}

/** Reads the options of one node, which are texts where `strict` is false. */
class NodeOptions {
  readonly tree: Visited;
  readonly strict: boolean;

  constructor(tree: Visited, strict: boolean) {
    this.tree = tree;
    this.strict = strict;
  }

  text(key: string): string | undefined {
    const value = this.tree[key];
    return typeof value === 'string' ? value : undefined;
  }

  flag(key: string, otherwise: boolean): boolean {
    const value = this.tree[key];
    if (typeof value === 'boolean') return value;
    return switchValue(key, typeof value === 'string' ? value : undefined, otherwise);
  }

  /** A number of bytes, safe for arithmetic. */
  bytes(key: string): number | undefined {
    const value = this.tree[key];
    if (value === undefined) return undefined;
    const bytes = typeof value === 'bigint' ? value : optSize(key, String(value));
    const unsigned = bytes < 0n || bytes > BigInt(Number.MAX_SAFE_INTEGER);
    if (unsigned)
      refuse(
        `Parameter '${key}' expects a non-negative number below 2^64\nOptional suffix k, M, G, T, P or E means kilo-, mega-, giga-, tera-, peta-\nand exabytes, respectively.`,
      );
    return Number(bytes);
  }

  /** Options of the node below, where they stand here. */
  below(key: string): Visited | undefined {
    const value = this.tree[key];
    return typeof value === 'object' && !Array.isArray(value) ? (value as Visited) : undefined;
  }

  get name(): string | undefined {
    return this.text('node-name');
  }

  /** Those of `keys` that were given, as they were given. */
  given(keys: readonly string[]): Record<string, string | number | boolean> {
    const found: Record<string, string | number | boolean> = {};
    for (const key of keys) {
      const value: VisitedValue | undefined = this.tree[key];
      if (typeof value === 'bigint') found[key] = Number(value);
      else if (typeof value === 'string' || typeof value === 'boolean') found[key] = value;
    }
    return found;
  }
}

/** Opens the node of a `-blockdev`, whose options are typed. Throws ConfigError with QEMU's sentence. */
export function openBlockdev(tree: Visited, context: BlockContext): BlockNode {
  const options = new NodeOptions(tree, true);
  const driver = options.text('driver') ?? '';
  checkGeneral(options);
  const open = (below: string) => {
    const child = options.below(below);
    if (child) return openBlockdev(child, context);
    const name = options.text(below) ?? '';
    return context.findNode(name) ?? refuse(`Cannot find device='${name}' nor node-name='${name}'`);
  };
  if (driver === 'blkdebug') return openDebug(options, context, () => open('image'));
  return PROTOCOLS.includes(driver)
    ? openProtocol(driver, options.text('filename'), options, context)
    : openFormat(driver, options, context, open);
}

/** Opens what a `-drive` holds, whose options are texts; `filename` is its `file=`. Throws ConfigError with QEMU's sentence. */
export function openDrive(
  filename: string | undefined,
  tree: Visited,
  context: BlockContext,
): BlockNode {
  const options = new NodeOptions(tree, false);
  const named = options.text('driver');
  if (named !== undefined && PROTOCOLS.includes(named)) {
    if (filename !== undefined && options.tree.filename !== undefined)
      refuse("Can't specify 'file' and 'filename' options at the same time");
    const node = openProtocol(named, filename ?? options.text('filename'), options, context);
    checkLeft(named, options);
    return node;
  }
  if (named !== undefined) knownFormat(named);
  const below = options.below('file');
  if (named === undefined && filename === undefined && !below)
    refuse('Must specify either driver or file');
  const open = () => openChild(filename, new NodeOptions(below ?? {}, false), options, context);
  if (named !== undefined) {
    const node = openFormat(named, options, context, open);
    checkLeft(named, options);
    return node;
  }
  const child = open();
  if (isQcow2(child)) throw notModelled('qcow2');
  const node = openFormat('raw', options, context, () => child);
  if (!node.readOnly) context.guessed(nodeFilename(child));
  checkLeft('raw', options);
  return node;
}

/** Opens the protocol node below a drive's format. */
function openChild(
  filename: string | undefined,
  options: NodeOptions,
  above: NodeOptions,
  context: BlockContext,
): BlockNode {
  if (filename !== undefined && options.tree.filename !== undefined)
    refuse("Can't specify 'file' and 'filename' options at the same time");
  const name = filename ?? options.text('filename');
  const given = options.text('driver');
  if (name === undefined && given === undefined)
    refuse('A block device must be specified for "file"');
  const { driver, path } =
    given === undefined ? protocolOf(name ?? '', context) : { driver: given, path: name };
  if (!PROTOCOLS.includes(driver)) knownFormat(driver);
  const inherited = new NodeOptions(
    { ...options.tree, 'read-only': above.tree['read-only'] ?? 'off' },
    false,
  );
  const node = openProtocol(driver, path, inherited, context);
  checkLeft(driver, options);
  return node;
}

function knownFormat(name: string): void {
  if (Object.hasOwn(OPTIONS, name)) return;
  if (FOREIGN.includes(name)) throw notModelled(name);
  refuse(`Unknown driver '${name}'`);
}

function notModelled(format: string): ConfigError {
  return new ConfigError(
    `Images of format '${format}' are not modelled; convert the image with qemu-img convert -O raw`,
  );
}

/** Whether an image begins as QEMU's own format does. */
function isQcow2({ source }: BlockNode): boolean {
  const magic = new Uint8Array(4);
  return (
    source.read(0, magic) === 4 && [0x51, 0x46, 0x49, 0xfb].every((byte, i) => magic[i] === byte)
  );
}

/** The first option that a driver does not know ends it. */
function checkLeft(driver: string, { tree }: NodeOptions): void {
  const known = [...GENERAL, ...(OPTIONS[driver] ?? [])];
  const [stranger] = qdictOrder(flatKeys(tree, '').filter((key) => !isKnown(key, known)));
  if (stranger === undefined) return;
  refuse(
    PROTOCOLS.includes(driver)
      ? `Block protocol '${driver}' doesn't support the option '${stranger}'`
      : `Block format '${driver}' does not support the option '${stranger}'`,
  );
}

function isKnown(key: string, known: readonly string[]): boolean {
  const stem = key.split('.')[0] ?? '';
  return known.includes(key) || (['file', 'cache', 'image'].includes(stem) && known.includes(stem));
}

function flatKeys(tree: Visited, prefix: string): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'object' && !Array.isArray(value)
      ? flatKeys(value as Visited, `${prefix}${key}.`)
      : [prefix + key],
  );
}

/** What every node checks before its driver looks at it. */
function checkGeneral(options: NodeOptions): void {
  const readOnly = options.flag('read-only', false);
  if (options.flag('force-share', false) && !readOnly)
    refuse('force-share=on can only be used with read-only images');
  if (options.text('detect-zeroes') === 'unmap' && options.text('discard') !== 'unmap')
    refuse(
      'setting detect-zeroes to unmap is not allowed without setting discard operation to unmap',
    );
}

function openFormat(
  driver: string,
  options: NodeOptions,
  context: BlockContext,
  open: (role: string) => BlockNode,
): BlockNode {
  if (FOREIGN.includes(driver)) throw notModelled(driver);
  if (FILTERS.includes(driver)) return openFilter(driver, options, context, open);
  const child = open('file');
  if (driver === 'qcow2') {
    if (!isQcow2(child)) refuse('Image is not in qcow2 format');
    throw notModelled(driver);
  }
  const offset = options.bytes('offset') ?? 0;
  const size = options.bytes('size');
  checkWindow(offset, size, child.source.length);
  const whole = offset === 0 && size === undefined;
  const strong = options.given(['offset', 'size']);
  const plain = Object.keys(strong).length === 0 && PROTOCOLS.includes(child.driver);
  return {
    name: options.name ?? context.generateName(),
    driver,
    source: whole
      ? child.source
      : windowOf(child.source, offset, size ?? child.source.length - offset),
    discardsWrites: child.discardsWrites,
    readOnly: options.flag('read-only', false),
    exactName: plain ? child.exactName : undefined,
    strong,
    children: { file: child },
  };
}

function checkWindow(offset: number, size: number | undefined, length: number): void {
  if (size !== undefined && size % 512 !== 0) refuse('Specified size is not multiple of 512');
  if (offset > length)
    refuse(`Offset (${offset}) cannot be greater than size of the containing file (${length})`);
  if (size !== undefined && offset + size > length)
    refuse(
      `The sum of offset (${offset}) and size (${size}) has to be smaller or equal to the  actual size of the containing file (${length})`,
    );
}

function openFilter(
  driver: string,
  options: NodeOptions,
  context: BlockContext,
  open: (role: string) => BlockNode,
): BlockNode {
  const child = open('file');
  const group = options.text('throttle-group');
  if (group !== undefined && !context.hasGroup(group))
    refuse(`Throttle group '${group}' does not exist`);
  return {
    name: options.name ?? context.generateName(),
    driver,
    source: child.source,
    discardsWrites: child.discardsWrites,
    readOnly: options.flag('read-only', false),
    exactName: undefined,
    strong: options.given(['throttle-group', 'bottom']),
    children: { file: child },
  };
}

/** Protocol driver and file name that a name with a scheme stands for. */
function protocolOf(
  name: string,
  { host }: BlockContext,
): { driver: string; path: string | undefined } {
  const scheme = /^([A-Za-z0-9+._-]+):/.exec(name)?.[1];
  if (scheme === 'null-co' || scheme === 'null-aio') return { driver: scheme, path: name };
  if (scheme === 'blkdebug') return { driver: scheme, path: name };
  if (scheme === 'file') return { driver: 'file', path: name.slice(5) };
  if (scheme !== undefined && !host.openImage(name)) refuse(`Unknown protocol '${scheme}'`);
  return { driver: 'file', path: name };
}

function openProtocol(
  driver: string,
  filename: string | undefined,
  options: NodeOptions,
  context: BlockContext,
): BlockNode {
  const shared = {
    name: options.name ?? context.generateName(),
    driver,
    readOnly: options.flag('read-only', false),
    children: {},
  };
  if (driver === 'blkdebug') return openNamedDebug(filename, options, context);
  if (driver.startsWith('null-')) return { ...shared, ...openNull(driver, filename, options) };
  if (filename === undefined) return refuse(`The '${driver}' block driver requires a file name`);
  const { host } = context;
  if (host.fileKind?.(filename) === 'directory')
    refuse(
      options.strict && !shared.readOnly && !options.flag('auto-read-only', false)
        ? `Could not open '${filename}': Is a directory`
        : `'${driver}' driver requires '${filename}' to be a regular file`,
    );
  const source = host.openImage(filename);
  if (!source) return refuse(`Could not open '${filename}': No such file or directory`);
  return {
    ...shared,
    source,
    discardsWrites: false,
    exactName: filename,
    strong: { filename },
  };
}

/** `blkdebug:[CONFIG]:IMAGE`, whose options are texts. */
function openNamedDebug(
  filename: string | undefined,
  options: NodeOptions,
  context: BlockContext,
): BlockNode {
  const rest = filename?.replace(/^blkdebug:/, '');
  const [, config, image] = /^([^:]*):(.*)$/s.exec(rest ?? '') ?? [];
  if (filename !== undefined && rest === filename)
    refuse("File name string must start with 'blkdebug:'");
  const below = new NodeOptions(options.below('image') ?? {}, false);
  if (config) refuse('Could not read blkdebug config file: No such file or directory');
  return openDebug(options, context, () => openChild(image || undefined, below, options, context));
}

/** A node that hands everything on to its image: it would misbehave where its rules say so. */
function openDebug(options: NodeOptions, context: BlockContext, open: () => BlockNode): BlockNode {
  const name = options.name ?? context.generateName();
  const image = open();
  const align = options.bytes('align') ?? 0;
  if (align !== 0 && (align & (align - 1)) !== 0)
    refuse(`Cannot meet constraints with align ${align}`);
  const strong = options.given(DEBUG);
  const plain = Object.keys(strong).length === 0 ? image.exactName : undefined;
  return {
    name,
    driver: 'blkdebug',
    source: image.source,
    discardsWrites: image.discardsWrites,
    readOnly: options.flag('read-only', false),
    exactName: plain && `blkdebug::${plain}`,
    strong,
    children: { image },
  };
}

function openNull(
  driver: string,
  filename: string | undefined,
  options: NodeOptions,
): Pick<BlockNode, 'source' | 'discardsWrites' | 'exactName' | 'strong'> {
  const name = `${driver}://`;
  if (filename !== undefined && filename !== name)
    refuse(`The only allowed filename for this driver is '${name}'`);
  const length = options.bytes('size') ?? NULL_BYTES;
  const latency = options.tree['latency-ns'];
  const nanoseconds = typeof latency === 'string' ? readSize(latency) : latency;
  if (typeof nanoseconds === 'bigint' && nanoseconds > 2n ** 63n - 1n)
    refuse('latency-ns is invalid');
  options.flag('read-zeroes', false);
  const strong = options.given(['size', 'read-zeroes']);
  return {
    source: { length, read: (_position, into) => into.fill(0).length },
    discardsWrites: true,
    exactName: Object.keys(strong).length === 0 ? name : undefined,
    strong,
  };
}

/** Part of an image. */
function windowOf(source: ByteSource, offset: number, length: number): ByteSource {
  return {
    length,
    read: (position, into) =>
      source.read(
        offset + position,
        into.subarray(0, Math.max(0, Math.min(into.length, length - position))),
      ),
  };
}

/** Whether a file of the host's stands below a node. */
function isOnFile({ driver, children }: BlockNode): boolean {
  return driver === 'file' || Object.values(children).some(isOnFile);
}

/** A drive on top of a node: what a device is given. */
export function backendOn(
  node: BlockNode,
  options: Omit<BlockBackend['options'], 'filename' | 'format' | 'readOnly'>,
): BlockBackend {
  const { driver, source, discardsWrites, readOnly } = node;
  // An image that brings an overlay keeps what guests write to it beyond this machine.
  const overlay = source instanceof Overlay ? source : new Overlay(source);
  const filename = nodeFilename(node);
  return new BlockBackend(
    { ...options, filename, format: driver, discardsWrites, readOnly, onFile: isOnFile(node) },
    overlay,
  );
}
