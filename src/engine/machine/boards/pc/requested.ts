import type { Bus } from '../../../qdev/bus.ts';
import type { Device } from '../../../qdev/device.ts';
import { ConfigError } from '../../../qom/errors.ts';
import { IdeBus } from '../../cards/disks.ts';
import type { BuildSite } from '../board.ts';

/** Ports of each kind that a PC can have. */
const SERIAL_PORTS = 4;
const PARALLEL_PORTS = 3;
const FLOPPY_DRIVES = 2;
/** Display adapters on PCI, by the word that `-vga` has for them. */
const ADAPTERS: Readonly<Record<string, string>> = {
  std: 'VGA',
  cirrus: 'cirrus-vga',
  vmware: 'vmware-svga',
  virtio: 'virtio-vga',
  qxl: 'qxl-vga',
};

/** Makes one device `/machine/unattached/device[N]`, which `option` asked for; properties that its parts have are set there. */
function addDevice(
  site: BuildSite,
  type: string,
  bus: Bus,
  values: Readonly<Record<string, unknown>>,
  option?: number,
): Device {
  const { registry } = site.context;
  if (!registry.find(type)?.inherited('create'))
    throw new ConfigError(`'${type}' is not modelled yet`);
  const device = registry.create(type, site.context) as Device;
  site.unattached.addChild('device[*]', device);
  device.option = option;
  for (const [name, value] of Object.entries(values)) {
    const found = device.findProperty(name);
    if (found) found.owner.values[found.name] = value;
  }
  device.plugInto(bus);
  return device;
}

/** Adds the display adapter that the line asks for, or that a machine has anyway. */
export function addDisplay(site: BuildSite, bus: Bus): void {
  const standard = site.defaults && !site.without.has('vga') ? 'std' : 'none';
  const type = ADAPTERS[site.vga?.split(',')[0] ?? standard];
  if (type) addDevice(site, type, bus, {}, site.optionOf.get('vga'));
}

/** Adds the serial ports that have a back end, up to `most`. */
export function addSerialPorts(site: BuildSite, isa: Bus, most = SERIAL_PORTS): void {
  for (const [index, chardev] of site.backEnds.serials.slice(0, most).entries())
    if (chardev) {
      const option = site.backEnds.origins.optionOf(chardev);
      addDevice(site, 'isa-serial', isa, { index, chardev }, option);
    }
}

/** Adds the parallel ports. */
export function addParallelPorts(site: BuildSite, isa: Bus): void {
  for (const [index, chardev] of site.backEnds.parallels.slice(0, PARALLEL_PORTS).entries())
    addDevice(
      site,
      'isa-parallel',
      isa,
      { index, chardev },
      site.backEnds.origins.optionOf(chardev),
    );
}

/** Adds the floppy controller, `always` or where there is something for it, and the drives. */
export function addFloppies(site: BuildSite, isa: Bus, always: boolean): void {
  const { drives } = site.backEnds;
  const units = Array.from({ length: FLOPPY_DRIVES }, (_, unit) => drives.at('floppy', 0, unit));
  if (!always && units.every((drive) => drive === undefined)) return;
  const [bus] = addDevice(site, 'isa-fdc', isa, {}).childBuses;
  for (const [unit, drive] of units.entries()) {
    if (!drive || !bus) continue;
    addDevice(site, 'floppy', bus, { unit, drive: drive.tray }, drive.location.option);
    drives.claim(drive);
  }
}

/** Adds the disks of a controller, whose cables have `units` places each. */
export function addDisks(site: BuildSite, controller: Device, units: number): void {
  const { drives } = site.backEnds;
  const cables = controller.childBuses.filter((bus) => bus instanceof IdeBus).reverse();
  for (const [cable, bus] of cables.entries()) {
    bus.units = units;
    for (let unit = 0; unit < units; unit++) {
      const drive = drives.at('ide', cable, unit);
      if (!drive) continue;
      const type = drive.isCd ? 'ide-cd' : 'ide-hd';
      addDevice(site, type, bus, { unit, drive: drive.tray }, drive.location.option);
      drives.claim(drive);
    }
  }
}
