import type { AddressSpace } from './address-space.ts';
import type { GuestRam } from './guest-ram.ts';

/**
 * A copy of `length` bytes of memory from `addr` on, read without touching a register: undefined where
 * not all of it is memory. Memory of which no bytes are kept, as firmware's, reads as zeros.
 */
export function peek(
  space: AddressSpace,
  ram: GuestRam,
  addr: number,
  length: number,
): Uint8Array | undefined {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const range = space.find(addr + done);
    if (!range || range.region.kind === 'io' || range.region.kind === 'iommu') return undefined;
    const count = Math.min(range.end - addr, length) - done;
    const { ramOffset } = range.region;
    if (ramOffset !== undefined) {
      const at = ramOffset + addr + done - range.base;
      bytes.set(ram.u8.subarray(at, at + count), done);
    }
    done += count;
  }
  return bytes;
}
