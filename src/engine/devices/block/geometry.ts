/** A disk geometry as the BIOS knew it. */
export interface Geometry {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectors: number;
}

const SECTOR = 512;
const PARTITION_TABLE = 0x1be;
const MAX_CYLINDERS = 16383;

/**
 * Guesses a geometry for a disk of `bytes` bytes as QEMU does: from the partition table in its
 * first sector where there is one, else 16 heads of 63 sectors.
 */
export function guessGeometry(bytes: number, firstSector: Uint8Array): Geometry {
  const sectors = Math.floor(bytes / SECTOR);
  return fromPartitionTable(sectors, firstSector) ?? standard(sectors);
}

function standard(total: number): Geometry {
  const cylinders = Math.floor(total / (16 * 63));
  return { cylinders: Math.min(Math.max(cylinders, 2), MAX_CYLINDERS), heads: 16, sectors: 63 };
}

function fromPartitionTable(total: number, sector: Uint8Array): Geometry | undefined {
  if (sector[510] !== 0x55 || sector[511] !== 0xaa) return undefined;
  for (let entry = 0; entry < 4; entry++) {
    const at = PARTITION_TABLE + entry * 16;
    const count = new DataView(sector.buffer, sector.byteOffset + at + 12, 4).getUint32(0, true);
    const endHead = sector[at + 5] ?? 0;
    if (count === 0 || endHead === 0) continue;
    const heads = endHead + 1;
    const perTrack = (sector[at + 6] ?? 0) & 63;
    if (perTrack === 0) continue;
    const cylinders = Math.floor(total / (heads * perTrack));
    if (cylinders < 1 || cylinders > MAX_CYLINDERS) continue;
    // With more than 16 heads the partition table speaks of a translated geometry.
    return heads > 16 ? standard(total) : { cylinders, heads, sectors: perTrack };
  }
  return undefined;
}
