import { allOnes } from '../base/bits.ts';

/** Registers behind a range of bus addresses. Offsets count from the range's start; values are unsigned. */
export interface IoHandler {
  /** `size`: 1, 2 or 4 bytes. */
  read(offset: number, size: number): number;
  write(offset: number, size: number, value: number): void;
  /** Journal number of the device behind, for register events. */
  readonly dev: number;
  /** Index into `REGIONS` that names the registers, for register events. */
  readonly region: number;
}

/** A mapped range: `[base, base + size)`. */
export interface Mapping {
  readonly base: number;
  readonly size: number;
  readonly handler: IoHandler;
}

/**
 * Bus addresses and what decodes them: one for memory, one for I/O ports. An access that nothing
 * decodes reads all ones and writes nothing. Where ranges overlap, the one mapped last wins.
 */
export class AddressSpace {
  /** Sorted by base; equal bases oldest first. */
  #mappings: Mapping[] = [];
  /** In the order in which they were mapped, where some overlap; else undefined. */
  #byAge: Mapping[] | undefined;
  /** Every mapping in the order of mapping. */
  readonly #ages = new Set<Mapping>();
  #last: Mapping | undefined;

  get mappings(): readonly Mapping[] {
    return this.#mappings;
  }

  map(base: number, size: number, handler: IoHandler): Mapping {
    const mapping = { base, size, handler };
    let at = this.#mappings.length;
    while (at > 0 && (this.#mappings[at - 1] as Mapping).base > base) at--;
    this.#mappings.splice(at, 0, mapping);
    this.#ages.add(mapping);
    this.#changed();
    return mapping;
  }

  unmap(mapping: Mapping): void {
    if (!this.#ages.delete(mapping)) return;
    this.#mappings.splice(this.#mappings.indexOf(mapping), 1);
    this.#changed();
  }

  /** The range that decodes `addr`, or undefined. */
  find(addr: number): Mapping | undefined {
    if (this.#byAge) return this.#byAge.findLast((mapping) => covers(mapping, addr));
    if (this.#last && covers(this.#last, addr)) return this.#last;
    const found = this.#search(addr);
    if (found) this.#last = found;
    return found;
  }

  read(addr: number, size: number): number {
    const mapping = this.find(addr);
    return mapping ? mapping.handler.read(addr - mapping.base, size) : allOnes(size);
  }

  write(addr: number, size: number, value: number): void {
    const mapping = this.find(addr);
    if (mapping) mapping.handler.write(addr - mapping.base, size, value);
  }

  #changed(): void {
    this.#last = undefined;
    const overlap = this.#mappings.some((mapping, i) => {
      const next = this.#mappings[i + 1];
      return next !== undefined && next.base < mapping.base + mapping.size;
    });
    this.#byAge = overlap ? [...this.#ages] : undefined;
  }

  /** The one range that can cover `addr` where none overlap. */
  #search(addr: number): Mapping | undefined {
    let low = 0;
    let high = this.#mappings.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#mappings[middle] as Mapping).base <= addr) low = middle + 1;
      else high = middle;
    }
    const mapping = this.#mappings[low - 1];
    return mapping && covers(mapping, addr) ? mapping : undefined;
  }
}

function covers(mapping: Mapping, addr: number): boolean {
  return addr >= mapping.base && addr < mapping.base + mapping.size;
}
