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
  #last: Mapping | undefined;

  get mappings(): readonly Mapping[] {
    return this.#mappings;
  }

  map(base: number, size: number, handler: IoHandler): Mapping {
    const mapping = { base, size, handler };
    let at = this.#mappings.length;
    while (at > 0 && (this.#mappings[at - 1] as Mapping).base > base) at--;
    this.#mappings.splice(at, 0, mapping);
    this.#last = undefined;
    return mapping;
  }

  unmap(mapping: Mapping): void {
    const at = this.#mappings.indexOf(mapping);
    if (at >= 0) this.#mappings.splice(at, 1);
    this.#last = undefined;
  }

  /** The range that decodes `addr`, or undefined. */
  find(addr: number): Mapping | undefined {
    const last = this.#last;
    if (last && addr >= last.base && addr < last.base + last.size) return last;
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

  #search(addr: number): Mapping | undefined {
    let low = 0;
    let high = this.#mappings.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#mappings[middle] as Mapping).base <= addr) low = middle + 1;
      else high = middle;
    }
    for (let i = low - 1; i >= 0; i--) {
      const mapping = this.#mappings[i] as Mapping;
      if (addr < mapping.base + mapping.size) return mapping;
    }
    return undefined;
  }
}
