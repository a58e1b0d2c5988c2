import { MemoryRegion } from '../../../memory/memory-region.ts';
import { PCI_CAP, PCI_CONFIG, PCI_INTA } from '../../../spec/pci.ts';
import { addBus, type Bus } from '../../qdev/bus.ts';
import { addRegion } from '../../qdev/regions.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import { addMsi, resetMsi } from './msi.ts';
import { PciDevice, type PciIds } from './pci-device.ts';

/** Disks that the SATA controller can have. */
const PORTS = 6;
const AHCI_BYTES = 4096;
const INDEX_DATA_BYTES = 32;
/** Offsets of its capabilities, and of the register that says how its ports are seen. */
const MSI_AT = 0x80;
const MAP = 0x90;
const MAP_AHCI = 0x40;
const SATA_AT = 0xa8;
/** Where the index and data pair is: BAR 4, from offset 16 on. */
const SATA_REVISION = 0x0010;
const SATA_PLACE = 0x48;

/** The chipset's SATA controller; its registers do not answer. */
class Ich9Ahci extends PciDevice {
  protected readonly ids: PciIds = {
    vendor: 0x8086,
    device: 0x2922,
    revision: 2,
    classCode: 0x0106,
    progIf: 1,
  };

  override get platform(): boolean {
    return true;
  }

  protected override realizePci(): void {
    const { config } = this;
    config.put(PCI_CONFIG.InterruptPin.offset, 1, PCI_INTA);
    config.put(MAP, 1, MAP_AHCI);
    const region = (name: string, bytes: number) => addRegion(this, MemoryRegion.io(name, bytes));
    this.addBar(4, { kind: 'io', region: region('ahci-idp', INDEX_DATA_BYTES) });
    this.addBar(5, { kind: 'mem', region: region('ahci', AHCI_BYTES) });
    config.addCapability(PCI_CAP.SATA, 8, SATA_AT);
    config.put(SATA_AT + 2, 2, SATA_REVISION);
    config.put(SATA_AT + 4, 4, SATA_PLACE);
    addMsi(config, { vectors: 1, is64: true, masking: false }, MSI_AT);
    // A port has no place for a second disk.
    for (let port = 0; port < PORTS; port++) addBus<Bus & { units: number }>(this, 'IDE').units = 1;
  }

  override reset(): void {
    super.reset();
    resetMsi(this.config, MSI_AT);
  }
}

const SMBUS_BYTES = 64;
/** The register that switches the SMBus on, of which bit 3 resets and reads as zero. */
const HOST_CONFIG = 0x40;
const HOST_CONFIG_WRITABLE = 0xf7;

/** The chipset's SMBus controller; its registers do not answer. */
class Ich9Smbus extends PciDevice {
  protected readonly ids: PciIds = {
    vendor: 0x8086,
    device: 0x2930,
    revision: 2,
    classCode: 0x0c05,
  };

  override get platform(): boolean {
    return true;
  }

  protected override realizePci(): void {
    this.config.put(PCI_CONFIG.InterruptPin.offset, 1, PCI_INTA);
    this.config.allowWrites(HOST_CONFIG, 1, HOST_CONFIG_WRITABLE);
    const registers = addRegion(this, MemoryRegion.io('pm-smbus', SMBUS_BYTES));
    this.addBar(4, { kind: 'io', region: registers });
    addBus(this, 'i2c-bus', 'i2c');
  }
}

/** Registers the SATA controller, which any machine with PCI takes. Needs the bus `IDE`. */
export function registerAhci(registry: TypeRegistry): void {
  registry.register({
    name: 'ich9-ahci',
    parent: 'pci-device',
    create: (init) => new Ich9Ahci(init),
  });
}

/** Registers the SMBus controller. */
export function registerIch9Smbus(registry: TypeRegistry): void {
  registry.register({
    name: 'ICH9-SMB',
    parent: 'pci-device',
    userCreatable: false,
    create: (init) => new Ich9Smbus(init),
  });
}
