import { MemoryRegion } from '../../../memory/memory-region.ts';
import { PCI_CAP, PCI_CONFIG, PCI_INTA } from '../../../spec/pci.ts';
import { macAddress, type Nic, netdev, networkOf } from '../../backends/net.ts';
import { EXPRESS_TYPE, ExpressCapability, FIRST_EXTENDED } from '../../hw/pci/express.ts';
import { addMsi } from '../../hw/pci/msi.ts';
import { PciDevice, type PciIds } from '../../hw/pci/pci-device.ts';
import { BOOT_INDEX } from '../../qdev/boot-index.ts';
import { addRegion } from '../../qdev/regions.ts';
import { bit, bool, u8, u16, type Values } from '../../qom/property.ts';
import type { TypeRegistry } from '../../qom/type.ts';

const KIB = 1024;
const INTEL = 0x8086;
const ETHERNET = 0x0200;

const NIC_PROPERTIES = { mac: macAddress(), netdev: netdev() } as const;
const E1000_PROPERTIES = {
  ...NIC_PROPERTIES,
  autonegotiation: bit(true),
  mitigation: bit(true),
  extra_mac_registers: bit(true),
  migrate_tso_props: bit(true),
  'init-vet': bit(true),
} as const;
const E1000E_PROPERTIES = {
  ...NIC_PROPERTIES,
  disable_vnet_hdr: u8(0, 'Do not use virtio headers, perform SW offloads emulation instead'),
  subsys_ven: u16(INTEL, 'PCI device Subsystem Vendor ID'),
  subsys: u16(0, 'PCI device Subsystem ID'),
  'init-vet': bool(true),
} as const;

/** A network card of the board's: it is on the bus and on the network; its registers are not there. */
abstract class NetworkCard<P = unknown> extends PciDevice<P & typeof NIC_PROPERTIES> {
  #nic: Nic | undefined;

  override get platform(): boolean {
    return true;
  }

  /** Puts the card on the network; its address is known from then on. */
  protected joinNetwork(): Uint8Array {
    const { mac, netdev: peers } = this.values as Values<typeof NIC_PROPERTIES>;
    const request = { model: this.type.name, id: this.id, peers, mac: Uint8Array.from(mac) };
    this.#nic = networkOf(this.context).addNic(request);
    this.values.mac = this.#nic.mac;
    return this.#nic.mac;
  }

  override unrealize(): void {
    if (this.#nic) networkOf(this.context).removeNic(this.#nic);
    this.#nic = undefined;
    super.unrealize();
  }
}

/** Intel's 8254x: the pc machine's card where nobody chooses. */
class E1000 extends NetworkCard<typeof E1000_PROPERTIES> {
  readonly #device: number;

  constructor(init: ConstructorParameters<typeof NetworkCard>[0], device: number) {
    super(init);
    this.#device = device;
  }

  protected override get ids(): PciIds {
    return { vendor: INTEL, device: this.#device, revision: 3, classCode: ETHERNET };
  }

  protected override get romRegion(): string {
    return 'e1000.rom';
  }

  protected override realizePci(): void {
    this.config.put(PCI_CONFIG.InterruptPin.offset, 1, PCI_INTA);
    const region = (name: string, bytes: number) => addRegion(this, MemoryRegion.io(name, bytes));
    this.addBar(0, { kind: 'mem', region: region('e1000-mmio', 128 * KIB) });
    this.addBar(1, { kind: 'io', region: region('e1000-io', 64) });
    this.joinNetwork();
  }
}

/** Places of the capabilities of Intel's 82574. */
const PM_AT = 0xc8;
const MSI_AT = 0xd0;
const EXPRESS_AT = 0xe0;
const MSIX_AT = 0xa0;
const SERIAL_AT = 0x140;
const PM_CAPABILITIES = 0x0022;
/** Vectors of its MSI-X, and where their table and pending bits are in BAR 3. */
const VECTORS = 5;
const MSIX = { bar: 3, bytes: 16 * KIB, pending: 0x2000 };

/** Intel's 82574: the q35 machine's card where nobody chooses. */
class E1000e extends NetworkCard<typeof E1000E_PROPERTIES> {
  protected override get ids(): PciIds {
    const { subsys_ven: vendor, subsys: device } = this.values as Values<typeof E1000E_PROPERTIES>;
    const subsystem = { vendor, device };
    return { vendor: INTEL, device: 0x10d3, revision: 0, classCode: ETHERNET, subsystem };
  }

  protected override realizePci(): void {
    const { config } = this;
    config.put(PCI_CONFIG.InterruptPin.offset, 1, PCI_INTA);
    this.#addBars();
    config.addCapability(PCI_CAP.MSIX, 12, MSIX_AT);
    config.put(MSIX_AT + 2, 2, VECTORS - 1);
    config.put(MSIX_AT + 4, 4, MSIX.bar);
    config.put(MSIX_AT + 8, 4, MSIX.pending | MSIX.bar);
    const onRoot = this.pciBus.express && this.pciBus.bridge === undefined;
    const type = onRoot ? EXPRESS_TYPE.ROOT_ENDPOINT : EXPRESS_TYPE.ENDPOINT;
    this.express = new ExpressCapability(config, type, 0, EXPRESS_AT, 1);
    this.express.reportErrors();
    addMsi(config, { vectors: 1, is64: true, masking: false }, MSI_AT);
    config.addCapability(PCI_CAP.PM, 8, PM_AT);
    config.put(PM_AT + 2, 2, PM_CAPABILITIES);
    this.express.addErrorReporting(FIRST_EXTENDED, 2);
    const mac = this.joinNetwork();
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac;
    this.express.addSerialNumber(SERIAL_AT, [f, e, d, 0xff, 0xff, c, b, a]);
  }

  #addBars(): void {
    const region = (name: string, bytes: number) => addRegion(this, MemoryRegion.io(name, bytes));
    this.addBar(0, { kind: 'mem', region: region('e1000e-mmio', 128 * KIB) });
    this.addBar(1, { kind: 'mem', region: region('e1000e-flash', 128 * KIB) });
    this.addBar(2, { kind: 'io', region: region('e1000e-io', 32) });
    const msix = addRegion(this, MemoryRegion.container('e1000e-msix', MSIX.bytes));
    msix.addSubregion(0, region('msix-table', VECTORS * 16));
    msix.addSubregion(MSIX.pending, region('msix-pba', 8));
    this.addBar(MSIX.bar, { kind: 'mem', region: msix });
  }
}

/** PCI device numbers of the 8254x, by type. */
const E1000_IDS = { e1000: 0x100e, 'e1000-82544gc': 0x100c, 'e1000-82545em': 0x100f } as const;

/** Registers network cards other than virtio's. Needs `pci-device`. */
export function registerNetworkCards(registry: TypeRegistry): void {
  const shared = { instanceProperties: { bootindex: BOOT_INDEX } };
  registry.register({ name: 'e1000-base', parent: 'pci-device', abstract: true });
  for (const [name, device] of Object.entries(E1000_IDS))
    registry.register({
      ...shared,
      name,
      parent: 'e1000-base',
      properties: E1000_PROPERTIES,
      defaults: { romfile: 'efi-e1000.rom' },
      create: (init) => new E1000(init, device),
    });
  registry.register({
    ...shared,
    name: 'e1000e',
    parent: 'pci-device',
    properties: E1000E_PROPERTIES,
    defaults: { romfile: 'efi-e1000e.rom' },
    create: (init) => new E1000e(init),
  });
}
