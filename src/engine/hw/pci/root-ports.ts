import { PCI_BRIDGE_CONFIG, PCI_CONFIG, PCI_INTA } from '../../../spec/pci.ts';
import { bool, oneOf, type PropertyTable, type Values } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import { AER_BYTES, EXPRESS_TYPE, FIRST_EXTENDED, type Link } from './express.ts';
import {
  ExpressSlot,
  PORT_PROPERTIES,
  POWER_PROPERTY,
  type PortLayout,
  SLOT_PROPERTIES,
} from './express-port.ts';
import { addMsi, resetMsi } from './msi.ts';
import { Msix } from './msix.ts';
import type { PciIds } from './pci-device.ts';
import { addReserve, RESERVE_PROPERTIES, type ReserveValues, UNSET } from './reserve.ts';

const BASE_PROPERTIES = { ...POWER_PROPERTY, 'disable-acs': bool(false) } as const;
const SPEEDS = ['2_5', '5', '8', '16'] as const;
const WIDTHS = ['1', '2', '4', '8', '12', '16', '32'] as const;
const GENERIC_PROPERTIES = {
  'x-migrate-msix': bool(true),
  ...RESERVE_PROPERTIES,
  'x-speed': oneOf('PCIELinkSpeed', SPEEDS, '16', SPEEDS.join('/')),
  'x-width': oneOf('PCIELinkWidth', WIDTHS, '32', WIDTHS.join('/')),
} as const;
/** Bytes of I/O ports that a port without hot-plug of its own reserves for its slot. */
const DEFAULT_IO = 4096;

/** A root port: where the fabric begins. */
abstract class RootPort<P = unknown> extends ExpressSlot<P & typeof BASE_PROPERTIES> {
  /** Whether the kind offers access control. */
  protected abstract readonly accessControl: boolean;

  protected override realizeBridge(): void {
    this.config.put(PCI_CONFIG.InterruptPin.offset, 1, PCI_INTA);
    super.realizeBridge();
    this.express?.addRoot();
    if (this.accessControl && !(this.values as Values<typeof BASE_PROPERTIES>)['disable-acs'])
      this.express?.addAccessControl(FIRST_EXTENDED + AER_BYTES);
  }

  override reset(): void {
    super.reset();
    this.express?.resetRoot();
    this.closeWindows();
  }
}

/** QEMU's generic root port. */
class GenericRootPort extends RootPort<typeof GENERIC_PROPERTIES> {
  protected readonly ids: PciIds = {
    vendor: 0x1b36,
    device: 0x000c,
    revision: 0,
    classCode: 0x0604,
  };
  protected readonly layout: PortLayout = {
    type: EXPRESS_TYPE.ROOT_PORT,
    expressAt: 0x54,
    aerVersion: 2,
  };
  protected readonly accessControl = true;
  #msix: Msix | undefined;

  protected override get link(): Link {
    const values = this.values as Values<typeof GENERIC_PROPERTIES>;
    return {
      speed: SPEEDS.indexOf(values['x-speed'] as (typeof SPEEDS)[number]) + 1,
      width: Number(values['x-width']),
    };
  }

  protected override addCapabilities(): void {
    this.addSubsystem(0x40, this.ids.vendor);
    this.needMessages('MSI-X');
    const msix = new Msix(this.config, 1, 0, (address, data) =>
      this.context.memory.write(address, 4, data),
    );
    this.#msix = msix;
    this.addBar(0, { kind: 'mem', region: msix.exclusiveBar(this, this.dev) });
  }

  protected override realizeBridge(): void {
    super.realizeBridge();
    const values = this.values as ReserveValues;
    if (this.#reservesIo && values['io-reserve'] === UNSET) values['io-reserve'] = DEFAULT_IO;
    addReserve(this, values);
    if (values['io-reserve'] === 0) this.config.allowWrites(PCI_BRIDGE_CONFIG.IOBase.offset, 2, 0);
  }

  /** Without hot-plug of its own the port keeps room for a device with ports. */
  get #reservesIo(): boolean {
    return this.values.hotplug === true && this.values['x-native-hotplug'] === false;
  }

  override reset(): void {
    super.reset();
    this.#msix?.reset();
  }

  override saveState(): State {
    return { ...super.saveState(), msix: this.#msix?.saveState() };
  }

  override loadState(state: State): void {
    super.loadState(state);
    if (state.msix) this.#msix?.loadState(state.msix as State);
  }
}

/** Intel's IOH root port. */
class Ioh3420 extends RootPort {
  protected readonly ids: PciIds = {
    vendor: 0x8086,
    device: 0x3420,
    revision: 2,
    classCode: 0x0604,
  };
  protected readonly layout: PortLayout = {
    type: EXPRESS_TYPE.ROOT_PORT,
    expressAt: 0x90,
    aerVersion: 2,
  };
  protected readonly accessControl = false;
  #msi = 0;

  protected override addCapabilities(): void {
    this.addSubsystem(0x40, this.ids.vendor);
    this.needMessages('MSI');
    this.#msi = addMsi(this.config, { vectors: 2, is64: false, masking: true }, 0x60);
  }

  override reset(): void {
    super.reset();
    resetMsi(this.config, this.#msi);
  }
}

/** Registers Express ports' abstract types and the root ports. Needs `base-pci-bridge`. */
export function registerRootPorts(registry: TypeRegistry): void {
  const add = (name: string, parent: string, properties: PropertyTable) =>
    registry.register({ name, parent, abstract: true, properties });
  add('pcie-port', 'base-pci-bridge', PORT_PROPERTIES);
  add('pcie-slot', 'pcie-port', SLOT_PROPERTIES);
  add('pcie-root-port-base', 'pcie-slot', BASE_PROPERTIES);
  registry.register({
    name: 'pcie-root-port',
    parent: 'pcie-root-port-base',
    description: 'PCI Express Root Port',
    properties: GENERIC_PROPERTIES,
    create: (init) => new GenericRootPort(init),
  });
  registry.register({
    name: 'ioh3420',
    parent: 'pcie-root-port-base',
    description: 'Intel IOH device id 3420 PCIE Root Port',
    create: (init) => new Ioh3420(init),
  });
}
