import { MemoryRegion } from '../../../memory/memory-region.ts';
import { PciDevice, type PciIds } from '../../hw/pci/pci-device.ts';
import { addVga, addVgaRegisters, type VgaRegions } from '../../hw/vga.ts';
import { addRegion } from '../../qdev/regions.ts';
import { bit, bool, u32, type Values } from '../../qom/property.ts';
import type { TypeRegistry } from '../../qom/type.ts';

const MIB = 2 ** 20;
/** Video memory, in MiB. */
const LEAST_MEMORY = 1;
const MOST_MEMORY = 512;
const REGISTERS_BYTES = 4096;
/** The monitor's description of itself, as a guest reads it. */
const EDID_BYTES = 384;
/** What the monitor prefers where nobody says. */
const PREFERRED = { xres: 1280, yres: 800 } as const;

const MONITOR_PROPERTIES = {
  edid: bit(true),
  xres: u32(0),
  yres: u32(0),
  xmax: u32(0),
  ymax: u32(0),
  refresh_rate: u32(0),
} as const;
const SECONDARY_PROPERTIES = {
  vgamem_mb: u32(16),
  'qemu-extended-regs': bit(true),
  ...MONITOR_PROPERTIES,
} as const;
const PROPERTIES = {
  vgamem_mb: u32(16),
  mmio: bit(true),
  'qemu-extended-regs': bit(true),
  ...MONITOR_PROPERTIES,
  'global-vmstate': bool(false),
} as const;
const VGA_CLASS = 0x0300;
const DISPLAY_CLASS = 0x0380;

/** The standard adapter without what PC programs look for: only its BARs. Nothing is drawn. */
class SecondaryVga extends PciDevice<typeof SECONDARY_PROPERTIES> {
  protected get ids(): PciIds {
    return { vendor: 0x1234, device: 0x1111, revision: 2, classCode: DISPLAY_CLASS };
  }

  override get platform(): boolean {
    return true;
  }

  protected override get romRegion(): string {
    return 'vga.rom';
  }

  protected override realizePci(): void {
    this.addMemoryBar(addRegion(this, MemoryRegion.memory('ram', 'vga.vram', this.memoryBytes())));
    this.addRegisterBar();
  }

  /** Settles the size of video memory; returns it in bytes. */
  protected memoryBytes(): number {
    const props = this.values as Values<typeof SECONDARY_PROPERTIES>;
    const wanted = Math.min(MOST_MEMORY, Math.max(LEAST_MEMORY, props.vgamem_mb));
    props.vgamem_mb = 2 ** Math.ceil(Math.log2(wanted));
    return props.vgamem_mb * MIB;
  }

  protected addMemoryBar(vram: MemoryRegion): void {
    this.addBar(0, { kind: 'mem', prefetch: true, region: vram });
  }

  protected addRegisterBar(): void {
    const props = this.values as Values<typeof SECONDARY_PROPERTIES>;
    const registers = addRegion(this, MemoryRegion.container('vga.mmio', REGISTERS_BYTES));
    addVgaRegisters(this, registers);
    if (props.edid) {
      props.xres ||= PREFERRED.xres;
      props.yres ||= PREFERRED.yres;
      registers.addSubregion(0, addRegion(this, MemoryRegion.io('edid', EDID_BYTES)));
    }
    this.addBar(2, { kind: 'mem', region: registers });
  }
}

/** The standard VGA adapter: its addresses are there, nothing is drawn. */
class StandardVga extends SecondaryVga {
  #vga: VgaRegions | undefined;

  protected override get ids(): PciIds {
    return { ...super.ids, classCode: VGA_CLASS };
  }

  protected override realizePci(): void {
    this.#vga = addVga(this, this.pciBus, this.memoryBytes());
    this.addMemoryBar(this.#vga.vram);
    if (this.values.mmio) this.addRegisterBar();
  }

  override unrealize(): void {
    super.unrealize();
    this.#vga?.remove();
  }
}

/** Registers display adapters other than virtio's. Needs `pci-device`. */
export function registerDisplayCards(registry: TypeRegistry): void {
  registry.register({ name: 'pci-vga', parent: 'pci-device', abstract: true });
  registry.register({
    name: 'VGA',
    parent: 'pci-vga',
    hotpluggable: false,
    properties: PROPERTIES,
    defaults: { romfile: 'vgabios-stdvga.bin' },
    create: (init) => new StandardVga(init),
  });
  registry.register({
    name: 'secondary-vga',
    parent: 'pci-vga',
    properties: SECONDARY_PROPERTIES,
    create: (init) => new SecondaryVga(init),
  });
}
