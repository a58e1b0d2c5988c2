import { SCSI_OP as OP } from '../../../spec/scsi-commands.ts';
import {
  configuration,
  discInformation,
  dvdStructure,
  eventStatus,
  MECHANISM,
  readToc,
} from './cd-commands.ts';
import type { ScsiCommand } from './command.ts';
import { inquiry } from './disk-inquiry.ts';
import { readBlocks, unmap, writeBlocks, writeSame } from './disk-io.ts';
import { modeSelect, modeSense } from './disk-modes.ts';
import { blockCount, type DiskUnit, isAvailable, viewOf } from './disk-unit.ts';
import { SENSE, type Sense, senseBytes } from './sense.ts';
import { answerWith, failed, good, type ScsiAnswer, type ScsiTransfer } from './unit.ts';

/** Longest list or answer of a command that does not read or write blocks. */
const MAX_LIST = 65_536;

/** Commands that need no medium. */
const WITHOUT_MEDIUM = new Set<number>([
  OP.INQUIRY,
  OP.MODE_SENSE,
  OP.MODE_SENSE_10,
  OP.RESERVE,
  OP.RESERVE_10,
  OP.RELEASE,
  OP.RELEASE_10,
  OP.START_STOP,
  OP.ALLOW_MEDIUM_REMOVAL,
  OP.GET_CONFIGURATION,
  OP.GET_EVENT_STATUS_NOTIFICATION,
  OP.MECHANISM_STATUS,
  OP.REQUEST_SENSE,
]);
const READS = new Set<number>([OP.READ_6, OP.READ_10, OP.READ_12, OP.READ_16]);
const WRITES = new Set<number>([
  OP.WRITE_6,
  OP.WRITE_10,
  OP.WRITE_12,
  OP.WRITE_16,
  OP.WRITE_VERIFY_10,
  OP.WRITE_VERIFY_12,
  OP.WRITE_VERIFY_16,
]);

/** What a command that asks something answers: bytes, or what is wrong with it; undefined: a field of it is. */
type Question = (
  disk: DiskUnit,
  command: ScsiCommand,
  buffer: ScsiTransfer,
) => Uint8Array | Sense | undefined;

const nothing = new Uint8Array(0);
const ofCd = (question: Question): Question => {
  return (disk, command, buffer) =>
    disk.isCd ? question(disk, command, buffer) : SENSE.invalidField;
};
const withoutFlags = (flags: number): Question => {
  return (_disk, { cdb }) => ((cdb[1] ?? 0) & flags ? undefined : nothing);
};

const QUESTIONS: Readonly<Record<number, Question>> = {
  [OP.TEST_UNIT_READY]: () => nothing,
  [OP.INQUIRY]: inquiry,
  [OP.MODE_SENSE]: modeSense,
  [OP.MODE_SENSE_10]: modeSense,
  [OP.READ_TOC]: readToc,
  [OP.RESERVE]: withoutFlags(1),
  [OP.RESERVE_10]: withoutFlags(3),
  [OP.RELEASE]: withoutFlags(1),
  [OP.RELEASE_10]: withoutFlags(3),
  [OP.START_STOP]: startStop,
  [OP.ALLOW_MEDIUM_REMOVAL](disk, { cdb }) {
    disk.trayLocked = ((cdb[4] ?? 0) & 1) !== 0;
    return nothing;
  },
  [OP.READ_CAPACITY_10]: readCapacity10,
  [OP.SERVICE_ACTION_IN_16]: readCapacity16,
  [OP.REQUEST_SENSE]: (_disk, { cdb }) => senseBytes(SENSE.noSense, ((cdb[1] ?? 0) & 1) === 0),
  [OP.MECHANISM_STATUS]: ofCd(() => MECHANISM),
  [OP.GET_CONFIGURATION]: ofCd(configuration),
  [OP.GET_EVENT_STATUS_NOTIFICATION]: ofCd(eventStatus),
  [OP.READ_DISC_INFORMATION]: ofCd((_disk, command) => discInformation(command)),
  [OP.READ_DVD_STRUCTURE]: ofCd(dvdStructure),
  [OP.SYNCHRONIZE_CACHE]: (_disk, _command, buffer) =>
    buffer.atDrive('flush', 0, 0, () => {}) ? nothing : SENSE.ioError,
  [OP.SEEK_10]: ({ maxLba }, { lba }) => (lba > maxLba ? SENSE.lbaOutOfRange : nothing),
  [OP.VERIFY_10]: withoutFlags(6),
  [OP.VERIFY_12]: withoutFlags(6),
  [OP.VERIFY_16]: withoutFlags(6),
};

/** Commands that come with a list, which is empty where there is nothing to do. */
const LISTS: Readonly<
  Record<
    number,
    (
      disk: DiskUnit,
      command: ScsiCommand,
      list: Uint8Array,
      buffer: ScsiTransfer,
    ) => Sense | undefined
  >
> = {
  [OP.MODE_SELECT]: selectModes,
  [OP.MODE_SELECT_10]: selectModes,
  [OP.UNMAP]: unmap,
  [OP.WRITE_SAME_10]: writeSame,
  [OP.WRITE_SAME_16]: writeSame,
  // There is nothing to format.
  [OP.FORMAT_UNIT]: () => undefined,
};

/** Carries out a command of a disk or a CD drive. */
export function diskCommand(
  disk: DiskUnit,
  command: ScsiCommand,
  buffer: ScsiTransfer,
): ScsiAnswer {
  const { opcode, transfer } = command;
  if (!isAvailable(disk) && !WITHOUT_MEDIUM.has(opcode)) return failed(SENSE.noMedium);
  if (READS.has(opcode)) return readBlocks(disk, command, buffer);
  if (WRITES.has(opcode)) return writeBlocks(disk, command, buffer);
  if (transfer > MAX_LIST) return failed(SENSE.invalidField);
  const accept = LISTS[opcode];
  if (accept) {
    if (transfer === 0) return good();
    const list = new Uint8Array(transfer);
    buffer.fetch(list);
    const wrong = accept(disk, command, list, buffer);
    return wrong ? failed(wrong) : good(buffer.size - transfer);
  }
  const question = QUESTIONS[opcode];
  if (!question) return failed(SENSE.invalidOpcode);
  const answer = question(disk, command, buffer) ?? SENSE.invalidField;
  return answer instanceof Uint8Array ? answerWith(command, buffer, answer) : failed(answer);
}

function selectModes(
  disk: DiskUnit,
  command: ScsiCommand,
  list: Uint8Array,
  buffer: ScsiTransfer,
): Sense | undefined {
  const wrong = modeSelect(disk, command, list);
  // What was written with a cache must not stay in it once there is none.
  if (!wrong && !disk.drive.writeCache) buffer.atDrive('flush', 0, 0, () => {});
  return wrong;
}

function startStop(disk: DiskUnit, { cdb }: ScsiCommand): Uint8Array | Sense {
  const flags = cdb[4] ?? 0;
  const start = (flags & 1) !== 0;
  const moves = (flags & 2) !== 0 && (flags & 0xf0) === 0 && disk.facts.removable;
  if (!moves) return nothing;
  if (!start && !disk.trayOpen && disk.trayLocked)
    return disk.drive.inserted ? SENSE.removalPrevented : SENSE.notReadyRemovalPrevented;
  if (disk.trayOpen === start) disk.moveTray(!start);
  return nothing;
}

/** The last block, which the unit keeps in mind for the range of what follows; undefined where there is none. */
function lastBlock(disk: DiskUnit): number | undefined {
  if (disk.drive.length === 0) return undefined;
  disk.maxLba = blockCount(disk) - 1;
  return disk.maxLba;
}

function readCapacity10(disk: DiskUnit, { cdb, lba }: ScsiCommand): Uint8Array | Sense {
  if (disk.drive.length === 0) return SENSE.notReady;
  // An address counts only where a part of the medium is asked about.
  if (((cdb[8] ?? 0) & 1) === 0 && lba !== 0) return SENSE.invalidField;
  const bytes = new Uint8Array(8);
  viewOf(bytes).setUint32(0, Math.min(lastBlock(disk) ?? 0, 0xffff_ffff));
  bytes[6] = (disk.blockSize >> 8) & 0xff;
  return bytes;
}

function readCapacity16(disk: DiskUnit, { cdb, lba }: ScsiCommand): Uint8Array | Sense {
  const READ_CAPACITY_16 = 0x10;
  if (((cdb[1] ?? 0) & 0x1f) !== READ_CAPACITY_16) return SENSE.invalidField;
  if (disk.drive.length === 0) return SENSE.notReady;
  if (((cdb[14] ?? 0) & 1) === 0 && lba !== 0) return SENSE.invalidField;
  const { facts } = disk;
  const bytes = new Uint8Array(32);
  viewOf(bytes).setBigUint64(0, BigInt(lastBlock(disk) ?? 0));
  bytes[10] = (disk.blockSize >> 8) & 0xff;
  bytes[13] = Math.min(Math.log2(facts.physical_block_size / facts.logical_block_size), 15);
  if (facts.discard_granularity) bytes[14] = 0x80;
  return bytes;
}
