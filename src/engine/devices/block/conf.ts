import type { BlockBackend, UserKind } from '../../backends/block.ts';
import { RealizeError } from '../../qom/errors.ts';
import { guessGeometry } from './geometry.ts';
import type { BlockValues, GeometryValues } from './properties.ts';

const SECTOR = 512;
/** `discard_granularity` that stands for "as the drive says". */
export const NO_GRANULARITY = 0xffff_ffff;

/** The largest geometry that a kind of device can tell of. */
export interface GeometryLimits {
  readonly cyls: number;
  readonly heads: number;
  readonly secs: number;
}

/** Fills in block sizes that were not given, and checks them all. Throws RealizeError. */
export function settleBlockSizes(values: BlockValues): void {
  if (values.physical_block_size === 0) values.physical_block_size = SECTOR;
  if (values.logical_block_size === 0) values.logical_block_size = SECTOR;
  const { logical_block_size: logical, min_io_size, opt_io_size, discard_granularity } = values;
  if (logical > values.physical_block_size)
    throw new RealizeError('logical_block_size > physical_block_size not supported');
  if (min_io_size % logical !== 0)
    throw new RealizeError('min_io_size must be a multiple of logical_block_size');
  if (min_io_size / logical > 65535)
    throw new RealizeError('min_io_size must not exceed 65535 logical blocks');
  if (opt_io_size % logical !== 0)
    throw new RealizeError('opt_io_size must be a multiple of logical_block_size');
  if (discard_granularity !== NO_GRANULARITY && discard_granularity % logical !== 0)
    throw new RealizeError('discard_granularity must be a multiple of logical_block_size');
}

/** Guesses a geometry where none was given, and checks it. Throws RealizeError. */
export function settleGeometry(
  values: GeometryValues,
  drive: BlockBackend,
  limits: GeometryLimits,
): void {
  if (values.cyls === 0 && values.heads === 0 && values.secs === 0) {
    const first = new Uint8Array(SECTOR);
    if (drive.length > 0) drive.read(0, first);
    const guess = guessGeometry(drive.length, first);
    values.cyls = guess.cylinders;
    values.heads = guess.heads;
    values.secs = guess.sectors;
    return;
  }
  for (const name of ['cyls', 'heads', 'secs'] as const)
    if (values[name] < 1 || values[name] > limits[name])
      throw new RealizeError(`${name} must be between 1 and ${limits[name]}`);
}

/** Sentence about a drive without medium where there must be one. */
export const NO_MEDIUM = 'Device needs media, but drive is empty';

/** What a drive knows its user by. */
interface DriveUser {
  readonly id: string;
  readonly path: string;
}

/** Takes a drive for the device, then runs `settle`; the drive is free again where that throws. Throws RealizeError. */
export function takeDrive(
  device: DriveUser,
  drive: BlockBackend,
  kind: UserKind & { readonly sharesWrites: boolean; readonly writeCache?: string },
  settle: () => void,
): void {
  if (!kind.removable && !drive.inserted) throw new RealizeError(NO_MEDIUM);
  const conflict = drive.attach(device.id || device.path, kind.sharesWrites, kind);
  if (conflict !== undefined) throw new RealizeError(conflict);
  drive.writeCache = wantsWriteCache(drive, kind.writeCache ?? 'auto');
  try {
    settle();
  } catch (error) {
    drive.detach(device.id || device.path);
    throw error;
  }
}

/** Whether a device begins with a write cache, by its `write-cache` and what the drive was made with. */
export function wantsWriteCache(drive: BlockBackend, wanted: string): boolean {
  return wanted === 'auto' ? drive.options.writeCache !== false : wanted === 'on';
}

/** Gives a drive back that the device took. */
export function releaseDrive(device: DriveUser, drive: BlockBackend | undefined): void {
  drive?.release(device.id || device.path);
}
