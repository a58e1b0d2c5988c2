import { SCSI_OP as OP } from '../../../spec/scsi-commands.ts';

/** A command as it lies in its CDB. */
export interface ScsiCommand {
  readonly cdb: Uint8Array;
  readonly opcode: number;
  /** Bytes that the CDB asks to transfer. */
  readonly transfer: number;
  /** Blocks, or whatever the CDB counts in its length field; 0 of a short read means 256. */
  readonly count: number;
  /** First block. */
  readonly lba: number;
  readonly direction: 'none' | 'toDevice' | 'fromDevice';
}

/** What a CDB is read for: the size of a block, and whether the unit is a CD drive. */
export interface CdbReader {
  readonly blockSize: number;
  readonly isCd: boolean;
}

/** Bytes of a CDB, by the group of its operation code; undefined where the group has no length. */
const LENGTHS: readonly (number | undefined)[] = [6, 10, 10, undefined, 16, 12];

const { entries } = Object;
const setOf = (...names: readonly (keyof typeof OP)[]) => new Set<number>(names.map((n) => OP[n]));

/** Commands that transfer nothing, whatever their length field says. */
const NO_DATA = setOf(
  'TEST_UNIT_READY',
  'REWIND',
  'START_STOP',
  'SET_CAPACITY',
  'WRITE_FILEMARKS',
  'WRITE_FILEMARKS_16',
  'SPACE',
  'RESERVE',
  'RELEASE',
  'ERASE',
  'ALLOW_MEDIUM_REMOVAL',
  'SEEK_10',
  'SYNCHRONIZE_CACHE',
  'SYNCHRONIZE_CACHE_16',
  'LOCATE_16',
  'LOCK_UNLOCK_CACHE',
  'SET_CD_SPEED',
  'SET_LIMITS',
  'WRITE_LONG_10',
  'UPDATE_BLOCK',
  'RESERVE_TRACK',
  'SET_READ_AHEAD',
  'PRE_FETCH',
  'PRE_FETCH_16',
  'ALLOW_OVERWRITE',
);

/** Commands whose data goes to the unit. */
const TO_DEVICE = setOf(
  'WRITE_6',
  'WRITE_10',
  'WRITE_VERIFY_10',
  'WRITE_12',
  'WRITE_VERIFY_12',
  'WRITE_16',
  'WRITE_VERIFY_16',
  'VERIFY_10',
  'VERIFY_12',
  'VERIFY_16',
  'COPY',
  'COPY_VERIFY',
  'COMPARE',
  'CHANGE_DEFINITION',
  'LOG_SELECT',
  'MODE_SELECT',
  'MODE_SELECT_10',
  'SEND_DIAGNOSTIC',
  'WRITE_BUFFER',
  'FORMAT_UNIT',
  'SEARCH_EQUAL',
  'SEARCH_HIGH',
  'SEARCH_LOW',
  'UPDATE_BLOCK',
  'WRITE_LONG_10',
  'WRITE_SAME_10',
  'WRITE_SAME_16',
  'UNMAP',
  'SEARCH_HIGH_12',
  'SEARCH_EQUAL_12',
  'SEARCH_LOW_12',
  'MEDIUM_SCAN',
  'SEND_VOLUME_TAG',
  'SEND_CUE_SHEET',
  'SEND_DVD_STRUCTURE',
  'PERSISTENT_RESERVE_OUT',
  'MAINTENANCE_OUT',
);

/** Commands whose length field counts blocks. */
const BLOCKS = setOf(
  'READ_6',
  'READ_REVERSE',
  'READ_10',
  'READ_12',
  'READ_16',
  'WRITE_6',
  'WRITE_10',
  'WRITE_12',
  'WRITE_16',
  'WRITE_VERIFY_10',
  'WRITE_VERIFY_12',
  'WRITE_VERIFY_16',
);
const SHORT_BLOCKS = setOf('READ_6', 'READ_REVERSE', 'WRITE_6');
const VERIFY = setOf('VERIFY_10', 'VERIFY_12', 'VERIFY_16');
const WRITE_SAME = setOf('WRITE_SAME_10', 'WRITE_SAME_16');

const be16 = (bytes: Uint8Array, at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const be24 = (bytes: Uint8Array, at: number) => (be16(bytes, at) << 8) | (bytes[at + 2] ?? 0);
const be32 = (bytes: Uint8Array, at: number) => be16(bytes, at) * 2 ** 16 + be16(bytes, at + 2);

/** Lengths that are not where their group has them. */
const SPECIAL: Readonly<Record<number, (cdb: Uint8Array, unit: CdbReader) => number>> = {
  [OP.READ_CAPACITY_10]: () => 8,
  [OP.READ_BLOCK_LIMITS]: () => 6,
  [OP.INQUIRY]: (cdb) => be16(cdb, 3),
  [OP.RECEIVE_DIAGNOSTIC]: (cdb) => be16(cdb, 3),
  [OP.SEND_DIAGNOSTIC]: (cdb) => be16(cdb, 3),
  [OP.READ_CD]: (cdb) => be24(cdb, 6),
  [OP.READ_BUFFER]: (cdb) => be24(cdb, 6),
  [OP.WRITE_BUFFER]: (cdb) => be24(cdb, 6),
  [OP.SEND_CUE_SHEET]: (cdb) => be24(cdb, 6),
  [OP.PERSISTENT_RESERVE_OUT]: (cdb) => be32(cdb, 5),
  [OP.SEND_VOLUME_TAG]: (cdb, { isCd }) => be16(cdb, isCd ? 9 : 8),
  [OP.FORMAT_UNIT](cdb, { isCd }) {
    const flags = cdb[1] ?? 0;
    if (!(flags & 16)) return 0;
    return isCd ? 12 : flags & 32 ? 8 : 4;
  },
};
/** The same, of CD drives alone. */
const SPECIAL_OF_CD: Readonly<Record<number, (cdb: Uint8Array) => number>> = {
  [OP.ATA_PASSTHROUGH_12]: () => 0,
  ...Object.fromEntries(
    entries(OP)
      .filter(([name]) =>
        /^(?:MECHANISM_STATUS|(?:READ|SEND)_DVD_STRUCTURE|MAINTENANCE_(?:IN|OUT))$/.test(name),
      )
      .map(([, opcode]) => [opcode, (cdb: Uint8Array) => be16(cdb, 8)]),
  ),
};

/** Reads a CDB; undefined where its operation code belongs to no group with a length. */
export function parseCdb(cdb: Uint8Array, unit: CdbReader): ScsiCommand | undefined {
  const opcode = cdb[0] ?? 0;
  const group = opcode >> 5;
  const length = LENGTHS[group];
  if (length === undefined || length > cdb.length) return undefined;
  const count = countOf(cdb, group);
  const transfer = transferOf(cdb, opcode, count, unit);
  const direction = transfer === 0 ? 'none' : TO_DEVICE.has(opcode) ? 'toDevice' : 'fromDevice';
  return {
    cdb: cdb.subarray(0, length),
    opcode,
    count,
    transfer,
    direction,
    lba: lbaOf(cdb, group),
  };
}

function countOf(cdb: Uint8Array, group: number): number {
  if (group === 0) return cdb[4] ?? 0;
  if (group === 4) return be32(cdb, 10);
  return group === 5 ? be32(cdb, 6) : be16(cdb, 7);
}

function lbaOf(cdb: Uint8Array, group: number): number {
  if (group === 0) return be32(cdb, 0) % 2 ** 21;
  return group === 4 ? be32(cdb, 2) * 2 ** 32 + be32(cdb, 6) : be32(cdb, 2);
}

function transferOf(cdb: Uint8Array, opcode: number, count: number, unit: CdbReader): number {
  const { blockSize, isCd } = unit;
  const flags = cdb[1] ?? 0;
  if (NO_DATA.has(opcode)) return 0;
  if (BLOCKS.has(opcode))
    return (count === 0 && SHORT_BLOCKS.has(opcode) ? 256 : count) * blockSize;
  if (VERIFY.has(opcode)) return (flags & 2 ? (flags & 4 ? 1 : count) : 0) * blockSize;
  if (WRITE_SAME.has(opcode)) return flags & 1 ? 0 : blockSize;
  const special = SPECIAL[opcode] ?? (isCd ? SPECIAL_OF_CD[opcode] : undefined);
  return special ? special(cdb, unit) : count;
}
