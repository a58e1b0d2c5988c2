import type { TypeRegistry } from '../../qom/type.ts';
import { EXPRESS_TYPE, type Link } from './express.ts';
import { ExpressPort, ExpressSlot, POWER_PROPERTY, type PortLayout } from './express-port.ts';
import { addMsi, resetMsi } from './msi.ts';
import type { PciIds } from './pci-device.ts';

/** Places of capabilities in both of TI's ports. */
const MSI_AT = 0x70;
const SUBSYSTEM_AT = 0x80;
const EXPRESS_AT = 0x90;
const MSI = { vectors: 1, is64: true, masking: false } as const;

/** The upstream port of TI's XIO3130 switch. */
class Upstream extends ExpressPort {
  protected readonly ids: PciIds = {
    vendor: 0x104c,
    device: 0x8232,
    revision: 2,
    classCode: 0x0604,
  };
  protected readonly layout: PortLayout = {
    type: EXPRESS_TYPE.UPSTREAM,
    expressAt: EXPRESS_AT,
    aerVersion: 2,
    functionReset: true,
  };

  protected override addCapabilities(): void {
    this.needMessages('MSI');
    addMsi(this.config, MSI, MSI_AT);
    this.addSubsystem(SUBSYSTEM_AT, 0);
  }

  override reset(): void {
    super.reset();
    resetMsi(this.config, MSI_AT);
  }
}

/** A downstream port of TI's XIO3130 switch. */
class Downstream extends ExpressSlot {
  protected readonly ids: PciIds = {
    vendor: 0x104c,
    device: 0x8233,
    revision: 1,
    classCode: 0x0604,
  };
  protected readonly layout: PortLayout = {
    type: EXPRESS_TYPE.DOWNSTREAM,
    expressAt: EXPRESS_AT,
    aerVersion: 2,
    functionReset: true,
  };
  /** As in QEMU, the port does not say what its link can do. */
  protected override get link(): Link {
    return { speed: 0, width: 0 };
  }

  protected override addCapabilities(): void {
    this.needMessages('MSI');
    addMsi(this.config, MSI, MSI_AT);
    this.addSubsystem(SUBSYSTEM_AT, 0);
  }

  override reset(): void {
    super.reset();
    resetMsi(this.config, MSI_AT);
  }
}

/** Registers the ports of a switch. Needs `pcie-slot`. */
export function registerSwitch(registry: TypeRegistry): void {
  registry.register({
    name: 'x3130-upstream',
    parent: 'pcie-port',
    description: 'TI X3130 Upstream Port of PCI Express Switch',
    create: (init) => new Upstream(init),
  });
  registry.register({
    name: 'xio3130-downstream',
    parent: 'pcie-slot',
    description: 'TI X3130 Downstream Port of PCI Express Switch',
    properties: POWER_PROPERTY,
    create: (init) => new Downstream(init),
  });
}
