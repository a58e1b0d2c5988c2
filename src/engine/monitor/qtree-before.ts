import type { Bus } from '../qdev/bus.ts';
import type { Device } from '../qdev/device.ts';
import { printedProperties } from '../qdev/print.ts';
import { VirtioBus } from '../virtio/virtio-bus.ts';

/**
 * `info qtree` as it was before QEMU 1.3 gave transports a virtio-bus: the transport is the device, has
 * the device's properties before its own, and carries the device's buses. A transport without a device
 * did not exist.
 */
export function qtreeBefore(root: Bus): string {
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
  const slot = device.childBuses.find((child) => child instanceof VirtioBus);
  const inside = slot?.devices[0];
  if (slot && !inside) return;
  const pad = ' '.repeat(indent);
  const inner = `${pad}  `;
  lines.push(
    `${pad}dev: ${inside ? mergedType(device.type.name, inside.type.name) : device.type.name}, id "${device.id || (inside?.id ?? '')}"`,
    ...device.gpios.map((gpio) => inner + gpio),
    ...[...(inside ? printedProperties(inside) : []), ...printedProperties(device)].map(
      ([name, value]) => `${inner}${name} = ${value}`,
    ),
    ...bus.describe(device).map((line) => inner + line),
  );
  const buses = [...(inside?.childBuses ?? []), ...device.childBuses.filter((b) => b !== slot)];
  for (const child of buses) printBus(child, indent + 2, lines);
}

/** A slot that takes any device was one type a device: `virtio-blk-mmio`. */
function mergedType(transport: string, device: string): string {
  if (transport !== 'virtio-mmio') return transport;
  return `${device.replace(/-device$/, '')}-mmio`;
}
