import { PCI_CAP, PCI_CONFIG, PCI_INTA } from '../../../spec/pci.ts';
import { bit, onOffAuto, u8, type Values } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import { PciBridge } from './bridge.ts';
import { EXPRESS_TYPE, ExpressCapability, FIRST_EXTENDED } from './express.ts';
import { addMsi, resetMsi } from './msi.ts';
import type { PciIds } from './pci-device.ts';
import { addReserve, RESERVE_PROPERTIES, type ReserveValues } from './reserve.ts';
import { Shpc } from './shpc.ts';

const MSI = { vectors: 1, is64: true, masking: true } as const;
/** Slot identification: first in its chassis. */
const FIRST_IN_CHASSIS = 0x20;
/** Programming interface of a bridge that also takes addresses that nobody else does. */
const SUBTRACTIVE = 1;
const PM_BYTES = 8;
/** Power management capabilities: version 3. */
const PM_VERSION = 3;

/** What QEMU adds to its refusal. */
const MSI_HINT = '\nYou have to use msi=auto (default) or msi=off with this machine type.';
const MSI_PROPERTY = { msi: onOffAuto('auto') } as const;
const BRIDGE_PROPERTIES = {
  chassis_nr: u8(0),
  ...MSI_PROPERTY,
  shpc: bit(true),
  ...RESERVE_PROPERTIES,
} as const;

/** QEMU's generic conventional bridge. */
class GenericBridge extends PciBridge<typeof BRIDGE_PROPERTIES> {
  protected readonly ids: PciIds = {
    vendor: 0x1b36,
    device: this.type.name === 'pci-bridge-seat' ? 0x000a : 0x0001,
    revision: 0,
    classCode: 0x0604,
  };
  protected override readonly busType = 'PCI';
  #shpc: Shpc | undefined;
  #msi: number | undefined;

  protected override realizeBridge(): void {
    const { config } = this;
    const values = this.values as Values<typeof BRIDGE_PROPERTIES>;
    if (values.shpc) {
      config.put(PCI_CONFIG.InterruptPin.offset, 1, PCI_INTA);
      this.#shpc = new Shpc(this);
    }
    // Only the hot-plug controller has something to say.
    else values.msi = 'off';
    if (values.chassis_nr === 0)
      this.fail(
        'Bridge chassis not specified. Each bridge is required to be assigned a unique chassis id > 0.',
      );
    const slotId = config.addCapability(PCI_CAP.SLOT_ID, 4);
    config.put(slotId + 2, 1, FIRST_IN_CHASSIS);
    config.put(slotId + 3, 1, values.chassis_nr);
    config.allowWrites(slotId + 3, 1, 0xff);
    if (values.msi === 'on') this.needMessages('MSI', MSI_HINT);
    if (values.msi !== 'off' && this.pciBus.takesMessages) this.#msi = addMsi(config, MSI);
    addReserve(this, this.values as ReserveValues);
    if (this.#shpc) this.addBar(0, { kind: 'mem', is64: true, region: this.#shpc.bar });
    this.context.whenStarted(() => this.#shpc?.reset());
  }

  override saveState(): State {
    return { ...super.saveState(), shpc: this.#shpc?.saveState() };
  }

  override loadState(state: State): void {
    super.loadState(state);
    if (state.shpc) this.#shpc?.loadState(state.shpc as State);
  }

  override reset(): void {
    super.reset();
    this.#shpc?.reset();
    if (this.#msi !== undefined) resetMsi(this.config, this.#msi);
  }
}

/** QEMU's bridge from PCI Express to conventional PCI. */
class ExpressToPci extends PciBridge<typeof MSI_PROPERTY> {
  protected readonly ids: PciIds = {
    vendor: 0x1b36,
    device: 0x000e,
    revision: 0,
    classCode: 0x0604,
  };
  protected override readonly busType = 'PCI';
  #shpc: Shpc | undefined;
  #msi: number | undefined;

  protected override realizeBridge(): void {
    const { config } = this;
    config.put(PCI_CONFIG.InterruptPin.offset, 1, PCI_INTA);
    this.#shpc = new Shpc(this);
    const express = new ExpressCapability(config, EXPRESS_TYPE.PCI_BRIDGE, 0);
    this.express = express;
    const pm = config.addCapability(PCI_CAP.PM, PM_BYTES);
    config.put(pm + 2, 2, PM_VERSION);
    express.forwardAri();
    express.reportErrors();
    express.addErrorReporting(FIRST_EXTENDED, 2);
    const { msi } = this.values as Values<typeof MSI_PROPERTY>;
    if (msi === 'on') this.needMessages('MSI');
    if (msi !== 'off' && this.pciBus.takesMessages) this.#msi = addMsi(config, MSI);
    this.addBar(0, { kind: 'mem', is64: true, region: this.#shpc.bar });
    this.context.whenStarted(() => this.#shpc?.reset());
  }

  override saveState(): State {
    return { ...super.saveState(), shpc: this.#shpc?.saveState() };
  }

  override loadState(state: State): void {
    super.loadState(state);
    if (state.shpc) this.#shpc?.loadState(state.shpc as State);
  }

  override reset(): void {
    super.reset();
    this.express?.reset();
    this.#shpc?.reset();
    if (this.#msi !== undefined) resetMsi(this.config, this.#msi);
  }
}

/** Intel's bridge from the chipset's root bus to conventional PCI. */
class ChipsetBridge extends PciBridge {
  protected readonly ids: PciIds = {
    vendor: 0x8086,
    device: 0x244e,
    revision: 0x92,
    classCode: 0x0604,
    progIf: SUBTRACTIVE,
  };
  protected override readonly busType = 'PCI';

  protected override realizeBridge(): void {
    this.addSubsystem(0x50, 0);
  }
}

/** Registers the bridges to conventional PCI, and the abstract bridge; `express`: those from PCI Express too. */
export function registerBridges(registry: TypeRegistry, express: boolean): void {
  registry.register({ name: 'base-pci-bridge', parent: 'pci-device', abstract: true });
  registry.register({
    name: 'pci-bridge',
    parent: 'base-pci-bridge',
    description: 'Standard PCI Bridge',
    properties: BRIDGE_PROPERTIES,
    create: (init) => new GenericBridge(init),
  });
  registry.register({
    name: 'pci-bridge-seat',
    parent: 'pci-bridge',
    description: 'Standard PCI Bridge (multiseat)',
  });
  if (!express) return;
  registry.register({
    name: 'pcie-pci-bridge',
    parent: 'base-pci-bridge',
    properties: MSI_PROPERTY,
    create: (init) => new ExpressToPci(init),
  });
  registry.register({
    name: 'i82801b11-bridge',
    parent: 'base-pci-bridge',
    create: (init) => new ChipsetBridge(init),
  });
}
