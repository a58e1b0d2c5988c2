import type { Bus } from '../qdev/bus.ts';
import type { Device } from '../qdev/device.ts';
import { printedProperties } from '../qdev/print.ts';

/** `info qtree`: buses, the devices on them, their properties and addresses. */
export function qtree(root: Bus): string {
  const lines: string[] = [];
  printBus(root, 0, lines);
  return lines.map((line) => `${line}\n`).join('');
}

function printBus(bus: Bus, indent: number, lines: string[]): void {
  const pad = ' '.repeat(indent);
  lines.push(`${pad}bus: ${bus.busName}`, `${pad}  type ${bus.type.name}`);
  for (const device of bus.devices) printDevice(device, bus, indent + 2, lines);
}

function printDevice(device: Device, bus: Bus, indent: number, lines: string[]): void {
  const pad = ' '.repeat(indent);
  lines.push(`${pad}dev: ${device.type.name}, id "${device.id}"`);
  const inner = `${pad}  `;
  lines.push(...device.gpios.map((gpio) => inner + gpio));
  lines.push(...printedProperties(device).map(([name, value]) => `${inner}${name} = ${value}`));
  lines.push(...bus.describe(device).map((line) => inner + line));
  for (const child of device.childBuses) printBus(child, indent + 2, lines);
}
