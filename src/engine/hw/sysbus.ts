import { assert } from '../../base/assert.ts';
import type { MemoryRegion } from '../../memory/memory-region.ts';
import { Bus } from '../qdev/bus.ts';
import { Device } from '../qdev/device.ts';
import { addRegion } from '../qdev/regions.ts';
import type { TypeRegistry } from '../qom/type.ts';

/** The machine's root bus, which carries whatever is soldered to the board. */
export class SystemBus extends Bus {
  override describe(device: Device): readonly string[] {
    return device instanceof SysBusDevice
      ? device.mmio.map(({ base, size }) => `mmio ${wide(base)}/${wide(size)}`)
      : [];
  }
}

/** 64 bits in hexadecimal; all ones for what does not fit or is not there. */
function wide(value: number | undefined): string {
  return value === undefined || value >= 2 ** 64
    ? 'f'.repeat(16)
    : value.toString(16).padStart(16, '0');
}

/** A register window of a system bus device. */
interface MmioWindow {
  /** Guest-physical address; undefined where the board places the window by other means, or not at all. */
  base?: number | undefined;
  /** Bytes; 2^64 for all of the address space. */
  readonly size: number;
  readonly region?: MemoryRegion;
}

/** A device on the system bus. */
export abstract class SysBusDevice<P = unknown> extends Device<P> {
  /** Register windows in guest-physical memory, in the device's order. */
  readonly mmio: MmioWindow[] = [];

  /** Owns `region` and offers it as the next register window; the board may place it. */
  addMmio<T extends MemoryRegion>(region: T): T {
    addRegion(this, region);
    this.mmio.push({ size: region.size, region });
    return region;
  }

  /** Puts window `index` at `base` in the machine's memory. */
  mapMmio(index: number, base: number): void {
    const window = this.mmio[index];
    if (window) window.base = base;
    this.showMmio(index, base);
  }

  /** The same behind the bus's back: `info qtree` goes on saying that the window is nowhere. */
  showMmio(index: number, base: number, memory = this.context.memory.root): void {
    const region = this.mmio[index]?.region;
    assert(region, `${this.type.name} has no window ${index}`);
    memory.addSubregion(base, region);
  }
}

/** Registers the system bus and the abstract root of its devices. */
export function registerSysBus(registry: TypeRegistry): void {
  registry.register({ name: 'System', parent: 'bus', create: (init) => new SystemBus(init) });
  registry.register({
    name: 'sys-bus-device',
    parent: 'device',
    abstract: true,
    bus: 'System',
    userCreatable: false,
  });
}
