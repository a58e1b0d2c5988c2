import { PCI_BRIDGE_CONFIG, PCI_CONFIG, PCI_HEADER } from '../../spec/pci.ts';
import { type BridgeWindow, ioWindow, memoryWindow, prefetchWindow } from '../hw/pci/bridge.ts';
import { PciBus } from '../hw/pci/pci-bus.ts';
import { className, type PciDevice } from '../hw/pci/pci-device.ts';
import type { Bus } from '../qdev/bus.ts';

/** A window of a bridge, first and last address. */
interface Range {
  readonly base: number;
  readonly limit: number;
}

/** What lies behind a bridge; `devices` once the bridge was given a bus number. */
interface BridgeBusFacts {
  readonly number: number;
  readonly secondary: number;
  readonly subordinate: number;
  readonly io_range: Range;
  readonly memory_range: Range;
  readonly prefetchable_range: Range;
}

/** One BAR. `address` is -1 while it decodes nothing. */
export type BarFacts = { readonly bar: number; readonly address: number; readonly size: number } & (
  | { readonly type: 'io' }
  | { readonly type: 'memory'; readonly prefetch: boolean; readonly mem_type_64: boolean }
);

/** One function, named as `query-pci` names its members. */
export interface PciFacts {
  readonly bus: number;
  readonly slot: number;
  readonly function: number;
  readonly class_info: { readonly class: number; readonly desc?: string };
  readonly id: {
    readonly vendor: number;
    readonly device: number;
    readonly 'subsystem-vendor'?: number;
    readonly subsystem?: number;
  };
  readonly irq_pin: number;
  /** Interrupt input that firmware noted; absent without a pin. */
  readonly irq?: number;
  readonly qdev_id: string;
  readonly pci_bridge?: { readonly bus: BridgeBusFacts; readonly devices?: readonly PciFacts[] };
  readonly regions: readonly BarFacts[];
}

/** One root bus. */
interface PciBusFacts {
  readonly bus: number;
  readonly devices: readonly PciFacts[];
}

/** Bridges that are looked behind, one in the other; a guest can number buses in a circle. */
const DEEPEST = 32;

/** Every PCI function as the buses were numbered, one entry a root bus; the newest host bridge first. */
export function pciFacts(root: Bus): PciBusFacts[] {
  return rootBuses(root).map((bus) => ({
    bus: bus.number,
    devices: functions(bus, bus.number, 0),
  }));
}

/** Root buses: those of host bridges on the system bus. */
function rootBuses(system: Bus): PciBus[] {
  return system.devices
    .flatMap(({ childBuses }) => childBuses)
    .filter((bus) => bus instanceof PciBus);
}

function functions(bus: PciBus, number: number, depth: number): PciFacts[] {
  const found: PciFacts[] = [];
  for (let devfn = 0; devfn < 256; devfn++) {
    const device = bus.functionAt(devfn);
    if (device) found.push(facts(device, bus, number, depth));
  }
  return found;
}

function facts(device: PciDevice, bus: PciBus, number: number, depth: number): PciFacts {
  const { config, devfn } = device;
  const word = (register: { readonly offset: number }) => config.get(register.offset, 2);
  const pin = config.get(PCI_CONFIG.InterruptPin.offset, 1);
  const code = word(PCI_CONFIG.SubClass);
  const desc = className(code);
  const bridge = device.headerType === PCI_HEADER.BRIDGE;
  return {
    bus: number,
    slot: devfn >> 3,
    function: devfn & 7,
    class_info: { class: code, ...(desc !== undefined && { desc }) },
    id: {
      vendor: word(PCI_CONFIG.VendorID),
      device: word(PCI_CONFIG.DeviceID),
      ...(!bridge && {
        'subsystem-vendor': word(PCI_CONFIG.SubsystemVendorID),
        subsystem: word(PCI_CONFIG.SubsystemID),
      }),
    },
    irq_pin: pin,
    ...(pin !== 0 && { irq: config.get(PCI_CONFIG.InterruptLine.offset, 1) }),
    qdev_id: device.id,
    ...(bridge && { pci_bridge: behind(device, bus, depth) }),
    regions: [...device.bars].map(([index, { bar, address }]) => ({
      bar: index,
      address: address ?? -1,
      size: bar.region.size,
      ...(bar.kind === 'io'
        ? { type: 'io' as const }
        : {
            type: 'memory' as const,
            prefetch: bar.prefetch ?? false,
            mem_type_64: bar.is64 ?? false,
          }),
    })),
  };
}

function behind(
  { config }: PciDevice,
  bus: PciBus,
  depth: number,
): NonNullable<PciFacts['pci_bridge']> {
  const number = (register: { readonly offset: number }) => config.get(register.offset, 1);
  const secondary = number(PCI_BRIDGE_CONFIG.SecondaryBus);
  const below = secondary !== 0 && depth < DEEPEST ? bus.find(secondary) : undefined;
  return {
    bus: {
      number: number(PCI_BRIDGE_CONFIG.PrimaryBus),
      secondary,
      subordinate: number(PCI_BRIDGE_CONFIG.SubordinateBus),
      io_range: range(ioWindow(config)),
      memory_range: range(memoryWindow(config)),
      prefetchable_range: range(prefetchWindow(config)),
    },
    ...(below && { devices: functions(below, secondary, depth + 1) }),
  };
}

function range({ first, last }: BridgeWindow): Range {
  return { base: first, limit: last };
}
