import { ACPI_PCI_HOTPLUG } from './acpi-pci-hotplug.ts';
import { VIRTIO_BALLOON_CONFIG } from './balloon.ts';
import { VIRTIO_BLK_CONFIG } from './blk.ts';
import { VIRTIO_CONSOLE_CONFIG } from './console.ts';
import { VIRTIO_CRYPTO_CONFIG } from './crypto.ts';
import { FW_CFG_PORTS } from './fw-cfg.ts';
import { VIRTIO_GPU_CONFIG } from './gpu.ts';
import { VIRTIO_INPUT_CONFIG } from './input.ts';
import { VIRTIO_IOMMU_CONFIG } from './iommu.ts';
import { VIRTIO_MEM_CONFIG, VIRTIO_PMEM_CONFIG } from './mem.ts';
import { VIRTIO_NET_CONFIG } from './net.ts';
import { PCI_CONFIG } from './pci.ts';
import { PCI_PORTS } from './pci-ports.ts';
import { REGION_NAMES, type RegionName } from './region-names.ts';
import { type Register, type RegisterMap, registerAt } from './registers.ts';
import { VIRTIO_RNG_CONFIG } from './rng.ts';
import { VIRTIO_SCSI_CONFIG } from './scsi.ts';
import { VIRTIO_ID } from './virtio.ts';
import { VIRTIO_MMIO, VIRTIO_MMIO_CONFIG } from './virtio-mmio.ts';
import {
  VIRTIO_PCI_COMMON,
  VIRTIO_PCI_ISR,
  VIRTIO_PCI_LEGACY,
  VIRTIO_PCI_NOTIFY,
} from './virtio-pci.ts';

export { REGION_INDEX, type RegionName } from './region-names.ts';

interface Region {
  /** What an expert calls it. */
  readonly name: RegionName;
  readonly registers: RegisterMap;
  /** Section that defines it, for a citation. */
  readonly source: string;
}

/** What lies in each region. */
const CONTENT: Readonly<Record<RegionName, Omit<Region, 'name'>>> = {
  'pci-config-ports': { registers: PCI_PORTS, source: 'PCI 3.0 §3.2.2.3.2' },
  'pci-config': { registers: PCI_CONFIG, source: 'PCI 3.0 §6.1' },
  'virtio-pci-common': { registers: VIRTIO_PCI_COMMON, source: 'VIRTIO 1.4 §4.1.4.3' },
  'virtio-pci-isr': { registers: VIRTIO_PCI_ISR, source: 'VIRTIO 1.4 §4.1.4.5' },
  'virtio-pci-device': { registers: {}, source: 'VIRTIO 1.4 §4.1.4.6' },
  'virtio-pci-notify': { registers: VIRTIO_PCI_NOTIFY, source: 'VIRTIO 1.4 §4.1.4.4' },
  'virtio-pci-legacy': { registers: VIRTIO_PCI_LEGACY, source: 'VIRTIO 1.4 §4.1.4.10' },
  'msix-table': { registers: {}, source: 'PCI 3.0 §6.8.2' },
  'msix-pba': { registers: {}, source: 'PCI 3.0 §6.8.2' },
  'virtio-mmio': { registers: VIRTIO_MMIO, source: 'VIRTIO 1.4 §4.2.2' },
  'pci-ecam': { registers: PCI_CONFIG, source: 'PCI Express 5.0 §7.2.2' },
  'acpi-pci-hotplug': { registers: ACPI_PCI_HOTPLUG, source: 'ACPI 6.5 §5.6.6' },
  'fw-cfg-ports': { registers: FW_CFG_PORTS, source: 'QEMU 7.2 fw_cfg' },
};

/** Regions that a register event can name: an event's `region` is an index into this list. */
export const REGIONS: readonly Region[] = REGION_NAMES.map((name) => ({ name, ...CONTENT[name] }));

/** Bytes of one function's configuration space in `pci-ecam`. */
export const ECAM_FUNCTION_SIZE = 4096;

/** Device configuration layouts by virtio ID. */
export const DEVICE_CONFIG: Readonly<Record<number, RegisterMap>> = {
  [VIRTIO_ID.NET]: VIRTIO_NET_CONFIG,
  [VIRTIO_ID.BLOCK]: VIRTIO_BLK_CONFIG,
  [VIRTIO_ID.CONSOLE]: VIRTIO_CONSOLE_CONFIG,
  [VIRTIO_ID.ENTROPY]: VIRTIO_RNG_CONFIG,
  [VIRTIO_ID.BALLOON]: VIRTIO_BALLOON_CONFIG,
  [VIRTIO_ID.SCSI]: VIRTIO_SCSI_CONFIG,
  [VIRTIO_ID.GPU]: VIRTIO_GPU_CONFIG,
  [VIRTIO_ID.INPUT]: VIRTIO_INPUT_CONFIG,
  [VIRTIO_ID.CRYPTO]: VIRTIO_CRYPTO_CONFIG,
  [VIRTIO_ID.IOMMU]: VIRTIO_IOMMU_CONFIG,
  [VIRTIO_ID.MEM]: VIRTIO_MEM_CONFIG,
  [VIRTIO_ID.PMEM]: VIRTIO_PMEM_CONFIG,
};

/**
 * The register at `offset` of region `index`, and where it begins there; a device-specific region
 * needs the virtio ID.
 */
export function registerOf(
  index: number,
  offset: number,
  virtioId?: number,
): { readonly name: string; readonly register: Register } | undefined {
  const region: Region | undefined = REGIONS[index];
  if (!region) return undefined;
  if (region.name === 'virtio-pci-device')
    return registerAt(DEVICE_CONFIG[virtioId ?? 0] ?? {}, offset);
  if (region.name === 'virtio-mmio' && offset >= VIRTIO_MMIO_CONFIG) {
    const found = registerAt(DEVICE_CONFIG[virtioId ?? 0] ?? {}, offset - VIRTIO_MMIO_CONFIG);
    if (!found) return undefined;
    const register = { ...found.register, offset: found.register.offset + VIRTIO_MMIO_CONFIG };
    return { name: found.name, register };
  }
  if (region.name === 'pci-ecam') return registerAt(PCI_CONFIG, offset % ECAM_FUNCTION_SIZE);
  // Every multiple of the notify multiplier is a doorbell.
  return registerAt(region.registers, region.name === 'virtio-pci-notify' ? 0 : offset);
}

/**
 * Name of the register at `offset` of region `index`; a device-specific region needs the virtio ID.
 */
export function registerName(index: number, offset: number, virtioId?: number): string | undefined {
  return registerOf(index, offset, virtioId)?.name;
}
