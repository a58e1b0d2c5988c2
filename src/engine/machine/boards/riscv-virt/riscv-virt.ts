import { AddressSpace } from '../../../../memory/address-space.ts';
import { MemoryRegion } from '../../../../memory/memory-region.ts';
import { type GpexHost, type GpexPlace, gpexPlatform } from '../../../hw/pci/gpex.ts';
import { registerPlatform } from '../../../hw/platform.ts';
import { registerSysBusTypes } from '../../../hw/sysbus-platform.ts';
import { addRegion } from '../../../qdev/regions.ts';
import { Container } from '../../../qom/object.ts';
import type { VirtioMmio } from '../../../transports/virtio-mmio/virtio-mmio.ts';
import type { Board, BuildSite } from '../board.ts';
import { BOARD_TYPES, FW_CFG_TYPE } from '../board-types.ts';
import { addFlash, addFwCfg, addPlatformBus, solder } from '../solder.ts';
import { addInterruptControllers } from './interrupts.ts';
import { RISCV_VIRT_TYPES } from './types.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const RAM_BASE = 2 * GIB;
const BOOT_ROM = { base: 0x1000, size: 0xf000 };
const TEST = 0x10_0000;
const CLOCK = 0x10_1000;
const PCI_PORTS = 0x300_0000;
const PLATFORM_BUS = { base: 0x400_0000, size: 32 * MIB, irqs: 32 };
const UART = 0x1000_0000;
const VIRTIO = { base: 0x1000_1000, stride: 0x1000, count: 8, irqBase: 1 };
const FW_CFG = 0x1010_0000;
const FLASH = { base: 0x2000_0000, size: 32 * MIB };
const PCI_ECAM = { base: 0x3000_0000, size: 256 * MIB };
const PCI_MEMORY = { base: 0x4000_0000, size: GIB };
const PCI_IRQ_BASE = 32;
/** Bytes of the window on PCI memory above RAM, which begins at a multiple of its size. */
const PCI_HIGH_SIZE = 16 * GIB;
/** `serial-mm` follows the CPU's byte order. */
const LITTLE_ENDIAN = 2;

/** Puts the devices of the board into the tree, in QEMU's order. */
function build(site: BuildSite): void {
  const { context } = site;
  addHarts(site);
  addInterruptControllers(site);
  const rom = MemoryRegion.memory('rom', 'riscv_virt_board.mrom', BOOT_ROM.size);
  context.memory.root.addSubregion(BOOT_ROM.base, addRegion(site.unattached, rom));
  solder(site, 'riscv.sifive.test', { at: [TEST] });
  for (let i = 0; i < VIRTIO.count; i++) {
    const at = [VIRTIO.base + i * VIRTIO.stride];
    solder<VirtioMmio>(site, 'virtio-mmio', { at }).irq = VIRTIO.irqBase + i;
  }
  site.platform.virtioMmio = Array.from({ length: VIRTIO.count }, (_, i) => ({
    base: VIRTIO.base + i * VIRTIO.stride,
    size: VIRTIO.stride,
    input: VIRTIO.irqBase + i,
  }));
  const high = Math.ceil((RAM_BASE + site.ramBytes) / PCI_HIGH_SIZE) * PCI_HIGH_SIZE;
  const place: GpexPlace = {
    ecam: PCI_ECAM,
    mmio: PCI_MEMORY,
    highMmio: { base: high, size: PCI_HIGH_SIZE },
    ports: PCI_PORTS,
    irqBase: PCI_IRQ_BASE,
  };
  solder<GpexHost>(site, 'gpex-pcihost').place(place);
  site.platform.pci = gpexPlatform(place);
  addPlatformBus(site, PLATFORM_BUS);
  const uart = solder(site, 'serial-mm', { values: { endianness: LITTLE_ENDIAN } });
  uart.showMmio(0, UART);
  site.backEnds.serials[0]?.claim(uart);
  solder(site, 'goldfish_rtc', { at: [CLOCK] });
  addFlash(site, FLASH.base, FLASH.size);
  addFwCfg(site, FW_CFG);
}

function addHarts(site: BuildSite): void {
  const { context, cpu, cpus, machine } = site;
  const type = `${cpu}-riscv-cpu`;
  if (!context.registry.declares(type))
    registerPlatform(context.registry, [
      { name: type, parent: context.registry.find(type)?.parent?.name ?? 'riscv-cpu' },
    ]);
  solder(site, 'riscv.hart_array', {
    owner: machine,
    name: 'soc0',
    values: { 'num-harts': cpus, 'cpu-type': type },
  });
  for (let i = 0; i < cpus; i++)
    context.addressSpaces.add(new AddressSpace(`cpu-memory-${i}`, context.memory.root));
}

/** The machine for virtual RISC-V systems. */
export const RISCV_VIRT: Board = {
  type: 'virt-machine',
  ancestors: ['machine'],
  arch: 'riscv64',
  names: ['virt'],
  ramBytes: 128 * MIB,
  maxRamBytes: 2 ** 40,
  ramBase: RAM_BASE,
  ramId: 'riscv_virt_board.ram',
  cpu: {
    model: 'rv64',
    parent: 'riscv-cpu',
    suffix: '-riscv-cpu',
    knows: (model) =>
      ['any', 'rv64', 'shakti-c', 'sifive-e51', 'sifive-u54', 'x-rv128'].includes(model),
  },
  defaults: { driveInterface: 'none', places: { pflash: 2 } },
  numaMemory: true,
  smp: { most: 512 },
  heeds: ['aclint', 'aia', 'aia-guests'],
  registerTypes(registry) {
    for (const type of [
      { name: 'cpu', parent: 'device', abstract: true },
      { name: 'riscv-cpu', parent: 'cpu', abstract: true },
      FW_CFG_TYPE,
    ])
      if (!registry.declares(type.name)) registry.register(type);
    if (!registry.declares('serial'))
      registry.register({
        name: 'serial',
        parent: 'device',
        create: (init) => new Container(init),
      });
    registerSysBusTypes(registry, [...BOARD_TYPES, ...RISCV_VIRT_TYPES]);
  },
  build,
};
