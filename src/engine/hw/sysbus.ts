import { Bus } from '../qdev/bus.ts';
import { Device } from '../qdev/device.ts';
import type { TypeRegistry } from '../qom/type.ts';

/** The machine's root bus, which carries whatever is soldered to the board. */
export class SystemBus extends Bus {
  override describe(device: Device): readonly string[] {
    return device instanceof SysBusDevice
      ? device.mmio.map(({ base, size }) => `mmio ${wide(base)}/${wide(size)}`)
      : [];
  }
}

function wide(value: number): string {
  return value.toString(16).padStart(16, '0');
}

/** A device on the system bus. */
export abstract class SysBusDevice<P = unknown> extends Device<P> {
  /** Register windows in guest-physical memory, in bytes, in the device's order. */
  readonly mmio: { readonly base: number; readonly size: number }[] = [];
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
