import { utf8Encode } from '../../../base/utf8.ts';
import { SCSI_OP as OP } from '../../../spec/scsi-commands.ts';
import type { ScsiCommand } from './command.ts';
import { type DiskUnit, isWritable, SECTOR, viewOf } from './disk-unit.ts';
import { SENSE, type Sense } from './sense.ts';

/** Mode pages that units have. */
const PAGE = {
  VENDOR: 0x00,
  ERROR_RECOVERY: 0x01,
  GEOMETRY: 0x04,
  FLEXIBLE_GEOMETRY: 0x05,
  CACHING: 0x08,
  AUDIO: 0x0e,
  CAPABILITIES: 0x2a,
  APPLE: 0x30,
  ALL: 0x3f,
} as const;
/** Which values of a page are asked for. */
const CONTROL = { changeable: 1, saved: 3 } as const;
/** Bit of the caching page: the write cache is on. */
const WCE = 4;
const MAX_PAGE = 256;
/** Bytes of a block descriptor. */
const BLOCK_DESCRIPTOR = 8;
const MAX_BLOCKS = 0xff_ffff;
/** Revolutions a minute of a disk that nobody has seen. */
const RPM = 5400;
/** Read and write speed of a CD drive, in 1000 bytes a second. */
const CD_SPEED = 176;

/** Content of a mode page without its header; undefined where the unit has no such page. */
function pageOf(disk: DiskUnit, page: number, changeable: boolean): Uint8Array | undefined {
  const content = PAGES[page]?.(disk);
  if (!content || !changeable) return content;
  const mask = new Uint8Array(content.length);
  if (page === PAGE.CACHING) mask[0] = WCE;
  if (page === PAGE.ERROR_RECOVERY && disk.isCd) mask[0] = 0x80;
  if (page === PAGE.VENDOR) mask.fill(0xff);
  return mask;
}

type Page = (disk: DiskUnit) => Uint8Array | undefined;

const PAGES: Readonly<Record<number, Page>> = {
  [PAGE.VENDOR]: ({ isCd, facts }) =>
    !isCd && facts.quirk_mode_page_vendor_specific_apple ? new Uint8Array(2) : undefined,
  [PAGE.ERROR_RECOVERY](disk) {
    const bytes = new Uint8Array(10);
    bytes[0] = 0x80;
    if (disk.isCd) bytes[1] = 0x20;
    return bytes;
  },
  [PAGE.GEOMETRY](disk) {
    if (disk.isCd) return undefined;
    const { cyls, heads } = disk.facts;
    const cylinders = [(cyls >> 16) & 0xff, (cyls >> 8) & 0xff, cyls & 0xff];
    const bytes = new Uint8Array(22);
    // Precompensation and reduced current begin where the disk ends: there are none.
    bytes.set([...cylinders, heads, ...cylinders, ...cylinders, 0, 200, 0xff, 0xff, 0xff]);
    viewOf(bytes).setUint16(18, RPM);
    return bytes;
  },
  [PAGE.FLEXIBLE_GEOMETRY](disk) {
    if (disk.isCd) return undefined;
    const { cyls, heads, secs } = disk.facts;
    const bytes = new Uint8Array(30);
    const view = viewOf(bytes);
    view.setUint16(0, 5000);
    bytes.set([heads, secs, (disk.blockSize >> 8) & 0xff], 2);
    for (const at of [6, 8, 10]) view.setUint16(at, cyls & 0xffff);
    bytes.set([0, 1, 1, 0, 1, 1, 1], 12);
    view.setUint16(26, RPM);
    return bytes;
  },
  [PAGE.CACHING](disk) {
    const bytes = new Uint8Array(18);
    if (disk.drive.writeCache) bytes[0] = WCE;
    return bytes;
  },
  [PAGE.AUDIO]: ({ isCd }) => (isCd ? new Uint8Array(14) : undefined),
  [PAGE.CAPABILITIES](disk) {
    if (!disk.isCd) return undefined;
    const bytes = new Uint8Array(20);
    const view = viewOf(bytes);
    bytes.set([0x3b, 0, 0x7f, 0xff, 0x2d | (disk.trayLocked ? 2 : 0)]);
    view.setUint16(6, 50 * CD_SPEED);
    view.setUint16(8, 2);
    view.setUint16(10, 2048);
    for (const at of [12, 16, 18]) view.setUint16(at, 16 * CD_SPEED);
    return bytes;
  },
  [PAGE.APPLE](disk) {
    if (!disk.isCd || !disk.facts.quirk_mode_page_apple_vendor) return undefined;
    const bytes = new Uint8Array(30);
    bytes.set(utf8Encode('APPLE COMPUTER, INC   '), 8);
    return bytes;
  },
};

const isSense = (value: Uint8Array | Sense): value is Sense => !(value instanceof Uint8Array);

/** Answer to MODE SENSE, either length (SPC 3 §6.9), or what is wrong. */
export function modeSense(disk: DiskUnit, { cdb, opcode }: ScsiCommand): Uint8Array | Sense {
  const [, flags = 0, selector = 0] = cdb;
  const page = selector & 0x3f;
  const control = selector >> 6;
  const descriptor = blockDescriptor(disk, (flags & 8) !== 0, page);
  if (control === CONTROL.saved) return SENSE.savingNotSupported;
  const wanted = page === PAGE.ALL ? Array.from({ length: PAGE.ALL }, (_, n) => n) : [page];
  const pages = wanted.flatMap((number) => {
    const content = pageOf(disk, number, control === CONTROL.changeable);
    return content ? [Uint8Array.of(number, content.length, ...content)] : [];
  });
  if (pages.length === 0) return SENSE.invalidField;
  const short = opcode === OP.MODE_SENSE;
  const body = [...descriptor, ...pages.flatMap((bytes) => [...bytes])];
  const parameter = deviceParameter(disk);
  if (short) return Uint8Array.of(body.length + 3, 0, parameter, descriptor.length, ...body);
  const length = body.length + 6;
  return Uint8Array.of(
    length >> 8,
    length & 0xff,
    0,
    parameter,
    0,
    0,
    0,
    descriptor.length,
    ...body,
  );
}

function deviceParameter(disk: DiskUnit): number {
  if (disk.isCd) return 0;
  return (disk.facts.dpofua ? 0x10 : 0) | (isWritable(disk) ? 0 : 0x80);
}

/** Density, blocks and their size; CD drives have none unless a quirk says so. */
function blockDescriptor(disk: DiskUnit, disabled: boolean, page: number): Uint8Array {
  const { isCd, facts, drive, blockSize } = disk;
  const apple = facts.quirk_mode_page_apple_vendor && page === PAGE.APPLE;
  const hidden = isCd ? !facts.quirk_mode_sense_rom_use_dbd || apple || disabled : disabled;
  const sectors = drive.length / SECTOR;
  if (hidden || sectors === 0) return new Uint8Array(0);
  const blocks = Math.floor(sectors / (blockSize / SECTOR));
  const bytes = new Uint8Array(BLOCK_DESCRIPTOR);
  viewOf(bytes).setUint32(0, blocks > MAX_BLOCKS ? 0 : blocks);
  bytes[6] = (blockSize >> 8) & 0xff;
  return bytes;
}

/** Carries MODE SELECT out, either length (SPC 3 §6.7); what is wrong with it, and then nothing has changed. */
export function modeSelect(
  disk: DiskUnit,
  { cdb, opcode }: ScsiCommand,
  list: Uint8Array,
): Sense | undefined {
  const apple = disk.facts.quirk_mode_page_vendor_specific_apple;
  // Pages in SPC's format, and none that are to be saved.
  if (((cdb[1] ?? 0) & 0x11) !== 0x10 && !apple) return SENSE.invalidField;
  const header = opcode === OP.MODE_SELECT ? 4 : 8;
  if (list.length < header) return SENSE.invalidParameterLength;
  const described = opcode === OP.MODE_SELECT ? (list[3] ?? 0) : viewOf(list).getUint16(6);
  if (list.length - header < described) return SENSE.invalidParameterLength;
  if (described !== 0 && described !== BLOCK_DESCRIPTOR) return SENSE.invalidParameter;
  if (described !== 0) {
    const size = viewOf(list).getUint32(header + 4) & 0xff_ffff;
    if (size !== 0 && (size & ~0xfe00) === 0) disk.blockSize = size;
  }
  const pages = pagesIn(disk, list.subarray(header + described));
  if (isSense(pages)) return pages;
  const [caching] = pages.subarray(-1);
  if (caching !== undefined && pages.length > 0) disk.drive.writeCache = (caching & WCE) !== 0;
  return undefined;
}

/** Checks pages; the caching page's first byte where there is one, or what is wrong. */
function pagesIn(disk: DiskUnit, list: Uint8Array): Uint8Array | Sense {
  let caching = new Uint8Array(0);
  for (let at = 0; at < list.length; ) {
    const first = list[at] ?? 0;
    const long = (first & 0x40) !== 0;
    const header = long ? 4 : 2;
    if (list.length - at < header) return SENSE.invalidParameterLength;
    if (long && list[at + 1] !== 0) return SENSE.invalidParameter;
    const length = long ? viewOf(list).getUint16(at + 2) : (list[at + 1] ?? 0);
    at += header;
    const cut = disk.facts.quirk_mode_page_truncated;
    if (length > list.length - at && !cut) return SENSE.invalidParameterLength;
    const content = new Uint8Array(length);
    content.set(list.subarray(at, at + length));
    const page = first & 0x3f;
    if (!changesOnlyWhatItMay(disk, page, content)) return SENSE.invalidParameter;
    if (page === PAGE.CACHING) caching = content.slice(0, 1);
    at += length;
  }
  return caching;
}

function changesOnlyWhatItMay(disk: DiskUnit, page: number, content: Uint8Array): boolean {
  const now = pageOf(disk, page, false);
  const mask = pageOf(disk, page, true);
  if (!now || !mask || now.length !== content.length || content.length + 2 > MAX_PAGE) return false;
  return now.every((byte, i) => ((byte ^ (content[i] ?? 0)) & ~(mask[i] ?? 0)) === 0);
}
