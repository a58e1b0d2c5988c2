import { BlockBackend, type DriveHolder } from '../../backends/block.ts';
import { BOOT_INDEX } from '../../qdev/boot-index.ts';
import { bit, bool, i32, optionalStr, u16, u32, u64 } from '../../qom/property.ts';
import { fieldsOf, type State, setFields } from '../../qom/state.ts';
import type { ObjectInit, TypeRegistry } from '../../qom/type.ts';
import {
  NO_GRANULARITY,
  releaseDrive,
  settleBlockSizes,
  settleGeometry,
  takeDrive,
} from '../block/conf.ts';
import {
  BLOCK_PROPERTIES,
  ERROR_PROPERTIES,
  GEOMETRY_PROPERTIES,
  type GeometryValues,
} from '../block/properties.ts';
import type { ScsiCommand } from './command.ts';
import { diskCommand } from './disk-commands.ts';
import { blockCount, type DiskFacts, type DiskUnit } from './disk-unit.ts';
import { ScsiDevice } from './scsi-bus.ts';
import { SENSE } from './sense.ts';
import { failed, type ScsiAnswer, type ScsiTransfer } from './unit.ts';

/** `ver` where none is given: the hardware version that QEMU has told since 2.5. */
const HARDWARE_VERSION = '2.5+';
/** Characters of the serial number that make the device's name. */
const DEVICE_ID_LENGTH = 20;
const DISCARD_GRANULARITY = 4096;
/** Bytes of a block of a CD. */
const CD_BLOCK = 2048;
const GEOMETRY_LIMITS = { cyls: 65535, heads: 255, secs: 255 };
/** Largest transfer, in bytes. */
const MAX_IO = 2n ** 31n - 1n;
const MAX_UNMAP = 2n ** 30n;
const IO_TIMEOUT = 30;

/** What a snapshot keeps of a disk. */
const KEPT = [
  'blockSize',
  'maxLba',
  'trayOpen',
  'trayLocked',
  'newMedium',
  'ejectRequested',
] as const;

const DISK_PROPERTIES = {
  ...BLOCK_PROPERTIES,
  ...ERROR_PROPERTIES,
  ver: optionalStr(),
  serial: optionalStr(),
  vendor: optionalStr(),
  product: optionalStr(),
  device_id: optionalStr(),
} as const;

const HD_PROPERTIES = {
  ...DISK_PROPERTIES,
  removable: bit(false),
  dpofua: bit(false),
  wwn: u64(0n),
  port_wwn: u64(0n),
  port_index: u16(0),
  max_unmap_size: u64(MAX_UNMAP),
  max_io_size: u64(MAX_IO),
  rotation_rate: u16(0),
  scsi_version: i32(5),
  quirk_mode_page_vendor_specific_apple: bit(false),
  ...GEOMETRY_PROPERTIES,
} as const;

const CD_PROPERTIES = {
  ...DISK_PROPERTIES,
  wwn: u64(0n),
  port_wwn: u64(0n),
  port_index: u16(0),
  max_io_size: u64(MAX_IO),
  scsi_version: i32(5),
  quirk_mode_page_apple_vendor: bit(false),
  quirk_mode_sense_rom_use_dbd: bit(false),
  quirk_mode_page_vendor_specific_apple: bit(false),
  quirk_mode_page_truncated: bit(false),
} as const;

const BLOCK_PASS_PROPERTIES = {
  ...ERROR_PROPERTIES,
  drive: BLOCK_PROPERTIES.drive,
  'share-rw': bool(false),
  rotation_rate: u16(0),
  max_unmap_size: u64(MAX_UNMAP),
  max_io_size: u64(MAX_IO),
  scsi_version: i32(-1),
  io_timeout: u32(IO_TIMEOUT),
} as const;

const GENERIC_PROPERTIES = {
  drive: BLOCK_PROPERTIES.drive,
  'share-rw': bool(false),
  io_timeout: u32(IO_TIMEOUT),
} as const;

/** A SCSI disk or CD drive on a bus of the machine's own. */
class ScsiDisk
  extends ScsiDevice<typeof DISK_PROPERTIES & typeof HD_PROPERTIES>
  implements DriveHolder, DiskUnit
{
  readonly isCd: boolean;
  /** The drive, or the empty one of a CD drive that has none. */
  tray: BlockBackend | undefined;
  blockSize = 0;
  maxLba = 0;
  trayOpen = false;
  trayLocked = false;
  newMedium = false;
  ejectRequested = false;

  constructor(init: ObjectInit) {
    super(init);
    this.isCd = init.type.isA('scsi-cd');
  }

  get drive(): BlockBackend {
    return this.tray as BlockBackend;
  }

  get facts(): DiskFacts {
    return this.values as unknown as DiskFacts;
  }

  override realize(): void {
    const { props, values } = this;
    const { drive } = props;
    if (!drive && !this.isCd) this.fail('drive property not set');
    const tray = drive ?? BlockBackend.empty('');
    // A CD drive's blocks are a CD's, unless they are said to be others.
    const cdBlock = props.physical_block_size || CD_BLOCK;
    const settle = () => {
      settleBlockSizes(props);
      if (!this.isCd) settleGeometry(values as GeometryValues, tray, GEOMETRY_LIMITS);
    };
    const kind = {
      sharesWrites: props['share-rw'],
      removable: this.isCd || props.removable,
      writes: !this.isCd,
      writeCache: props['write-cache'],
    };
    takeDrive(this, tray, kind, settle);
    this.tray = tray;
    this.blockSize = this.isCd ? cdBlock : props.logical_block_size;
    tray.onResize = () => {
      if (!this.isCd) this.changed(SENSE.capacityChanged);
    };
    if (this.isCd) values.removable = true;
    if (props.discard_granularity === NO_GRANULARITY)
      values.discard_granularity = Math.max(props.logical_block_size, DISCARD_GRANULARITY);
    values.ver ??= HARDWARE_VERSION;
    values.vendor ??= 'QEMU';
    values.product ??= this.isCd ? 'QEMU CD-ROM' : 'QEMU HARDDISK';
    values.device_id ??= props.serial?.slice(0, DEVICE_ID_LENGTH) ?? driveName(drive);
    this.reset();
  }

  override unrealize(): void {
    if (this.tray) this.tray.onResize = () => {};
    releaseDrive(this, this.tray);
  }

  /** Power-on, and every reset: the tray is closed, and the next command is told. */
  override reset(): void {
    this.raise(SENSE.reset);
    this.maxLba = Math.max(0, blockCount(this) - 1);
    this.trayOpen = false;
    this.trayLocked = false;
  }

  override saveState(): State {
    const { writeCache } = this.drive;
    return { ...super.saveState(), ...fieldsOf(this as ScsiDisk, KEPT), writeCache };
  }

  override loadState(state: State): void {
    super.loadState(state);
    setFields(this as ScsiDisk, KEPT, state);
    this.drive.writeCache = state.writeCache as boolean;
  }

  moveTray(open: boolean): void {
    this.trayOpen = open;
    const { options } = this.drive;
    const device = options.nodeName === undefined ? '' : options.id;
    this.context.emit('DEVICE_TRAY_MOVED', {
      device,
      id: this.id || this.path,
      'tray-open': open,
    });
  }

  protected override carryOut(command: ScsiCommand, buffer: ScsiTransfer): ScsiAnswer {
    return diskCommand(this, command, buffer);
  }
}

/** A name that a `-drive` has; a `-blockdev` alone has none. */
function driveName(drive: BlockBackend | undefined): string {
  return drive?.options.nodeName === undefined ? '' : drive.options.id;
}

/** A real SCSI device of the host, passed through: there is none here. */
class ScsiPassThrough extends ScsiDevice<typeof GENERIC_PROPERTIES> {
  readonly blockSize = 0;
  readonly isCd = false;

  protected override carryOut(): ScsiAnswer {
    return failed(SENSE.invalidOpcode);
  }

  override realize(): void {
    if (!this.props.drive) this.fail('drive property not set');
    if (this.values.rotation_rate)
      this.context.report(
        'rotation_rate is specified for scsi-block but is not implemented. This option is deprecated and will be removed in a future version',
      );
    const reason = this.props.drive?.inserted ? 'Operation not supported' : 'No medium found';
    this.fail(`cannot get SG_IO version number: ${reason}\nIs this a SCSI device?`);
  }
}

/** Registers the devices that sit on a SCSI bus. Needs `scsi-device`. */
export function registerScsiDisks(registry: TypeRegistry): void {
  const instanceProperties = { bootindex: BOOT_INDEX };
  registry.register({ name: 'scsi-disk-base', parent: 'scsi-device', abstract: true });
  for (const [name, properties] of [
    ['scsi-hd', HD_PROPERTIES],
    ['scsi-cd', CD_PROPERTIES],
  ] as const)
    registry.register({
      name,
      parent: 'scsi-disk-base',
      properties,
      instanceProperties,
      create: (init) => new ScsiDisk(init),
    });
  for (const [name, parent, properties] of [
    ['scsi-block', 'scsi-disk-base', BLOCK_PASS_PROPERTIES],
    ['scsi-generic', 'scsi-device', GENERIC_PROPERTIES],
  ] as const)
    registry.register({
      name,
      parent,
      properties,
      instanceProperties,
      create: (init) => new ScsiPassThrough(init),
    });
}
