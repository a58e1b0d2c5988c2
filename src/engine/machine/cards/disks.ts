import { BlockBackend, type DriveHolder } from '../../backends/block.ts';
import {
  NO_GRANULARITY,
  releaseDrive,
  settleBlockSizes,
  settleGeometry,
  takeDrive,
} from '../../devices/block/conf.ts';
import {
  BLOCK_PROPERTIES,
  ERROR_PROPERTIES,
  GEOMETRY_PROPERTIES,
  type GeometryValues,
} from '../../devices/block/properties.ts';
import { BOOT_INDEX } from '../../qdev/boot-index.ts';
import { Bus } from '../../qdev/bus.ts';
import { Device } from '../../qdev/device.ts';
import { oneOf, str, u16, u32, u64 } from '../../qom/property.ts';
import type { ObjectInit, TypeRegistry } from '../../qom/type.ts';

/** Unit that the bus shall choose. */
const ANY_UNIT = 0xffff_ffff;
/** Units that a cable can have, whether the controller serves them or not: each has a serial number. */
const UNITS_PER_CABLE = 2;
const HARDWARE_VERSION = '2.5+';
const GEOMETRY_LIMITS = { cyls: 65535, heads: 16, secs: 255 };
/** Largest disk that a BIOS can take as it is, and with its heads multiplied. */
const PLAIN_CYLINDERS = 1024;
const SECTOR = 512;

const UNIT = { unit: u32(ANY_UNIT) } as const;
const IDE_PROPERTIES = {
  ...BLOCK_PROPERTIES,
  ...ERROR_PROPERTIES,
  ver: str(),
  wwn: u64(0n),
  serial: str(),
  model: str(),
} as const;
const TRANSLATIONS = ['auto', 'none', 'lba', 'large', 'rechs'] as const;
const HD_PROPERTIES = {
  ...IDE_PROPERTIES,
  ...GEOMETRY_PROPERTIES,
  'bios-chs-trans': oneOf(
    'BiosAtaTranslation',
    TRANSLATIONS,
    'auto',
    'Logical CHS translation algorithm, auto/none/lba/large/rechs',
  ),
  rotation_rate: u16(0),
} as const;

/** A cable with one or two ATA devices. */
export class IdeBus extends Bus {
  /** Units that the controller serves. */
  units = UNITS_PER_CABLE;
  readonly #first: number;

  constructor(init: ObjectInit) {
    super(init);
    const { context } = init as { context: Device['context'] };
    this.#first = context.numberBus('IDE cables') * UNITS_PER_CABLE + 1;
  }

  /** Number by which QEMU calls the unit where it has no serial number. */
  serialOf(unit: number): number {
    return this.#first + unit;
  }

  /** Whether another device has the unit. */
  isTaken(unit: number, by: Device): boolean {
    return this.devices.some((device) => device !== by && device.values.unit === unit);
  }
}

/** An ATA disk or CD drive: its place and its drive are true, its registers are not there. */
class IdeDrive extends Device<typeof HD_PROPERTIES & typeof UNIT> implements DriveHolder {
  tray: BlockBackend | undefined;
  readonly #isCd: boolean;

  constructor(init: ObjectInit) {
    super(init);
    this.#isCd = init.type.isA('ide-cd');
  }

  override get platform(): boolean {
    return true;
  }

  override realize(): void {
    const { props, values } = this;
    const { drive } = props;
    const bus = this.parentBus as IdeBus;
    if (!drive && !this.#isCd) this.fail('No drive specified');
    const unit = this.#settleUnit(bus);
    const settle = () => {
      settleBlockSizes(props);
      if (props.logical_block_size !== SECTOR) this.fail('logical_block_size must be 512 for IDE');
      if (drive && !this.#isCd) {
        settleGeometry(values as GeometryValues, drive, GEOMETRY_LIMITS);
        if (values['bios-chs-trans'] === 'auto')
          values['bios-chs-trans'] = translation(values as GeometryValues);
      }
    };
    const kind = {
      sharesWrites: props['share-rw'],
      writeCache: props['write-cache'],
      removable: this.#isCd,
      writes: !this.#isCd,
    };
    const tray = drive ?? BlockBackend.empty('');
    takeDrive(this, tray, kind, settle);
    this.tray = tray;
    if (props.discard_granularity === NO_GRANULARITY)
      values.discard_granularity = props.logical_block_size;
    values.ver ||= HARDWARE_VERSION;
    values.serial ||= `QM${String(bus.serialOf(unit)).padStart(5, '0')}`;
  }

  #settleUnit(bus: IdeBus): number {
    const { values } = this;
    if (values.unit === ANY_UNIT) values.unit = bus.isTaken(0, this) ? 1 : 0;
    const unit = values.unit as number;
    if (unit >= bus.units)
      this.fail(`Can't create IDE unit ${unit}, bus supports only ${bus.units} units`);
    if (bus.isTaken(unit, this)) this.fail(`IDE unit ${unit} is in use`);
    return unit;
  }

  override unrealize(): void {
    releaseDrive(this, this.tray);
  }
}

/** How a BIOS tells of a disk's geometry where nobody says. */
function translation({ cyls, heads, secs }: GeometryValues): (typeof TRANSLATIONS)[number] {
  return cyls <= PLAIN_CYLINDERS && heads <= 16 && secs <= 63 ? 'none' : 'lba';
}

const FLOPPY_TYPES = ['144', '288', '120', 'none', 'auto'] as const;
const FLOPPY_PROPERTIES = {
  unit: u32(ANY_UNIT),
  ...BLOCK_PROPERTIES,
  'drive-type': oneOf(
    'FdcDriveType',
    FLOPPY_TYPES,
    'auto',
    'FDC drive type, 144/288/120/none/auto',
  ),
} as const;
/** Drives that one controller serves. */
const FLOPPY_DRIVES = 2;
/** Formats by size in KiB, and the kind of drive that reads each. */
const FLOPPY_FORMATS: ReadonlyMap<number, (typeof FLOPPY_TYPES)[number]> = new Map([
  ...[1440, 1600, 1640, 1660, 1680, 1720, 1740].map((kib) => [kib, '144'] as const),
  ...[2880, 3120, 3200, 3520, 3840].map((kib) => [kib, '288'] as const),
  ...[720, 800, 820, 830, 1040, 1120].map((kib) => [kib, '144'] as const),
  ...[1200, 1230, 1245, 360, 180, 410, 420].map((kib) => [kib, '120'] as const),
  [320, '120'],
  [160, '120'],
]);

/** A floppy drive. */
class Floppy extends Device<typeof FLOPPY_PROPERTIES> implements DriveHolder {
  tray: BlockBackend | undefined;

  override get platform(): boolean {
    return true;
  }

  override realize(): void {
    const { props, values } = this;
    const { drive } = props;
    this.#settleUnit();
    const settle = () => {
      settleBlockSizes(props);
      if (props.logical_block_size !== SECTOR || props.physical_block_size !== SECTOR)
        this.fail('Physical and logical block size must be 512 for floppy');
    };
    const kind = {
      sharesWrites: props['share-rw'],
      writeCache: props['write-cache'],
      removable: true,
    };
    const tray = drive ?? BlockBackend.empty('');
    takeDrive(this, tray, kind, settle);
    this.tray = tray;
    if (values['drive-type'] === 'auto')
      values['drive-type'] =
        FLOPPY_FORMATS.get((drive?.length ?? 0) / 1024) ??
        this.parentBus?.owner?.values.fallback ??
        '288';
  }

  #settleUnit(): void {
    const { values } = this;
    const others = (this.parentBus?.devices ?? []).filter((device) => device !== this);
    const taken = (unit: number) => others.some((device) => device.values.unit === unit);
    if (values.unit === ANY_UNIT) values.unit = taken(0) ? (taken(1) ? 2 : 1) : 0;
    const unit = values.unit as number;
    if (unit >= FLOPPY_DRIVES)
      this.fail(`Can't create floppy unit ${unit}, bus supports only ${FLOPPY_DRIVES} units`);
    if (taken(unit)) this.fail(`Floppy unit ${unit} is in use`);
  }

  override unrealize(): void {
    releaseDrive(this, this.tray);
  }
}

/** Registers the ATA bus and the disks that sit on it. */
export function registerIdeDisks(registry: TypeRegistry): void {
  registry.register({ name: 'IDE', parent: 'bus', create: (init) => new IdeBus(init) });
  registry.register({
    name: 'ide-device',
    parent: 'device',
    abstract: true,
    bus: 'IDE',
    properties: UNIT,
    instanceProperties: { bootindex: BOOT_INDEX },
  });
  registry.register({
    name: 'ide-cd',
    parent: 'ide-device',
    properties: IDE_PROPERTIES,
    create: (init) => new IdeDrive(init),
  });
  registry.register({
    name: 'ide-hd',
    parent: 'ide-device',
    properties: HD_PROPERTIES,
    create: (init) => new IdeDrive(init),
  });
}

/** Registers the floppy bus and its drives. */
export function registerFloppies(registry: TypeRegistry): void {
  registry.register({ name: 'floppy-bus', parent: 'bus' });
  registry.register({
    name: 'floppy',
    parent: 'device',
    bus: 'floppy-bus',
    properties: FLOPPY_PROPERTIES,
    create: (init) => new Floppy(init),
  });
}
