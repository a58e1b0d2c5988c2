import type { BlockBackend } from '../../backends/block.ts';

/** A disk or CD drive as its commands see it. */
export interface DiskUnit {
  readonly isCd: boolean;
  /** Bytes of a block; a driver may change it by MODE SELECT. */
  blockSize: number;
  /** Last block, as the driver was told. */
  maxLba: number;
  trayOpen: boolean;
  trayLocked: boolean;
  /** A medium came, or was asked back, since the driver last asked for such events. */
  newMedium: boolean;
  ejectRequested: boolean;
  readonly drive: BlockBackend;
  /** What the unit is configured with. */
  readonly facts: DiskFacts;
  /** Opens or closes the tray. */
  moveTray(open: boolean): void;
}

/** Properties of a disk or CD drive that its commands tell. */
export interface DiskFacts {
  readonly vendor: string;
  readonly product: string;
  readonly ver: string;
  readonly serial: string | undefined;
  readonly device_id: string;
  readonly removable: boolean;
  readonly dpofua: boolean;
  readonly wwn: bigint;
  readonly port_wwn: bigint;
  readonly port_index: number;
  readonly max_unmap_size: bigint;
  readonly max_io_size: bigint;
  readonly rotation_rate: number;
  readonly scsi_version: number;
  readonly cyls: number;
  readonly heads: number;
  readonly secs: number;
  readonly discard_granularity: number;
  readonly min_io_size: number;
  readonly opt_io_size: number;
  readonly logical_block_size: number;
  readonly physical_block_size: number;
  readonly quirk_mode_page_apple_vendor: boolean;
  readonly quirk_mode_sense_rom_use_dbd: boolean;
  readonly quirk_mode_page_vendor_specific_apple: boolean;
  readonly quirk_mode_page_truncated: boolean;
}

/** Bytes of what drives count their length in. */
export const SECTOR = 512;

/** Whether there is a medium that can be reached. */
export function isAvailable({ drive, trayOpen }: DiskUnit): boolean {
  return drive.inserted && !trayOpen;
}

/** Whether the medium may be written. */
export function isWritable({ drive, isCd }: DiskUnit): boolean {
  return !isCd && !drive.options.readOnly;
}

/** Blocks of the medium. */
export function blockCount({ drive, blockSize }: DiskUnit): number {
  return Math.floor(drive.length / SECTOR / (blockSize / SECTOR));
}

/** Whether all of `count` blocks from `lba` on exist; none exist right behind the last one. */
export function blocksExist({ maxLba }: DiskUnit, lba: number, count: number): boolean {
  return lba + count <= maxLba + 1;
}

/** A view for numbers, which SCSI has big-endian. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
