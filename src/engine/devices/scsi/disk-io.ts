import { SCSI_OP as OP } from '../../../spec/scsi-commands.ts';
import type { ScsiCommand } from './command.ts';
import { blocksExist, type DiskUnit, isWritable, SECTOR, viewOf } from './disk-unit.ts';
import { SENSE, type Sense } from './sense.ts';
import { failed, good, type ScsiAnswer, type ScsiTransfer } from './unit.ts';

/** SCSI version from which on a CDB has fields for protection information. */
const VERSION_WITH_PROTECTION = 2;
/** Flags of a CDB's second byte. */
const FUA = 0x08;
const PROTECT = 0xe0;
const NO_DATA_OUT = 0x01;
const VERIFYING: readonly number[] = [OP.WRITE_VERIFY_10, OP.WRITE_VERIFY_12, OP.WRITE_VERIFY_16];
/** Bytes of an UNMAP list's header, and of a descriptor behind it. */
const UNMAP_HEADER = 8;
const UNMAP_DESCRIPTOR = 16;

/** What is wrong with a CDB that reads or writes blocks, before anything moves. */
function faultOf(disk: DiskUnit, command: ScsiCommand): Sense | undefined {
  const { cdb, lba } = command;
  if (disk.facts.scsi_version > VERSION_WITH_PROTECTION && (cdb[1] ?? 0) & PROTECT)
    return SENSE.invalidField;
  return blocksExist(disk, lba, blocksOf(command)) ? undefined : SENSE.lbaOutOfRange;
}

/** Blocks of a transfer: 0 means 256 in the shortest CDBs. */
function blocksOf({ cdb, count }: ScsiCommand): number {
  return count === 0 && cdb.length === 6 ? 256 : count;
}

/** Whether the medium itself is to be reached, past every cache. */
function forcesUnitAccess({ cdb, opcode }: ScsiCommand): boolean {
  if (VERIFYING.includes(opcode)) return true;
  return cdb.length > 6 && ((cdb[1] ?? 0) & FUA) !== 0;
}

/** Whole sectors of the initiator's buffer: QEMU moves as many as it has room for, whatever the CDB says. */
function sectorsOf({ size }: ScsiTransfer): number {
  return size - (size % SECTOR);
}

/** READ of every length (SBC 3 §5.15). */
export function readBlocks(disk: DiskUnit, command: ScsiCommand, buffer: ScsiTransfer): ScsiAnswer {
  const fault = faultOf(disk, command);
  if (fault) return failed(fault);
  if (command.transfer === 0) return good();
  const { drive, blockSize } = disk;
  const position = command.lba * blockSize;
  const bytes = new Uint8Array(sectorsOf(buffer));
  if (forcesUnitAccess(command)) buffer.atDrive('flush', 0, 0, () => {});
  const done =
    position + bytes.length <= drive.length &&
    buffer.atDrive('read', position, bytes.length, () => drive.read(position, bytes));
  if (!done) return failed(SENSE.ioError);
  buffer.store(bytes);
  return good(command.transfer - buffer.size);
}

/** WRITE of every length, verified or not (SBC 3 §5.41). */
export function writeBlocks(
  disk: DiskUnit,
  command: ScsiCommand,
  buffer: ScsiTransfer,
): ScsiAnswer {
  if (!isWritable(disk)) return failed(SENSE.writeProtected);
  const fault = faultOf(disk, command);
  if (fault) return failed(fault);
  if (command.transfer === 0) return good();
  const { drive, blockSize } = disk;
  const position = command.lba * blockSize;
  const bytes = new Uint8Array(sectorsOf(buffer));
  buffer.fetch(bytes);
  const done =
    position + bytes.length <= drive.length &&
    buffer.atDrive('write', position, bytes.length, () => drive.write(position, bytes));
  if (!done) return failed(SENSE.ioError);
  if (forcesUnitAccess(command)) buffer.atDrive('flush', 0, 0, () => {});
  return good(command.transfer - buffer.size);
}

/** WRITE SAME (SBC 3 §5.44): `block` over and over; what is wrong, where something is. */
export function writeSame(
  disk: DiskUnit,
  { cdb, lba, count }: ScsiCommand,
  block: Uint8Array,
  buffer: ScsiTransfer,
): Sense | undefined {
  const flags = cdb[1] ?? 0;
  if (count === 0 || flags & 0x16) return SENSE.invalidField;
  if (!isWritable(disk)) return SENSE.writeProtected;
  if (!blocksExist(disk, lba, count)) return SENSE.lbaOutOfRange;
  const { drive, blockSize } = disk;
  const [position, length] = [lba * blockSize, count * blockSize];
  const zero = (flags & NO_DATA_OUT) !== 0 || block.every((byte) => byte === 0);
  const done = zero
    ? buffer.atDrive('writeZeroes', position, length, () => drive.zero(position, length))
    : buffer.atDrive('write', position, length, () => {
        for (let at = 0; at < length; at += blockSize) drive.write(position + at, block);
      });
  return done ? undefined : SENSE.ioError;
}

/** UNMAP (SBC 3 §5.28): a raw image has nothing to give back, so its bytes stay. */
export function unmap(
  disk: DiskUnit,
  { cdb }: ScsiCommand,
  list: Uint8Array,
  buffer: ScsiTransfer,
): Sense | undefined {
  if ((cdb[1] ?? 0) & 1) return SENSE.invalidField;
  if (list.length < UNMAP_HEADER) return SENSE.invalidParameterLength;
  const view = viewOf(list);
  const described = view.getUint16(2);
  if (list.length < view.getUint16(0) + 2) return SENSE.invalidParameterLength;
  if (list.length < described + UNMAP_HEADER || described % UNMAP_DESCRIPTOR !== 0)
    return SENSE.invalidParameterLength;
  if (!isWritable(disk)) return SENSE.writeProtected;
  for (let at = UNMAP_HEADER; at < UNMAP_HEADER + described; at += UNMAP_DESCRIPTOR) {
    const lba = Number(view.getBigUint64(at));
    const count = view.getUint32(at + 8);
    if (!blocksExist(disk, lba, count)) return SENSE.lbaOutOfRange;
    const { blockSize } = disk;
    buffer.atDrive('discard', lba * blockSize, count * blockSize, () => {});
  }
  return undefined;
}
