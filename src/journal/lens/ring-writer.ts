import { VIRTQ_DESC_F_WRITE } from '../../spec/virtio.ts';
import type { WorkChain } from './workload.ts';

/** A driver and a device at work on a ring of one format, as its sections of the specification describe them. */
export interface RingWriter {
  /** The driver makes chains available, at once. Those that the ring has no room for are left out. */
  offer(chains: readonly WorkChain[]): void;
  /** The device takes the chain of a name. */
  take(name: number): void;
  /** The device returns it, and has written `length` bytes. */
  give(name: number, length: number): void;
  /** Chains that were left out so far: only a driver that breaks rules has them. */
  readonly leftOut: number;
}

/** Bytes of a chain that the device may read, and write. */
export function totals(chain: WorkChain): { readable: number; writable: number } {
  let readable = 0;
  let writable = 0;
  for (const { len, flags } of chain.buffers)
    if (flags & VIRTQ_DESC_F_WRITE) writable += len;
    else readable += len;
  return { readable: readable >>> 0, writable: writable >>> 0 };
}
