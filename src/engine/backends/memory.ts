import { MemoryRegion } from '../../memory/memory-region.ts';
import { QObject } from '../qom/object.ts';
import { parseSize } from '../qom/property.ts';

/** Bytes of a page of the host's, and of a large one. */
const PAGE = 4096;
const LARGE_PAGE = 2 * 2 ** 20;

/** Bytes of memory that something else in the machine shows to the guest; at most one device uses them. */
export class MemoryBackend extends QObject {
  /** The machine or a device uses it. */
  mapped = false;
  #region: MemoryRegion | undefined;

  /** Bytes that it holds. */
  get bytes(): number {
    const { size } = this.values;
    return typeof size === 'string' ? (parseSize(size) ?? 0) : Number(size ?? 0);
  }

  /** Whether it must stay. */
  get inUse(): boolean {
    return this.mapped;
  }

  /** Whether another process may share it. */
  get shared(): boolean {
    return isOn(this.values.share);
  }

  get readonly(): boolean {
    return isOn(this.values.readonly);
  }

  /** Whether a page that was never written is the host's page of zeros: memory of no file, and not shared. */
  get sharesZeroPage(): boolean {
    return this.type.name === 'memory-backend-ram' && !this.shared;
  }

  /** Whether a file stands behind it: one of the host's, or one in memory. */
  get isFile(): boolean {
    return this.type.name !== 'memory-backend-ram';
  }

  /** Multiple of bytes at which it must lie: a large page of the host's where it is no file, else a page. */
  get alignment(): number {
    return this.type.name === 'memory-backend-ram' ? LARGE_PAGE : PAGE;
  }

  /** Makes it the machine's RAM, from its first byte on; returns its region. */
  becomeRam(): MemoryRegion {
    this.#region = MemoryRegion.memory('ram', this.name, this.bytes, { ramOffset: 0 });
    this.show();
    return this.#region;
  }

  /** Shows its region among the object's children. */
  protected show(): void {
    for (const part of [...this.parts]) this.dropPart(part);
    this.addPart({ name: this.name, type: 'memory-region', region: this.region });
  }

  /** What a device or a machine puts at a guest address. */
  get region(): MemoryRegion {
    this.#region ??= MemoryRegion.memory(this.readonly ? 'rom' : 'ram', this.name, this.bytes);
    return this.#region;
  }
}

function isOn(value: unknown): boolean {
  return value === true || value === 'on' || value === 'yes' || value === 'true' || value === 'y';
}
