import { hex } from '../../base/bits.ts';
import type { Bus } from '../qdev/bus.ts';
import { type BarFacts, type PciFacts, pciFacts } from './pci-facts.ts';

/** `info pci`: every function, with the addresses that it decodes now. */
export function infoPci(root: Bus): string {
  const lines = pciFacts(root).flatMap(({ devices }) => devices.flatMap(describe));
  return lines.map((line) => `${line}\n`).join('');
}

function describe(device: PciFacts): string[] {
  const { class_info: kind, id, pci_bridge: bridge } = device;
  const word = (value: number) => value.toString(16).padStart(4, '0');
  const { subsystem } = id;
  const name = kind.desc ?? `Class ${String(kind.class).padStart(4, '0')}`;
  return [
    `  Bus ${String(device.bus).padStart(2)}, device ${String(device.slot).padStart(3)}, function ${device.function}:`,
    `    ${name}: PCI device ${word(id.vendor)}:${word(id.device)}`,
    ...(subsystem === undefined
      ? []
      : [`      PCI subsystem ${word(id['subsystem-vendor'] ?? 0)}:${word(subsystem)}`]),
    ...(device.irq === undefined
      ? []
      : [`      IRQ ${device.irq}, pin ${String.fromCharCode(0x40 + device.irq_pin)}`]),
    ...(bridge ? describeBridge(bridge.bus) : []),
    ...device.regions.map((bar) => `      BAR${bar.bar}: ${place(bar)}.`),
    `      id "${device.qdev_id}"`,
    ...(bridge?.devices ?? []).flatMap(describe),
  ];
}

function describeBridge(bus: NonNullable<PciFacts['pci_bridge']>['bus']): string[] {
  const window = (digits: number, { base, limit }: { base: number; limit: number }) =>
    `[${hex(base, digits)}, ${hex(limit, digits)}]`;
  return [
    `      BUS ${bus.number}.`,
    `      secondary bus ${bus.secondary}.`,
    `      subordinate bus ${bus.subordinate}.`,
    `      IO range ${window(4, bus.io_range)}`,
    `      memory range ${window(8, bus.memory_range)}`,
    `      prefetchable memory range ${window(8, bus.prefetchable_range)}`,
  ];
}

/** Where a BAR is; an unmapped one is at all ones, and its end wraps as it does in QEMU's 64 bits. */
function place(bar: BarFacts): string {
  const digits = bar.type === 'io' ? 4 : 8;
  const start = bar.address === -1 ? '0xffffffffffffffff' : hex(bar.address, digits);
  const end = hex(bar.address === -1 ? bar.size - 2 : bar.address + bar.size - 1, digits);
  if (bar.type === 'io') return `I/O at ${start} [${end}]`;
  const width = bar.mem_type_64 ? '64' : '32';
  return `${width} bit ${bar.prefetch ? 'prefetchable ' : ''}memory at ${start} [${end}]`;
}
