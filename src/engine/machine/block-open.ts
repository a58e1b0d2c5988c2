import { BlockBackend, Overlay } from '../backends/block.ts';
import type { ByteSource } from '../backends/byte-source.ts';
import { ConfigError } from '../qom/errors.ts';
import { parseSize } from '../qom/property.ts';
import type { Host } from './host.ts';
import { type Entry, lastValue, switchValue } from './opts.ts';

/** Bytes of a `null-co` image where `size=` does not say. */
const NULL_BYTES = 2 ** 30;
/** Block drivers of QEMU that could hold an image, but that ours does not read. */
const FOREIGN_FORMATS =
  'bochs cloop dmg luks parallels qcow qcow2 qed vdi vhdx vmdk vpc vvfat nbd nfs ssh iscsi rbd'.split(
    ' ',
  );
/** Options that every block driver takes. */
const GENERAL =
  /^(?:driver|format|node-name|read-only|auto-read-only|force-share|discard|detect-zeroes|cache\.(?:direct|no-flush|writeback)|throttling\..+|copy-on-read)$/;
const OPTIONS: Readonly<Record<string, RegExp>> = {
  raw: /^(?:size|offset|file(?:\..+)?)$/,
  file: /^(?:filename|locking|aio|aio-max-batch|pr-manager|drop-cache|x-check-cache-dropped)$/,
  'null-co': /^(?:filename|size|latency-ns|read-zeroes)$/,
  'null-aio': /^(?:filename|size|latency-ns|read-zeroes)$/,
};

/** An opened node of the block graph: what a drive or another node stands on. */
export interface BlockNode {
  readonly driver: string;
  /** As `info block` prints it. */
  readonly filename: string;
  readonly source: ByteSource;
  /** Whether writes go nowhere. */
  readonly discardsWrites: boolean;
}

/** What opening an image needs to know. */
export interface BlockContext {
  readonly host: Pick<Host, 'openImage'>;
  /** A node that `file=NODE` names, or undefined. */
  findNode(name: string): BlockNode | undefined;
  /** Says that the format was guessed. */
  guessed(filename: string): void;
}

/**
 * Opens the node that `entries` describe, as `-drive` (`strict` false) or `-blockdev` (true) does.
 * Throws ConfigError with QEMU's sentence.
 */
export function openNode(
  entries: readonly Entry[],
  context: BlockContext,
  strict: boolean,
): BlockNode {
  const named = lastValue(entries, 'driver') ?? lastValue(entries, 'format');
  const filename =
    lastValue(entries, strict ? 'filename' : 'file') || lastValue(entries, 'filename');
  const below = nested(entries, 'file');
  if (!strict && named === undefined && filename === undefined && below.length === 0)
    throw new ConfigError('Must specify either driver or file');
  const driver = named === 'qcow2' && !strict ? 'raw' : knownDriver(named ?? 'raw', strict);
  const node =
    driver === 'raw'
      ? openRaw(entries, filename, below, context, strict)
      : openProtocol(driver, filename, entries, context, strict);
  if (named === 'qcow2' && !isQcow2(node)) throw new ConfigError('Image is not in qcow2 format');
  if (named !== 'raw' && driver === 'raw' && isQcow2(node)) throw notModelled('qcow2');
  if (named === undefined) context.guessed(node.filename);
  for (const { key } of entries) checkKey(driver, key, strict);
  return node;
}

function knownDriver(name: string, strict: boolean): string {
  if (Object.hasOwn(OPTIONS, name)) return name;
  if (FOREIGN_FORMATS.includes(name)) throw notModelled(name);
  throw new ConfigError(
    strict ? `Parameter 'driver' does not accept value '${name}'` : `Unknown driver '${name}'`,
  );
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

function checkKey(driver: string, key: string, strict: boolean): void {
  if (GENERAL.test(key) || OPTIONS[driver]?.test(key)) return;
  if (!strict && key === 'file') return;
  if (strict) throw new ConfigError(`Parameter '${key}' is unexpected`);
  throw new ConfigError(
    driver === 'raw'
      ? `Block format 'raw' does not support the option '${key}'`
      : `Block protocol '${driver}' doesn't support the option '${key}'`,
  );
}

/** Entries of `prefix.*`, without the prefix. */
function nested(entries: readonly Entry[], prefix: string): Entry[] {
  return entries
    .filter(({ key }) => key.startsWith(`${prefix}.`))
    .map(({ key, value }) => ({ key: key.slice(prefix.length + 1), value }));
}

function openRaw(
  entries: readonly Entry[],
  filename: string | undefined,
  below: readonly Entry[],
  context: BlockContext,
  strict: boolean,
): BlockNode {
  const inner = openBelow(
    strict ? lastValue(entries, 'file') : undefined,
    filename,
    below,
    context,
    strict,
  );
  const offset = sizeOption(entries, 'offset', strict) ?? 0;
  const size = sizeOption(entries, 'size', strict);
  const whole = offset === 0 && size === undefined;
  if (size !== undefined && size % 512 !== 0)
    throw new ConfigError('Specified size is not multiple of 512');
  const { length } = inner.source;
  if (offset > length)
    throw new ConfigError(
      `Offset (${offset}) cannot be greater than size of the containing file (${length})`,
    );
  if (size !== undefined && offset + size > length)
    throw new ConfigError(
      `The sum of offset (${offset}) and size (${size}) has to be smaller or equal to the  actual size of the containing file (${length})`,
    );
  return {
    ...inner,
    driver: 'raw',
    filename: inner.filename.startsWith('json:')
      ? `json:{"driver": "raw", "file": ${inner.filename.slice(5)}}`
      : inner.filename,
    source: whole ? inner.source : windowOf(inner.source, offset, size ?? length - offset),
  };
}

function openBelow(
  node: string | undefined,
  filename: string | undefined,
  below: readonly Entry[],
  context: BlockContext,
  strict: boolean,
): BlockNode {
  if (node !== undefined) {
    if (below.length > 0) throw new ConfigError("Parameters 'file.*' used inconsistently");
    const found = context.findNode(node);
    if (!found) throw new ConfigError(`Cannot find device='${node}' nor node-name='${node}'`);
    return found;
  }
  if (below.length > 0 && filename === undefined)
    return openNode(below, { ...context, guessed: () => {} }, strict);
  if (strict) throw new ConfigError("Parameter 'file' is missing");
  if (filename === undefined) throw new ConfigError('A block device must be specified for "file"');
  const inner = protocolOf(filename, context.host);
  const protocol = openProtocol(inner.driver, inner.filename, below, context, false);
  for (const { key } of below) checkKey(inner.driver, key, false);
  return protocol;
}

/** Protocol driver and file name that a name with a scheme stands for. */
function protocolOf(
  name: string,
  host: BlockContext['host'],
): { driver: string; filename: string } {
  const scheme = /^([A-Za-z0-9+._-]+):/.exec(name)?.[1];
  if (scheme === 'null-co' || scheme === 'null-aio') return { driver: scheme, filename: name };
  if (scheme === 'file') return { driver: 'file', filename: name.slice(5) };
  if (scheme !== undefined && !host.openImage(name))
    throw new ConfigError(`Unknown protocol '${scheme}'`);
  return { driver: 'file', filename: name };
}

function openProtocol(
  driver: string,
  filename: string | undefined,
  entries: readonly Entry[],
  context: BlockContext,
  strict: boolean,
): BlockNode {
  if (driver !== 'file') return openNull(driver, filename, entries, strict);
  if (filename === undefined)
    throw new ConfigError(
      strict ? "Parameter 'filename' is missing" : `The 'file' block driver requires a file name`,
    );
  const source = context.host.openImage(filename);
  if (!source) throw new ConfigError(`Could not open '${filename}': No such file or directory`);
  return { driver, filename, source, discardsWrites: false };
}

function openNull(
  driver: string,
  filename: string | undefined,
  entries: readonly Entry[],
  strict: boolean,
): BlockNode {
  if (filename !== undefined && filename !== `${driver}://`)
    throw new ConfigError(`The only allowed filename for this driver is '${driver}://'`);
  const given = sizeOption(entries, 'size', strict);
  switchValue('read-zeroes', lastValue(entries, 'read-zeroes'), false);
  const plain = filename !== undefined && given === undefined;
  return {
    driver,
    filename: plain ? filename : `json:${nullJson(driver, entries, strict)}`,
    source: { length: given ?? NULL_BYTES, read: (_position, into) => into.fill(0).length },
    discardsWrites: true,
  };
}

/** The options as QEMU prints them: in the order of its hash table, typed where `-blockdev` typed them. */
function nullJson(driver: string, entries: readonly Entry[], strict: boolean): string {
  const option = (key: string, print: (value: string) => string) => {
    const value = lastValue(entries, key);
    return value === undefined
      ? []
      : [`"${key}": ${strict ? print(value) : JSON.stringify(value)}`];
  };
  const zeroes = option('read-zeroes', (value) => String(switchValue('read-zeroes', value, false)));
  return `{${[...zeroes, `"driver": "${driver}"`, ...option('size', String)].join(', ')}}`;
}

function sizeOption(entries: readonly Entry[], key: string, strict: boolean): number | undefined {
  const text = lastValue(entries, key);
  if (text === undefined) return undefined;
  const value = strict && !/^\d+$/.test(text) ? undefined : parseSize(text);
  if (value !== undefined && Number.isSafeInteger(value)) return value;
  throw new ConfigError(
    strict
      ? `Parameter '${key}' expects integer`
      : `Parameter '${key}' expects a non-negative number below 2^64\nOptional suffix k, M, G, T, P or E means kilo-, mega-, giga-, tera-, peta-\nand exabytes, respectively.`,
  );
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

/** A drive on top of a node: what a device is given. */
export function backendOn(
  node: BlockNode,
  options: Omit<BlockBackend['options'], 'filename' | 'format'>,
): BlockBackend {
  const { filename, driver, source, discardsWrites } = node;
  // An image that brings an overlay keeps what guests write to it beyond this machine.
  const overlay = source instanceof Overlay ? source : new Overlay(source);
  return new BlockBackend({ ...options, filename, format: driver, discardsWrites }, overlay);
}
