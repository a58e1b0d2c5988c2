import { registerAhci } from '../../hw/pci/ich9-functions.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import { registerFloppies, registerIdeDisks } from './disks.ts';
import { registerIsaPorts } from './isa-ports.ts';
import { registerNetworkCards } from './network.ts';
import { registerDisplayCards } from './vga.ts';

/** Registers cards for PCI that are not virtio's, and what they carry. Needs `pci-device`. */
export function registerPciCards(registry: TypeRegistry): void {
  registerNetworkCards(registry);
  registerDisplayCards(registry);
  registerIdeDisks(registry);
  registerAhci(registry);
}

/** Registers a PC's floppy drives and ports. Needs `isa-device`. */
export function registerPcParts(registry: TypeRegistry): void {
  registerFloppies(registry);
  registerIsaPorts(registry);
}
