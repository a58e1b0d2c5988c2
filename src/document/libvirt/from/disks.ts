import type { Element } from '../xml.ts';
import { argumentOf, type Entries } from './argument.ts';
import { neededController } from './controllers.ts';
import type { Reader } from './reader.ts';

/** A `<disk>`: a drive, and the device that shows it to the guest. */
export function readDisk(reader: Reader, disk: Element): void {
  const target = disk.at('target', 'dev') ?? '';
  const bus = disk.at('target', 'bus') ?? guessBus(reader, target);
  const device = disk.attr('device') ?? 'disk';
  const place = Object.hasOwn(BUSES, bus) ? BUSES[bus] : undefined;
  if (!place || disk.attr('type') === 'vhostuser') {
    reader.note(`The disk ${target} is left out: nothing here puts it on “${bus}”.`);
    return;
  }
  if (device === 'lun')
    reader.note(
      `The disk ${target} was a SCSI device of the host handed through; here it is a plain disk.`,
    );
  const placed = place(reader, disk, device, numberOf(target));
  const id = reader.id(disk, placed.id);
  const drive = addDrive(reader, disk, device, id, target);
  const boot = disk.at('boot', 'order');
  const own: Entries = {
    drive,
    id,
    bootindex: boot,
    serial: disk.child('serial')?.text || undefined,
    wwn: placed.type.startsWith('scsi-') ? hexOf(disk.child('wwn')?.text) : undefined,
    logical_block_size: disk.at('blockio', 'logical_block_size'),
    physical_block_size: disk.at('blockio', 'physical_block_size'),
    removable: bus === 'usb' ? (disk.at('target', 'removable') ?? 'off') : undefined,
    rotation_rate: disk.at('target', 'rotation_rate'),
    'share-rw': disk.child('shareable') ? 'on' : undefined,
  };
  reader.device(placed.type, { ...placed.entries, ...own });
}

interface PlacedDisk {
  readonly type: string;
  readonly id: string;
  readonly entries: Entries;
}

type Place = (reader: Reader, disk: Element, device: string, at: number) => PlacedDisk;

const BUSES: Readonly<Record<string, Place>> = {
  virtio(reader, disk, _, at) {
    const { type, entries } = reader.virtio('virtio-blk', disk);
    const driver = disk.child('driver');
    const queues = driver?.attr('queues');
    return {
      type,
      id: `virtio-disk${at}`,
      entries: {
        ...entries,
        'num-queues': queues,
        'queue-size': driver?.attr('queue_size'),
        event_idx: driver?.attr('event_idx'),
      },
    };
  },
  scsi(reader, disk, device, at) {
    // libvirt gives a controller seven disks that do not say their address.
    const unit = unitOf(disk, at, 7);
    const controller = neededController(reader, 'scsi', unit.controller, disk);
    const wide = reader.controller('scsi wide', unit.controller) === 'yes';
    return {
      type: device === 'cdrom' ? 'scsi-cd' : 'scsi-hd',
      id: `scsi${unit.controller}-${unit.bus}-${unit.target}-${unit.unit}`,
      entries: {
        bus: `${controller}.0`,
        channel: wide ? String(unit.bus) : undefined,
        'scsi-id': String(wide ? unit.target : unit.unit),
        lun: wide ? String(unit.unit) : undefined,
      },
    };
  },
  sata(reader, disk, device, at) {
    const unit = unitOf(disk, at, 6);
    const controller = neededController(reader, 'sata', unit.controller, disk);
    return {
      type: device === 'cdrom' ? 'ide-cd' : 'ide-hd',
      id: `sata${unit.controller}-${unit.bus}-${unit.unit}`,
      entries: { bus: `${controller}.${unit.unit}` },
    };
  },
  ide(reader, disk, device, at) {
    const given = disk.at('address', 'type') === 'drive';
    const unit = unitOf(disk, at, 4);
    const bus = given ? unit.bus : Math.floor(unit.unit / 2);
    const slave = given ? unit.unit : unit.unit % 2;
    const controller = neededController(reader, 'ide', unit.controller, disk);
    return {
      type: device === 'cdrom' ? 'ide-cd' : 'ide-hd',
      id: `ide${unit.controller}-${bus}-${slave}`,
      entries: { bus: `${controller}.${bus}`, unit: String(slave) },
    };
  },
  fdc(reader, disk, _, at) {
    neededController(reader, 'fdc', 0, disk);
    const unit = unitOf(disk, at, 2).unit;
    return { type: 'floppy', id: `fdc0-0-${unit}`, entries: { unit: String(unit) } };
  },
  usb(reader, disk, _, at) {
    const controller = neededController(reader, 'usb', 0, disk);
    return {
      type: 'usb-storage',
      id: `usb-disk${at}`,
      entries: { bus: `${controller}.0`, port: disk.at('address', 'port') },
    };
  },
};

/** Where on a controller a disk sits: as its address says, else as libvirt counts. */
function unitOf(disk: Element, at: number, each: number) {
  const address = disk.child('address');
  const number = (name: string) => Number(address?.attr(name) ?? 0) || 0;
  if (address?.attr('type') === 'drive')
    return {
      controller: number('controller'),
      bus: number('bus'),
      target: number('target'),
      unit: number('unit'),
    };
  return { controller: Math.floor(at / each), bus: 0, target: 0, unit: at % each };
}

/** `vda` is 0, `sdc` 2, `vdaa` 26. */
function numberOf(target: string): number {
  const letters = /^(?:[a-z]d|x?vd|fd|ub)?([a-z]{1,4})\d*$/.exec(target)?.[1] ?? 'a';
  let number = 0;
  for (const letter of letters) number = number * 26 + letter.charCodeAt(0) - 96;
  return number - 1;
}

/** What libvirt takes a disk for that names no bus. */
function guessBus(reader: Reader, target: string): string {
  if (target.startsWith('vd')) return 'virtio';
  if (target.startsWith('hd')) return 'ide';
  if (target.startsWith('fd')) return 'fdc';
  if (target.startsWith('sd')) return 'scsi';
  return reader.platform.ide ? 'ide' : 'virtio';
}

const hexOf = (text: string | undefined): string | undefined =>
  text ? `0x${text.replace(/^0x/, '')}` : undefined;

/** `-drive` for what a disk reads; undefined for an empty tray. Answers its id. */
function addDrive(
  reader: Reader,
  disk: Element,
  device: string,
  id: string,
  target: string,
): string | undefined {
  const source = sourceOf(reader, disk, target);
  if (source === undefined) return undefined;
  const driver = disk.child('driver');
  const readonly = disk.child('readonly') !== undefined || device === 'cdrom';
  const drive = `drive-${id}`;
  reader.option(
    'drive',
    argumentOf('', {
      file: source,
      format: driver?.attr('type') ?? 'raw',
      if: 'none',
      id: drive,
      cache: driver?.attr('cache'),
      discard: driver?.attr('discard'),
      'detect-zeroes': driver?.attr('detect_zeroes'),
      readonly: readonly ? 'on' : undefined,
    }),
  );
  return drive;
}

/** The file that a disk reads, or what stands for it. */
function sourceOf(reader: Reader, disk: Element, target: string): string | undefined {
  const source = disk.child('source');
  const file = source?.attr('file') ?? source?.attr('dev');
  if (file !== undefined) return file === '' ? undefined : file;
  const name = source?.attr('name') ?? source?.attr('volume');
  if (name === undefined) return undefined;
  const kind = source?.attr('protocol') ?? `pool ${source?.attr('pool') ?? ''}`.trim();
  reader.note(`The disk ${target} is ${kind}: ${name}; here it is a file of that name.`);
  return name;
}
