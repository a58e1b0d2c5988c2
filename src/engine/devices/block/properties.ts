import type { BlockBackend } from '../../backends/block.ts';
import { ConfigError } from '../../qom/errors.ts';
import {
  bool,
  custom,
  oneOf,
  onOffAuto,
  type Property,
  parseSize,
  size32,
  sizeDigits,
  sizeText,
  u32,
  type Values,
} from '../../qom/property.ts';

/** A drive, named by the `id=` of `-drive`; undefined where none is set. */
export const drive = custom<BlockBackend | undefined>({
  type: 'str',
  default: undefined,
  description: 'Node name or ID of a block device to use as a backend',
  names: ['drive', 'blockdev'],
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
const blockSize: Property<number> = {
  ...custom<number>({
    type: 'size',
    default: 0,
    description: 'A power of two between 512 B and 2 MiB',
    parse(text, { name }) {
      const bytes = parseSize(text);
      if (bytes === undefined) throw new ConfigError(`Parameter '${name}' expects size`);
      if (bytes !== 0 && (bytes < MIN_BLOCK || bytes > MAX_BLOCK))
        throw new ConfigError(
          `Property .${name} doesn't take value ${sizeDigits(bytes)} (minimum: ${MIN_BLOCK}, maximum: ${MAX_BLOCK})`,
        );
      if (bytes !== 0 && (bytes & (bytes - 1)) !== 0)
        throw new ConfigError(
          `Property .${name} doesn't take value '${bytes}', it's not a power of 2`,
        );
      return bytes;
    },
    print: (value) => `${value} (${sizeText(value)})`,
  }),
  hasDefault: true,
};

const onError = () =>
  oneOf(
    'BlockdevOnError',
    ['report', 'ignore', 'enospc', 'stop', 'auto'],
    'auto',
    'Error handling policy, report/ignore/enospc/stop/auto',
  );

/** Properties of every device that a drive stands behind, in QEMU's order. */
export const BLOCK_PROPERTIES = {
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
} as const;

/** What is done about an error of the drive. */
export const ERROR_PROPERTIES = { rerror: onError(), werror: onError() } as const;

/** A drive's geometry, 0 where it is to be guessed, and the one that a BIOS translates to. */
export const GEOMETRY_PROPERTIES = {
  cyls: u32(0),
  heads: u32(0),
  secs: u32(0),
  lcyls: u32(0),
  lheads: u32(0),
  lsecs: u32(0),
} as const;

/** Values of a drive's properties. */
export type BlockValues = Values<typeof BLOCK_PROPERTIES>;
/** Values of the geometry. */
export type GeometryValues = Values<typeof GEOMETRY_PROPERTIES>;
