import { VIRTIO_BLK_CONFIG } from './blk.ts';
import { PCI_CONFIG, PCI_PORTS } from './pci.ts';
import { type Register, type RegisterMap, registerAt } from './registers.ts';
import { VIRTIO_RNG_CONFIG } from './rng.ts';
import { VIRTIO_ID } from './virtio.ts';
import {
  VIRTIO_PCI_COMMON,
  VIRTIO_PCI_ISR,
  VIRTIO_PCI_LEGACY,
  VIRTIO_PCI_NOTIFY,
} from './virtio-pci.ts';

interface Region {
  /** What an expert calls it. */
  readonly name: string;
  readonly registers: RegisterMap;
  /** Section that defines it, for a citation. */
  readonly source: string;
}

/** Regions that a register event can name: an event's `region` is an index into this list. */
export const REGIONS = [
  { name: 'pci-config-ports', registers: PCI_PORTS, source: 'PCI 3.0 §3.2.2.3.2' },
  { name: 'pci-config', registers: PCI_CONFIG, source: 'PCI 3.0 §6.1' },
  { name: 'virtio-pci-common', registers: VIRTIO_PCI_COMMON, source: 'VIRTIO 1.4 §4.1.4.3' },
  { name: 'virtio-pci-isr', registers: VIRTIO_PCI_ISR, source: 'VIRTIO 1.4 §4.1.4.5' },
  { name: 'virtio-pci-device', registers: {}, source: 'VIRTIO 1.4 §4.1.4.6' },
  { name: 'virtio-pci-notify', registers: VIRTIO_PCI_NOTIFY, source: 'VIRTIO 1.4 §4.1.4.4' },
  { name: 'virtio-pci-legacy', registers: VIRTIO_PCI_LEGACY, source: 'VIRTIO 1.4 §4.1.4.10' },
  { name: 'msix-table', registers: {}, source: 'PCI 3.0 §6.8.2' },
  { name: 'msix-pba', registers: {}, source: 'PCI 3.0 §6.8.2' },
] as const satisfies readonly Region[];

/** Names of the regions that events can name. */
export type RegionName = (typeof REGIONS)[number]['name'];

/** Index of a region in `REGIONS`. */
export const REGION_INDEX = Object.fromEntries(
  REGIONS.map((region, i) => [region.name, i]),
) as Readonly<Record<RegionName, number>>;

/** Device configuration layouts by virtio ID. */
export const DEVICE_CONFIG: Readonly<Record<number, RegisterMap>> = {
  [VIRTIO_ID.BLOCK]: VIRTIO_BLK_CONFIG,
  [VIRTIO_ID.ENTROPY]: VIRTIO_RNG_CONFIG,
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
  // Every multiple of the notify multiplier is a doorbell.
  return registerAt(region.registers, region.name === 'virtio-pci-notify' ? 0 : offset);
}

/**
 * Name of the register at `offset` of region `index`; a device-specific region needs the virtio ID.
 */
export function registerName(index: number, offset: number, virtioId?: number): string | undefined {
  return registerOf(index, offset, virtioId)?.name;
}
