import { allOnes } from '../../../base/bits.ts';
import type { IoHandler } from '../../../memory/io-handler.ts';
import { MemoryRegion, WHOLE } from '../../../memory/memory-region.ts';
import type { PciPlatform } from '../../../spec/platform.ts';
import { addBus } from '../../qdev/bus.ts';
import { addRegion } from '../../qdev/regions.ts';
import { bool } from '../../qom/property.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import { SysBusDevice } from '../sysbus.ts';
import { ecamRegion } from './ecam.ts';
import type { PciBus } from './pci-bus.ts';
import { PciDevice, type PciIds } from './pci-device.ts';

/** Bytes of I/O ports. */
const PORTS = 0x1_0000;
/** Where ports of BARs begin. */
const LEAST_PORT = 0x1000;
/** Region of accesses that no register answers. */
const NO_REGION = 0xffff;

const NAMES = ['pcie-mmio', 'pcie-mmio-high'] as const;
const PROPERTIES = { 'allow-unmapped-accesses': bool(true) } as const;

/** Where a board puts the windows of its generic host bridge; addresses and sizes in bytes. */
export interface GpexPlace {
  readonly ecam: { readonly base: number; readonly size: number };
  readonly mmio: { readonly base: number; readonly size: number };
  /** Absent where nothing above 4 GiB is used. */
  readonly highMmio?: { readonly base: number; readonly size: number } | undefined;
  /** Names of the windows on memory, low and high, where they are not the usual ones. */
  readonly names?: readonly [string, string];
  /** Base of the window on I/O ports; absent where the CPUs do not see any. */
  readonly ports?: number;
  /** Platform interrupt input of INTx wire 0; the other three follow. */
  readonly irqBase: number;
}

/** What a guest is told of the bridge: its first ports stay free for who means port 0 by nothing. */
export function gpexPlatform({ ecam, mmio, ports, irqBase }: GpexPlace): PciPlatform {
  return {
    ecam,
    memory: mmio,
    ...(ports !== undefined && {
      ports: { base: LEAST_PORT, size: PORTS - LEAST_PORT },
      portsAt: ports,
    }),
    routing: { first: irqBase },
  };
}

/** The generic PCI Express host bridge: ECAM, and windows on memory and I/O ports. */
export class GpexHost extends SysBusDevice<typeof PROPERTIES> {
  /** The root bus; there once realized. */
  bus!: PciBus;
  /** Memory and I/O ports as the PCI functions' BARs have them. */
  readonly pciMemory = MemoryRegion.container('gpex_mmio', WHOLE);
  readonly pciPorts = MemoryRegion.container('gpex_ioport', PORTS);

  override realize(): void {
    this.gpios.push('gpio-out "sysbus-irq" 4');
    this.addMmio(ecamRegion(this.dev, () => this.bus));
    for (const region of [this.pciMemory, this.pciPorts]) {
      addRegion(this, region);
      // Behind the BARs every access is answered, with ones.
      const window = MemoryRegion.io(`${region.name}_window`, region.size, this.#unmapped());
      window.addSubregion(0, region);
      this.addMmio(window);
    }
    this.bus = addBus<PciBus>(this, 'PCIE', 'pcie.0');
    this.bus.memory = this.pciMemory;
    this.bus.io = this.pciPorts;
    const root = this.addChild(
      'gpex_root',
      this.registry.create('gpex-root', this.context) as PciDevice,
    );
    root.values.addr = 0;
    root.plugInto(this.bus);
  }

  /** Shows the windows to the CPUs, and wires INTx. */
  place({ ecam, mmio, highMmio, names = NAMES, ports, irqBase }: GpexPlace): void {
    const { root } = this.context.memory;
    const [config, memory] = this.mmio.map(({ region }) => region);
    if (!config || !memory) return;
    const show = (name: string, target: MemoryRegion, base: number, offset: number, size: number) =>
      root.addSubregion(base, addRegion(this, MemoryRegion.alias(name, target, offset, size)));
    show('pcie-ecam', config, ecam.base, 0, ecam.size);
    show(names[0], memory, mmio.base, mmio.base, mmio.size);
    if (highMmio) show(names[1], memory, highMmio.base, highMmio.base, highMmio.size);
    if (ports !== undefined) this.mapMmio(2, ports);
    this.bus.inputOf = (wire) => irqBase + wire;
    this.bus.router = (wire, level) => this.context.setInterrupt(irqBase + wire, level);
  }

  #unmapped(): IoHandler {
    const { dev } = this;
    return { dev, region: NO_REGION, read: (_offset, size) => allOnes(size), write() {} };
  }
}

/** The host bridge as a function on its own bus. */
class GpexRoot extends PciDevice {
  protected readonly ids: PciIds = {
    vendor: 0x1b36,
    device: 0x0008,
    revision: 0,
    classCode: 0x0600,
  };

  override get platform(): boolean {
    return true;
  }

  protected override realizePci(): void {}
}

/** Registers the generic host bridge. Needs `pci-host-bridge`, `pci-device` and `PCIE`. */
export function registerGpex(registry: TypeRegistry): void {
  if (!registry.declares('pcie-host-bridge'))
    registry.register({ name: 'pcie-host-bridge', parent: 'pci-host-bridge', abstract: true });
  registry.register({
    name: 'gpex-pcihost',
    parent: 'pcie-host-bridge',
    properties: PROPERTIES,
    userCreatable: false,
    create: (init) => new GpexHost(init),
  });
  registry.register({
    name: 'gpex-root',
    parent: 'pci-device',
    userCreatable: false,
    create: (init) => new GpexRoot(init),
  });
}
