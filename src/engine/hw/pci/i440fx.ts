import { assert } from '../../../base/assert.ts';
import { TWO_32 } from '../../../base/bits.ts';
import { MemoryRegion, WHOLE } from '../../../memory/memory-region.ts';
import { PCI_CONFIG } from '../../../spec/pci.ts';
import { PCI_PORT_BASE, PCI_PORTS } from '../../../spec/pci-ports.ts';
import { addBus } from '../../qdev/bus.ts';
import { addOrphanRegion, addRegion } from '../../qdev/regions.ts';
import { bool, size, u32 } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import { SysBusDevice } from '../sysbus.ts';
import { ConfigPorts } from './config-ports.ts';
import {
  AttributeMap,
  PAM_REGISTERS,
  SMRAM_DEFAULT,
  SMRAM_ENABLE,
  SMRAM_OPEN,
  SMRAM_WINDOW,
} from './pam.ts';
import type { PciBus } from './pci-bus.ts';
import { PciDevice, type PciIds } from './pci-device.ts';

/** PCI decodes behind everything else in the machine's memory. */
const PCI_PRIORITY = -1;

/** The pc machine's PCI host bridge: configuration mechanism #1 and the root bus `pci.0`. */
export class I440fxPciHost extends SysBusDevice {
  /** The root bus; there once realized. */
  bus!: PciBus;
  #ports!: ConfigPorts;

  override realize(): void {
    const { memory, io } = this.context;
    const pci = addOrphanRegion(this, MemoryRegion.container('pci', WHOLE));
    memory.root.addSubregion(0, pci, PCI_PRIORITY);
    this.bus = addBus<PciBus>(this, 'PCI');
    this.bus.memory = pci;
    this.bus.io = io.root;
    this.#ports = new ConfigPorts(this.dev, (number, devfn) =>
      this.bus.find(number)?.functionAt(devfn),
    );
    const { address, data } = this.#ports;
    io.root.addSubregion(PCI_PORT_BASE, addRegion(this, address));
    io.root.addSubregion(PCI_PORT_BASE + PCI_PORTS.CONFIG_DATA.offset, addRegion(this, data));
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
}

/** Offsets in the north bridge's configuration space. */
const PAM = 0x59;
const SMRAM = 0x72;
/** Where it tells firmware how much RAM there is, and in units of how many bytes. */
const RAM_SIZE = { offset: 0x57, unit: 8 * 2 ** 20, most: 255 };

/** The pc machine's north bridge: it decides what the guest sees below 1 MiB. */
export class I440fx extends PciDevice {
  protected readonly ids: PciIds = {
    vendor: 0x8086,
    device: 0x1237,
    revision: 2,
    classCode: 0x0600,
  };
  #map: AttributeMap | undefined;
  #smramHidden!: MemoryRegion;
  /** What system management mode sees in front of memory. */
  smram!: MemoryRegion;

  override get platform(): boolean {
    return true;
  }

  protected override realizePci(): void {
    const { context } = this;
    const { base, size: bytes } = SMRAM_WINDOW;
    const pci = this.pciBus.memory;
    const system = context.memory.root;
    this.#powerOn();
    this.#smramHidden = addRegion(this, MemoryRegion.alias('smram-region', pci, base, bytes));
    system.addSubregion(base, this.#smramHidden, 1);
    this.smram = addRegion(this, MemoryRegion.container('smram', TWO_32));
    if (context.ramRegion) {
      const low = MemoryRegion.alias('smram-low', context.ramRegion, base, bytes);
      this.smram.addSubregion(base, addRegion(this, low));
      const host = this.pciBus.owner;
      assert(host, 'a north bridge without a host bridge');
      this.#map = new AttributeMap(host, system, pci, context.ramRegion);
    }
    this.#update();
  }

  override reset(): void {
    super.reset();
    this.#powerOn();
    this.#update();
  }

  protected override configLoaded(): void {
    this.#update();
  }

  #powerOn(): void {
    const { config } = this;
    const units = Math.floor(this.context.ram.size / RAM_SIZE.unit);
    config.put(PCI_CONFIG.Status.offset, 2, 0);
    config.put(RAM_SIZE.offset, 1, Math.min(RAM_SIZE.most, units));
    config.bytes.fill(0, PAM, PAM + PAM_REGISTERS);
    config.put(SMRAM, 1, SMRAM_DEFAULT);
  }

  override configWrite(offset: number, length: number, value: number): void {
    super.configWrite(offset, length, value);
    const end = offset + length;
    if (offset <= SMRAM && end > PAM) this.#update();
  }

  #update(): void {
    const { bytes } = this.config;
    const smram = bytes[SMRAM] ?? 0;
    this.#map?.update(bytes.subarray(PAM, PAM + PAM_REGISTERS));
    this.#smramHidden.setEnabled((smram & SMRAM_OPEN) === 0);
    this.smram.setEnabled((smram & SMRAM_ENABLE) !== 0);
  }
}

/** Registers the host bridge, its ancestors and its function. */
export function registerI440fx(registry: TypeRegistry): void {
  registry.register({
    name: 'pci-host-bridge',
    parent: 'sys-bus-device',
    abstract: true,
    properties: { 'x-config-reg-migration-enabled': bool(true), 'bypass-iommu': bool(false) },
  });
  registry.register({
    name: 'i440FX-pcihost',
    parent: 'pci-host-bridge',
    properties: {
      'pci-hole64-size': size(2 ** 31),
      short_root_bus: u32(0),
      'x-pci-hole64-fix': bool(true),
    },
    create: (init) => new I440fxPciHost(init),
  });
  registry.register({
    name: 'i440FX',
    parent: 'pci-device',
    userCreatable: false,
    create: (init) => new I440fx(init),
  });
}
