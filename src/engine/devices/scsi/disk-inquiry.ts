import { utf8Encode } from '../../../base/utf8.ts';
import type { ScsiCommand } from './command.ts';
import { type DiskFacts, type DiskUnit, viewOf } from './disk-unit.ts';

/** Most bytes of INQUIRY data. */
const MAX_INQUIRY = 256;
/** Bytes of INQUIRY data whose length is told even where less is asked for. */
const SHORT_INQUIRY = 36;
const MAX_SERIAL = 36;
const MAX_DEVICE_ID = 255 - 8;
/** Descriptors of an UNMAP that fit into 4 KiB. */
const MAX_UNMAP_DESCRIPTORS = 255;
/** Longest transfer of a drive in this process, in bytes. */
const MAX_DRIVE_TRANSFER = 2 ** 31 - 1;

/** Peripheral types of disks and CD drives. */
export const peripheralType = ({ isCd }: DiskUnit) => (isCd ? 5 : 0);

/** INQUIRY data of a unit (SPC 3 §6.4); undefined where there is no such page. */
export function inquiry(disk: DiskUnit, { cdb, transfer }: ScsiCommand): Uint8Array | undefined {
  const [, flags = 0, page = 0] = cdb;
  if (flags & 1) return vitalProductData(disk, page);
  if (page !== 0) return undefined;
  const { facts } = disk;
  const length = Math.min(transfer, MAX_INQUIRY);
  const bytes = new Uint8Array(MAX_INQUIRY);
  bytes[0] = peripheralType(disk);
  bytes[1] = facts.removable ? 0x80 : 0;
  bytes[2] = facts.scsi_version;
  bytes[3] = 0x12;
  bytes[4] = Math.max(length, SHORT_INQUIRY) - 5;
  bytes[7] = 0x12;
  bytes.set(padded(facts.vendor, 8), 8);
  bytes.set(padded(facts.product, 16), 16);
  bytes.set(utf8Encode(facts.ver).subarray(0, 4), 32);
  return bytes.subarray(0, length);
}

function padded(text: string, length: number): Uint8Array {
  return utf8Encode(text.padEnd(length)).subarray(0, length);
}

/** A page of vital product data: type, number and length in front. */
function vitalProductData(disk: DiskUnit, page: number): Uint8Array | undefined {
  const content = PAGES[page]?.(disk);
  return content && Uint8Array.of(peripheralType(disk), page, 0, content.length, ...content);
}

type Page = (disk: DiskUnit) => Uint8Array | undefined;

const PAGES: Readonly<Record<number, Page>> = {
  // Supported pages.
  0x00: ({ facts, isCd }) =>
    Uint8Array.from([
      0x00,
      ...(facts.serial === undefined ? [] : [0x80]),
      0x83,
      ...(isCd ? [] : [0xb0, 0xb1, 0xb2]),
    ]),
  // Unit serial number.
  0x80: ({ facts }) =>
    facts.serial === undefined ? undefined : utf8Encode(facts.serial).subarray(0, MAX_SERIAL),
  // Device identification.
  0x83: ({ facts }) => identification(facts),
  // Block limits.
  0xb0: (disk) => (disk.isCd ? undefined : blockLimits(disk)),
  // Block device characteristics.
  0xb1({ facts }) {
    const bytes = new Uint8Array(0x3c);
    viewOf(bytes).setUint16(0, facts.rotation_rate);
    return bytes;
  },
  // Logical block provisioning: UNMAP and both WRITE SAME.
  0xb2: ({ facts }) => Uint8Array.of(0, 0xe0, facts.discard_granularity ? 2 : 1, 0),
};

function identification(facts: DiskFacts): Uint8Array {
  const id = utf8Encode(facts.device_id).subarray(0, MAX_DEVICE_ID);
  const parts: number[] = [];
  if (id.length > 0) parts.push(0x02, 0, 0, id.length, ...id);
  if (facts.wwn !== 0n) parts.push(0x01, 0x03, 0, 8, ...quad(facts.wwn));
  if (facts.port_wwn !== 0n) parts.push(0x61, 0x93, 0, 8, ...quad(facts.port_wwn));
  if (facts.port_index !== 0)
    parts.push(0x61, 0x94, 0, 4, 0, 0, facts.port_index >> 8, facts.port_index & 0xff);
  return Uint8Array.from(parts);
}

function quad(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  viewOf(bytes).setBigUint64(0, value);
  return bytes;
}

function blockLimits({ facts, blockSize }: DiskUnit): Uint8Array {
  const blocks = (bytes: number) => Math.floor(bytes / blockSize);
  const wanted = blocks(Number(facts.max_io_size));
  const possible = blocks(MAX_DRIVE_TRANSFER);
  const most = wanted === 0 ? possible : Math.min(wanted, possible);
  const bytes = new Uint8Array(0x3c);
  const view = viewOf(bytes);
  bytes[0] = 1;
  view.setUint16(2, Math.min(blocks(facts.min_io_size), most));
  view.setUint32(4, most);
  view.setUint32(8, Math.min(blocks(facts.opt_io_size), most));
  view.setUint32(16, blocks(Number(facts.max_unmap_size)));
  view.setUint32(20, MAX_UNMAP_DESCRIPTORS);
  view.setUint32(24, blocks(facts.discard_granularity));
  view.setUint32(36, most);
  return bytes;
}
