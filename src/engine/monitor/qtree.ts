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
  return printTree(root, (device) => ({
    type: device.type.name,
    id: device.id,
    propertiesOf: [device],
    buses: device.childBuses,
  }));
}

/** The device tree from `root` on, as `info qtree` prints it; a device that `show` leaves undefined is left out. */
export function printTree(root: Bus, show: (device: Device) => ShownDevice | undefined): string {
  const lines: string[] = [];

  function printBus(bus: Bus, indent: number): void {
    const pad = ' '.repeat(indent);
    lines.push(`${pad}bus: ${bus.busName}`, `${pad}  type ${bus.type.name}`);
    for (const device of bus.devices) printDevice(device, bus, indent + 2);
  }

  function printDevice(device: Device, bus: Bus, indent: number): void {
    const shown = show(device);
    if (!shown) return;
    const pad = ' '.repeat(indent);
    const inner = `${pad}  `;
    lines.push(
      `${pad}dev: ${shown.type}, id "${shown.id}"`,
      ...device.gpios.map((gpio) => inner + gpio),
      ...shown.propertiesOf
        .flatMap(printedProperties)
        .map(([name, value]) => `${inner}${name} = ${value}`),
      ...bus.describe(device).map((line) => inner + line),
    );
    for (const child of shown.buses) printBus(child, indent + 2);
  }

  printBus(root, 0);
  return lines.map((line) => `${line}\n`).join('');
}
