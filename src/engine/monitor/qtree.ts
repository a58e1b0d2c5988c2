import type { QtreeLine } from '../../journal/device-facts.ts';
import type { Bus } from '../qdev/bus.ts';
import type { Device } from '../qdev/device.ts';
import { printedProperties } from '../qdev/print.ts';

/** What a tree shows of a device. */
export interface ShownDevice {
  readonly type: string;
  readonly id: string;
  /** Devices whose properties are listed, in order. */
  readonly propertiesOf: readonly Device[];
  readonly buses: readonly Bus[];
}

/** `info qtree`: buses, the devices on them, their properties and addresses. */
export function qtree(root: Bus): string {
  return textOf(qtreeLines(root));
}

/** The lines of `info qtree`, each with what it is about. */
export function qtreeLines(root: Bus): QtreeLine[] {
  return treeLines(root, (device) => ({
    type: device.type.name,
    id: device.id,
    propertiesOf: [device],
    buses: device.childBuses,
  }));
}

/** The device tree from `root` on, as `info qtree` prints it; a device that `show` leaves undefined is left out. */
export function printTree(root: Bus, show: (device: Device) => ShownDevice | undefined): string {
  return textOf(treeLines(root, show));
}

function textOf(lines: readonly QtreeLine[]): string {
  return lines.map(({ text }) => `${text}\n`).join('');
}

function treeLines(root: Bus, show: (device: Device) => ShownDevice | undefined): QtreeLine[] {
  const lines: QtreeLine[] = [];

  function printBus(bus: Bus, indent: number): void {
    const pad = ' '.repeat(indent);
    const { path } = bus;
    lines.push(
      { text: `${pad}bus: ${bus.busName}`, path },
      { text: `${pad}  type ${bus.type.name}`, path },
    );
    for (const device of bus.devices) printDevice(device, bus, indent + 2);
  }

  function printDevice(device: Device, bus: Bus, indent: number): void {
    const shown = show(device);
    if (!shown) return;
    const pad = ' '.repeat(indent);
    const { path } = device;
    lines.push({ text: `${pad}dev: ${shown.type}, id "${shown.id}"`, path });
    for (const gpio of device.gpios) lines.push({ text: `${pad}  ${gpio}`, path });
    for (const owner of shown.propertiesOf)
      for (const [property, value] of printedProperties(owner))
        lines.push({ text: `${pad}  ${property} = ${value}`, path: owner.path, property });
    for (const line of bus.describe(device)) lines.push({ text: `${pad}  ${line}`, path });
    for (const child of shown.buses) printBus(child, indent + 2);
  }

  printBus(root, 0);
  return lines;
}
