import type { BlockBackend, DriveHolder } from '../backends/block.ts';
import type { MonitorTarget } from './target.ts';

/** A drive, or what a device uses beside the drives. */
export interface UsedDrive {
  /** Name of the drive; '' where a device uses a node. */
  readonly name: string;
  readonly tray: BlockBackend;
  /** What it is called where it has no name: as its user. */
  readonly id: string;
  /** Id or path of the device that uses it. */
  readonly user: string | undefined;
}

/** All that `info block` lists, in the order in which it was made: drives, and what devices use beside them. */
export function usedDrives({ drives, devices }: MonitorTarget): UsedDrive[] {
  const trays = new Set(drives.trays.map(({ tray }) => tray));
  const called = (name: string, tray: BlockBackend, user: string | undefined) => ({
    name,
    tray,
    id: name || tray.options.id || (user ?? ''),
    user,
  });
  const named = drives.trays.map(({ name, tray, devicesBefore }) => ({
    devicesBefore,
    drive: called(name, tray, tray.users[0]),
  }));
  const held = devices.flatMap((device, devicesBefore) => {
    const { tray } = device as Partial<DriveHolder>;
    if (!device.realized || !tray || trays.has(tray)) return [];
    return [{ devicesBefore, drive: called('', tray, device.id || device.path) }];
  });
  return [...named, ...held]
    .sort((a, b) => a.devicesBefore - b.devicesBefore)
    .map(({ drive }) => drive);
}

/** Whether the medium can be taken out: a drive that no device uses might as well be such a one. */
export function isRemovable({ tray, user }: Pick<UsedDrive, 'tray' | 'user'>): boolean {
  return user === undefined || tray.isRemovableFrom(user);
}

/** Types that report errors of their drive. */
const REPORTING = ['virtio-blk-device', 'scsi-device', 'ide-device'];
/** Types whose medium lies on a tray. */
const WITH_TRAY = ['scsi-cd', 'ide-cd'];
/** Limits of a drive that nobody throttles. */
const NO_LIMITS = 'bps=0 bps_rd=0 bps_wr=0 iops=0 iops_rd=0 iops_wr=0';
/** What of a drive's limits stands in QMP even where it is zero. */
const ALWAYS = NO_LIMITS.split(' ').map((limit) => limit.slice(0, limit.indexOf('=')));

/** A drive as `query-block` has it. */
export function blockFacts(target: MonitorTarget, drive: UsedDrive): object {
  const { name, tray, user } = drive;
  const { throttling } = tray.options;
  const isOf = (types: readonly string[]) =>
    target.devices.some(
      (device) =>
        (device.id || device.path) === user && types.some((type) => device.type.isA(type)),
    );
  const removable = isRemovable(drive);
  return {
    // A drive that was taken from its device reports to nobody.
    ...(isOf(REPORTING) && (removable || tray.inserted) && { 'io-status': 'ok' }),
    device: name,
    locked: false,
    removable,
    ...(tray.inserted && {
      inserted: nodeFacts(tray, tray.options.nodeName ?? tray.options.id, throttling),
    }),
    ...(user !== undefined && { qdev: user }),
    ...(removable && isOf(WITH_TRAY) && { tray_open: false }),
    type: 'unknown',
  };
}

/** A node of the block graph as `query-named-block-nodes` has it; `throttling`: limits of the drive that is on it. */
export function nodeFacts(backend: BlockBackend, name: string, throttling = ''): object {
  const { filename, format, readOnly, detectZeroes, direct, noFlush, onFile } = backend.options;
  return {
    'node-name': name,
    drv: format,
    file: filename,
    ro: readOnly,
    encrypted: false,
    backing_file_depth: 0,
    detect_zeroes: detectZeroes ?? 'off',
    write_threshold: 0,
    ...limitsOf(throttling || NO_LIMITS),
    cache: {
      writeback: backend.writeCache,
      direct: direct === true,
      'no-flush': noFlush === true,
    },
    image: {
      filename,
      format,
      'virtual-size': backend.length,
      'actual-size': onFile ? backend.length : 0,
      ...(onFile && { 'dirty-flag': false }),
    },
  };
}

/** `bps=5 group=g` as members: limits are numbers, and most stand only where they are set. */
function limitsOf(text: string): object {
  const pairs = text.split(' ').map((pair): [string, string] => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return Object.fromEntries(
    pairs
      .filter(([key, value]) => ALWAYS.includes(key) || value !== '0')
      .map(([key, value]) => [key, key === 'group' ? value : Number(value)]),
  );
}
