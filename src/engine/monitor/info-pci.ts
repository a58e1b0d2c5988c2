import { hex } from '../../base/bits.ts';
import { PCI_CONFIG } from '../../spec/pci.ts';
import { PciBus } from '../hw/pci/pci-bus.ts';
import { type Bar, className, type PciDevice } from '../hw/pci/pci-device.ts';
import type { Bus } from '../qdev/bus.ts';

/** `info pci`: every function, with the addresses that it decodes now. */
export function infoPci(root: Bus): string {
  const lines: string[] = [];
  for (const bus of pciBuses(root))
    for (let devfn = 0; devfn < 256; devfn++) {
      const device = bus.functionAt(devfn);
      if (device) lines.push(...describe(device));
    }
  return lines.map((line) => `${line}\n`).join('');
}

function pciBuses(bus: Bus): PciBus[] {
  const below = bus.devices.flatMap((device) => device.childBuses.flatMap(pciBuses));
  return bus instanceof PciBus ? [bus, ...below] : below;
}

function describe(device: PciDevice): string[] {
  const { config, devfn } = device;
  const id = (offset: number) => config.get(offset, 2).toString(16).padStart(4, '0');
  const padded = (value: number) => String(value).padStart(3);
  const pin = config.get(PCI_CONFIG.InterruptPin.offset, 1);
  const line = config.get(PCI_CONFIG.InterruptLine.offset, 1);
  const code = config.get(PCI_CONFIG.SubClass.offset, 2);
  const name = className(code) ?? `Class ${String(code).padStart(4, '0')}`;
  return [
    `  Bus ${padded(device.pciBus.number).slice(1)}, device ${padded(devfn >> 3)}, function ${devfn & 7}:`,
    `    ${name}: PCI device ${id(PCI_CONFIG.VendorID.offset)}:${id(PCI_CONFIG.DeviceID.offset)}`,
    `      PCI subsystem ${id(PCI_CONFIG.SubsystemVendorID.offset)}:${id(PCI_CONFIG.SubsystemID.offset)}`,
    ...(pin === 0 ? [] : [`      IRQ ${line}, pin ${String.fromCharCode(0x40 + pin)}`]),
    ...[...device.bars].map(
      ([index, { bar, address }]) => `      BAR${index}: ${place(bar, address)}.`,
    ),
    `      id "${device.id}"`,
  ];
}

/** Where a BAR is; an unmapped one is at all ones, and its end wraps as it does in QEMU's 64 bits. */
function place(bar: Bar, address: number | undefined): string {
  const digits = bar.kind === 'io' ? 4 : 8;
  const start = address === undefined ? '0xffffffffffffffff' : hex(address, digits);
  const end = hex(address === undefined ? bar.size - 2 : address + bar.size - 1, digits);
  if (bar.kind === 'io') return `I/O at ${start} [${end}]`;
  const width = bar.is64 ? '64' : '32';
  return `${width} bit ${bar.prefetch ? 'prefetchable ' : ''}memory at ${start} [${end}]`;
}
