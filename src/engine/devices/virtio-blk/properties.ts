import type { BlockBackend } from '../../backends/block.ts';
import { ConfigError } from '../../qom/errors.ts';
import {
  bit,
  bool,
  custom,
  link,
  oneOf,
  onOffAuto,
  parseSize,
  size32,
  sizeText,
  str,
  u16,
  u32,
} from '../../qom/property.ts';

/** A drive, named by the `id=` of `-drive`; undefined where none is set. */
const drive = custom<BlockBackend | undefined>({
  type: 'str',
  default: undefined,
  description: 'Node name or ID of a block device to use as a backend',
  parse(text, { name, type, resolve }) {
    if (text === '') return undefined;
    const found = resolve(text, 'drive');
    if (!found) throw new ConfigError(`Property '${type}.${name}' can't find value '${text}'`);
    return found as BlockBackend;
  },
  print: (value) => `"${value?.options.id ?? ''}"`,
  toJson: (value) => value?.options.id ?? '',
});

/** Smallest and largest block size, in bytes. */
const MIN_BLOCK = 512;
const MAX_BLOCK = 2 * 1024 * 1024;

/** A block size in bytes: 0 (as the drive says), or a power of two. */
const blockSize = custom<number>({
  type: 'size',
  default: 0,
  description: 'A power of two between 512 B and 2 MiB',
  parse(text, { name }) {
    const bytes = parseSize(text);
    if (bytes === undefined) throw new ConfigError(`Parameter '${name}' expects size`);
    if (bytes !== 0 && (bytes < MIN_BLOCK || bytes > MAX_BLOCK))
      throw new ConfigError(
        `Property .${name} doesn't take value ${bytes} (minimum: ${MIN_BLOCK}, maximum: ${MAX_BLOCK})`,
      );
    if (bytes !== 0 && (bytes & (bytes - 1)) !== 0)
      throw new ConfigError(
        `Property .${name} doesn't take value '${bytes}', it's not a power of 2`,
      );
    return bytes;
  },
  print: (value) => `${value} (${sizeText(value)})`,
});

const onError = () =>
  oneOf(
    'BlockdevOnError',
    ['report', 'ignore', 'enospc', 'stop', 'auto'],
    'auto',
    'Error handling policy, report/ignore/enospc/stop/auto',
  );

/** Largest request of the block layer, in sectors. */
export const MAX_REQUEST_SECTORS = 4194303;

/** Properties of virtio-blk-device, in QEMU's order. */
export const PROPERTIES = {
  drive,
  backend_defaults: onOffAuto('auto'),
  logical_block_size: blockSize,
  physical_block_size: blockSize,
  min_io_size: size32(0),
  opt_io_size: size32(0),
  discard_granularity: size32(0xffff_ffff),
  'write-cache': onOffAuto('auto'),
  'share-rw': bool(false),
  'account-invalid': onOffAuto('auto'),
  'account-failed': onOffAuto('auto'),
  rerror: onError(),
  werror: onError(),
  cyls: u32(0),
  heads: u32(0),
  secs: u32(0),
  lcyls: u32(0),
  lheads: u32(0),
  lsecs: u32(0),
  serial: str(),
  'config-wce': bit(true),
  scsi: bit(false),
  'request-merging': bit(true),
  'num-queues': u16(0xffff),
  'queue-size': u16(256),
  'seg-max-adjust': bool(true),
  iothread: link('iothread'),
  discard: bit(true),
  'report-discard-granularity': bool(true),
  'write-zeroes': bit(true),
  'max-discard-sectors': u32(MAX_REQUEST_SECTORS),
  'max-write-zeroes-sectors': u32(MAX_REQUEST_SECTORS),
  'x-enable-wce-if-config-wce': bool(true),
} as const;
