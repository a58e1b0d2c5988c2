import { MemoryRegion, WHOLE } from '../../../memory/memory-region.ts';
import { PCI_PORT_BASE, PCI_PORTS } from '../../../spec/pci-ports.ts';
import { addBus } from '../../qdev/bus.ts';
import { addOrphanRegion, addRegion } from '../../qdev/regions.ts';
import { bool, size, u32, u64 } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import { SysBusDevice } from '../sysbus.ts';
import { ConfigPorts } from './config-ports.ts';
import { ecamRegion } from './ecam.ts';
import type { Mch } from './mch.ts';
import { PCIE_BUS_TYPE, type PciBus } from './pci-bus.ts';

/** PCI decodes behind everything else in the machine's memory. */
const PCI_PRIORITY = -1;
/** `MCFG` while ECAM is nowhere. */
const NOWHERE = 2n ** 64n - 1n;

/** The q35 machine's host bridge: configuration by ports, by ECAM once programmed, and the root bus `pcie.0`. */
export class Q35PciHost extends SysBusDevice {
  /** The root bus; there once realized. */
  bus!: PciBus;
  /** The memory controller; there once realized. */
  mch!: Mch;
  #ports!: ConfigPorts;
  #ecam!: MemoryRegion;

  /** Bytes of RAM below 4 GiB, as the board told. */
  get ramBelow4G(): number {
    return this.values['below-4g-mem-size'] as number;
  }

  override realize(): void {
    const { memory, io } = this.context;
    const pci = addOrphanRegion(this, MemoryRegion.container('pci', WHOLE));
    memory.root.addSubregion(0, pci, PCI_PRIORITY);
    this.#ports = new ConfigPorts(this.dev, (number, devfn) =>
      this.bus.find(number)?.functionAt(devfn),
    );
    const { address, data } = this.#ports;
    io.root.addSubregion(PCI_PORT_BASE, addRegion(this, address));
    io.root.addSubregion(PCI_PORT_BASE + PCI_PORTS.CONFIG_DATA.offset, addRegion(this, data));
    this.#ecam = addRegion(
      this,
      ecamRegion(this.dev, () => this.bus),
    );
    this.bus = addBus<PciBus>(this, PCIE_BUS_TYPE.name, 'pcie.0');
    this.bus.memory = pci;
    this.bus.io = io.root;
    this.values.MCFG = NOWHERE;
    this.mch = this.addChild('mch', this.registry.create('mch', this.context) as Mch);
    this.mch.values.addr = 0;
    this.mch.plugInto(this.bus);
  }

  override reset(): void {
    this.#ports.reset();
  }

  override saveState(): State {
    return { ...super.saveState(), ...this.#ports.saveState() };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.#ports.loadState(state);
  }

  /** Puts ECAM in memory at `base`, in bytes, or nowhere. */
  placeEcam(place: { readonly base: number; readonly size: number } | undefined): void {
    const ecam = this.#ecam;
    ecam.container?.removeSubregion(ecam);
    this.values.MCFG = place ? BigInt(place.base) : NOWHERE;
    if (!place) return;
    ecam.setSize(place.size);
    this.context.memory.root.addSubregion(place.base, ecam);
  }
}

/** Registers the host bridge. Needs `pci-host-bridge`. */
export function registerQ35Host(registry: TypeRegistry): void {
  if (!registry.declares('pcie-host-bridge'))
    registry.register({ name: 'pcie-host-bridge', parent: 'pci-host-bridge', abstract: true });
  registry.register({
    name: 'q35-pcihost',
    parent: 'pcie-host-bridge',
    userCreatable: false,
    properties: {
      MCFG: u64(0xb000_0000n),
      'pci-hole64-size': size(32 * 2 ** 30),
      short_root_bus: u32(0),
      'below-4g-mem-size': size(0),
      'above-4g-mem-size': size(0),
      'x-pci-hole64-fix': bool(true),
    },
    create: (init) => new Q35PciHost(init),
  });
}
