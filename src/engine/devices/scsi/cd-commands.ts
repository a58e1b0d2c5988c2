import type { ScsiCommand } from './command.ts';
import { type DiskUnit, isAvailable, SECTOR, viewOf } from './disk-unit.ts';
import { SENSE, type Sense } from './sense.ts';

/** Profiles of media (MMC 6 §5.3.1). */
const PROFILE = { none: 0, cd: 0x08, dvd: 0x10 } as const;
/** Sectors of 512 bytes that fit onto a CD: 80 minutes. */
const MAX_CD_SECTORS = 80 * 60 * 75 * 4;
const LEAD_OUT = 0xaa;
/** Class of media in event notifications, its events and the states of a tray. */
const MEDIA_CLASS = 4;
const EVENT = { noChange: 0, ejectRequested: 1, newMedium: 2 } as const;
const TRAY = { open: 1, medium: 2 } as const;
/** Bytes of the structures of a DVD, by format. */
const DVD_STRUCTURES: Readonly<Record<number, number>> = { 0: 2052, 1: 8, 3: 192, 4: 2052 };

function profileOf(disk: DiskUnit): number {
  if (!isAvailable(disk)) return PROFILE.none;
  return disk.drive.length / SECTOR > MAX_CD_SECTORS ? PROFILE.dvd : PROFILE.cd;
}

/** An address as a table of contents has it: minutes, seconds and frames, or a number. */
function addressOf(lba: number, msf: boolean): number[] {
  if (!msf) return [(lba >>> 24) & 0xff, (lba >> 16) & 0xff, (lba >> 8) & 0xff, lba & 0xff];
  const frames = lba + 150;
  return [0, Math.floor(frames / 75 / 60), Math.floor(frames / 75) % 60, frames % 75];
}

/** Answer to READ TOC (MMC 6 §6.25); undefined where there is no such table. */
export function readToc(disk: DiskUnit, { cdb }: ScsiCommand): Uint8Array | undefined {
  const msf = ((cdb[1] ?? 0) & 2) !== 0;
  const start = cdb[6] ?? 0;
  const blocks = Math.floor(disk.drive.length / SECTOR / (disk.blockSize / SECTOR));
  switch ((cdb[2] ?? 0) & 0xf) {
    case 0: {
      if (start > 1 && start !== LEAD_OUT) return undefined;
      const track = start <= 1 ? [0, 0x14, 1, 0, ...addressOf(0, msf)] : [];
      return table([...track, 0, 0x16, LEAD_OUT, 0, ...addressOf(blocks, msf)]);
    }
    case 1:
      // One session.
      return Uint8Array.of(0, 0x0a, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    case 2: {
      const point = (number: number, ...rest: readonly number[]) => [
        ...[1, 0x14, 0, number, 0, 0, 0],
        ...rest,
      ];
      return table([
        ...point(0xa0, 0, 1, 0, 0),
        ...point(0xa1, 0, 1, 0, 0),
        ...point(0xa2, ...addressOf(blocks, msf)),
        ...point(1, ...(msf ? addressOf(0, true) : [0, 0, 0, 0])),
      ]);
    }
    default:
      return undefined;
  }
}

/** A table behind its length and its first and last session. */
function table(entries: readonly number[]): Uint8Array {
  const length = entries.length + 2;
  return Uint8Array.of(length >> 8, length & 0xff, 1, 1, ...entries);
}

/** Answer to GET CONFIGURATION (MMC 6 §6.6). */
export function configuration(disk: DiskUnit): Uint8Array {
  const current = profileOf(disk);
  const bytes = new Uint8Array(40);
  const view = viewOf(bytes);
  view.setUint32(0, 36);
  view.setUint16(6, current);
  bytes.set([0x03, 8], 10);
  view.setUint16(12, PROFILE.dvd);
  bytes[14] = current === PROFILE.dvd ? 1 : 0;
  view.setUint16(16, PROFILE.cd);
  bytes[18] = current === PROFILE.cd ? 1 : 0;
  // Core feature of a SCSI drive, and removable media.
  bytes.set([0, 1, 0x0b, 8, 0, 0, 0, 1, 1], 20);
  bytes.set([0, 3, 0x0b, 4, 0x39], 32);
  return bytes;
}

/** Answer to GET EVENT STATUS NOTIFICATION, which takes the event (MMC 6 §6.7); undefined where it would wait. */
export function eventStatus(disk: DiskUnit, { cdb }: ScsiCommand): Uint8Array | undefined {
  if (((cdb[1] ?? 0) & 1) === 0) return undefined;
  const supported = 1 << MEDIA_CLASS;
  if (((cdb[4] ?? 0) & supported) === 0) return Uint8Array.of(0, 0, 0x80, supported);
  const state = disk.trayOpen ? TRAY.open : disk.drive.inserted ? TRAY.medium : 0;
  let event: number = EVENT.noChange;
  if (!disk.trayOpen && disk.newMedium) {
    event = EVENT.newMedium;
    disk.newMedium = false;
  } else if (!disk.trayOpen && disk.ejectRequested) {
    event = EVENT.ejectRequested;
    disk.ejectRequested = false;
  }
  return Uint8Array.of(0, 4, MEDIA_CLASS, supported, event, state, 0, 0);
}

/** Answer to READ DISC INFORMATION (MMC 6 §6.21), or what is wrong. */
export function discInformation({ cdb }: ScsiCommand): Uint8Array | Sense {
  if (((cdb[1] ?? 0) & 7) !== 0) return SENSE.invalidField;
  const bytes = new Uint8Array(34);
  bytes.set([0, 32, 0x0e, 1, 1, 1, 1, 0x20]);
  return bytes;
}

/** Answer to READ DVD STRUCTURE (MMC 6 §6.22), or what is wrong. */
export function dvdStructure(disk: DiskUnit, { cdb }: ScsiCommand): Uint8Array | Sense {
  const [, media = 0] = cdb;
  const [layer = 0, format = 0] = cdb.subarray(6);
  if (media !== 0) return SENSE.invalidField;
  if (format === 0xff) return dvdCapabilities();
  if (!isAvailable(disk)) return SENSE.noMedium;
  if (profileOf(disk) === PROFILE.cd) return SENSE.incompatibleFormat;
  const size = DVD_STRUCTURES[format];
  if (size === undefined || format === 3 || (format === 0 && layer !== 0))
    return SENSE.invalidField;
  const bytes = new Uint8Array(size);
  const view = viewOf(bytes);
  view.setUint16(0, size - 2);
  if (format !== 0) return bytes;
  bytes.set([1, 0x0f, 1], 4);
  const last = Math.floor(disk.drive.length / SECTOR / 4) - 1;
  view.setUint32(12, last);
  view.setUint32(16, last);
  return bytes;
}

function dvdCapabilities(): Uint8Array {
  const entries = Object.entries(DVD_STRUCTURES).flatMap(([format, size]) => [
    ...[Number(format), 0x40, size >> 8, size & 0xff],
  ]);
  const length = entries.length + 2;
  return Uint8Array.of(length >> 8, length & 0xff, 0, 0, ...entries);
}

/** Answer to MECHANISM STATUS: a CD drive. */
export const MECHANISM = Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0);
