import { MemoryRegion } from '../../memory/memory-region.ts';
import { addRegion } from '../qdev/regions.ts';
import type { TypeRegistry } from '../qom/type.ts';
import { SysBusDevice } from './sysbus.ts';

/** Port by which the option ROM that speeds up the interrupt controller makes itself known. */
const PORT = 0x7e;
/** Bytes of that option ROM, and of a page. */
const ROM_SIZE = 0x2400;
const PAGE = 0x1000;
/** It lies in front of everything that protects option ROMs. */
const PRIORITY = 1000;

/** The helper of an option ROM that patches a guest's accesses to its interrupt controller. */
export class KvmVapic extends SysBusDevice {
  override get platform(): boolean {
    return true;
  }

  override realize(): void {
    const ports = addRegion(this, MemoryRegion.io('kvmvapic', 2));
    this.context.io.root.addSubregion(PORT, ports);
  }

  /** The option ROM runs from guest-physical `address` on: it must be able to write to itself. */
  showRom(address: number): void {
    const { ramRegion, memory } = this.context;
    const taken = this.parts.some(({ name }) => name === 'kvmvapic-rom');
    if (!ramRegion || taken) return;
    const base = address - (address % PAGE);
    const size = Math.ceil((address - base + ROM_SIZE) / PAGE) * PAGE;
    const alias = addRegion(this, MemoryRegion.alias('kvmvapic-rom', ramRegion, base, size));
    memory.root.addSubregion(base, alias, PRIORITY);
  }
}

/** Registers the helper. Needs `sys-bus-device`. */
export function registerKvmVapic(registry: TypeRegistry): void {
  registry.register({
    name: 'kvmvapic',
    parent: 'sys-bus-device',
    userCreatable: false,
    create: (init) => new KvmVapic(init),
  });
}
