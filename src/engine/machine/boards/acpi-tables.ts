import { MemoryRegion } from '../../../memory/memory-region.ts';
import { addRegion } from '../../qdev/regions.ts';
import type { QObject } from '../../qom/object.ts';

/** Files with tables for firmware and guest, in bytes as QEMU reserves them. */
const TABLES = { 'acpi/tables': 0x2_0000, 'table-loader': 0x1000, 'acpi/rsdp': 0x1000 } as const;

/** Gives the device by which firmware asks about the machine the memory of the ACPI tables. */
export function addAcpiTables(fwCfg: QObject): void {
  for (const [name, size] of Object.entries(TABLES))
    addRegion(fwCfg, MemoryRegion.memory('rom', `/rom@etc/${name}`, size));
}
