import { PCI_CONFIG } from '../../../spec/pci.ts';
import { addBus, type Bus } from '../../qdev/bus.ts';
import { Device } from '../../qdev/device.ts';
import { bool, u8, u16, type Values } from '../../qom/property.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import type { PciBus } from './pci-bus.ts';
import { PciDevice, type PciIds } from './pci-device.ts';

const NO_NODE = 128;
/** Status bits of a conventional bridge: 66 MHz, fast back-to-back. */
const CONVENTIONAL_STATUS = 0x00a0;

const PROPERTIES = {
  bus_nr: u8(0),
  numa_node: u16(NO_NODE),
  bypass_iommu: bool(false),
} as const;

/** The host bridge that stands for an expander on the system bus. */
class ExpanderHost extends Device {
  /** The extra root bus; made before the host is realized. */
  bus!: PciBus;

  override get platform(): boolean {
    return true;
  }

  override realize(): void {}
}

/** An expander: a function on the root bus that brings another root bus with it. */
abstract class Expander extends PciDevice<typeof PROPERTIES> {
  #host: ExpanderHost | undefined;

  protected get settings(): Values<typeof PROPERTIES> {
    return this.values as Values<typeof PROPERTIES>;
  }

  /** Makes the root bus that `host` carries. */
  protected abstract makeBus(host: Device): PciBus;

  /** What the kind solders onto its bus. */
  protected furnish(_bus: PciBus, _unattached: Device['parent']): void {}

  protected override realizePci(): void {
    const { context, pciBus, config } = this;
    const { bus_nr: number, numa_node: node } = this.settings;
    if (node !== NO_NODE) this.fail(`Illegal numa node ${node}`);
    const sysbus = pciBus.owner?.parentBus as Bus;
    const host = this.registry.create('pxb-host', context) as ExpanderHost;
    const bus = this.makeBus(host);
    bus.rootNumber = number;
    bus.expander = this;
    bus.memory = pciBus.memory;
    bus.io = pciBus.io;
    if (pciBus.expanded.some(({ rootNumber }) => rootNumber === number))
      this.fail(`Bus ${number} is already in use`);
    pciBus.expanded.unshift(bus);
    sysbus.parent?.addChild('device[*]', host);
    host.plugInto(sysbus);
    this.#host = host;
    config.change16(PCI_CONFIG.Status.offset, 0, CONVENTIONAL_STATUS);
    try {
      this.furnish(bus, sysbus.parent);
    } catch (error) {
      this.#dropHost();
      throw error;
    }
  }

  #dropHost(): void {
    const { expanded } = this.pciBus;
    const at = expanded.findIndex(({ expander }) => expander === this);
    if (at >= 0) expanded.splice(at, 1);
    this.#host?.unplug();
    this.#host = undefined;
  }

  override unrealize(): void {
    this.#dropHost();
    super.unrealize();
  }
}

/** The conventional expander: its bus carries a bridge, and that the user's devices. */
class ConventionalExpander extends Expander {
  protected readonly ids: PciIds = {
    vendor: 0x1b36,
    device: 0x0009,
    revision: 0,
    classCode: 0x0600,
  };

  protected override makeBus(host: Device): PciBus {
    if (this.pciBus.express) this.fail('pxb devices cannot reside on a PCIe bus');
    return addBus<PciBus>(host, 'pxb-bus', 'pxb-internal');
  }

  protected override furnish(bus: PciBus, unattached: Device['parent']): void {
    const bridge = this.registry.create('pci-bridge', this.context) as Device;
    bridge.id = this.id;
    Object.assign(bridge.values, { chassis_nr: this.settings.bus_nr, shpc: false });
    unattached?.addChild('device[*]', bridge);
    bridge.plugInto(bus);
  }
}

/** The Express expander: a root complex of its own, for root ports. */
class ExpressExpander extends Expander {
  protected readonly ids: PciIds = {
    vendor: 0x1b36,
    device: 0x000b,
    revision: 0,
    classCode: 0x0600,
  };

  protected override makeBus(host: Device): PciBus {
    if (!this.pciBus.express) this.fail('pxb-pcie devices cannot reside on a PCI bus');
    return addBus<PciBus>(host, 'pxb-pcie-bus', this.id === '' ? undefined : this.id);
  }
}

/** Registers expander bridges. Needs `pci-host-bridge` and the bridges. */
export function registerExpanders(registry: TypeRegistry): void {
  registry.register({ name: 'pxb-bus', parent: 'PCI' });
  registry.register({ name: 'pxb-pcie-bus', parent: 'PCIE' });
  registry.register({
    name: 'pxb-host',
    parent: 'pci-host-bridge',
    userCreatable: false,
    create: (init) => new ExpanderHost(init),
  });
  const shared = { parent: 'pci-device', properties: PROPERTIES, hotpluggable: false };
  registry.register({
    ...shared,
    name: 'pxb',
    description: 'PCI Expander Bridge',
    create: (init) => new ConventionalExpander(init),
  });
  registry.register({
    ...shared,
    name: 'pxb-pcie',
    description: 'PCI Express Expander Bridge',
    create: (init) => new ExpressExpander(init),
  });
}
