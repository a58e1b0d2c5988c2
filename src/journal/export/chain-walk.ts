import {
  PACKED,
  SPLIT,
  VIRTQ_DESC,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
} from '../../spec/virtio.ts';
import type { RingMemory } from '../fold/flat-memory.ts';
import { ringNumbers } from '../fold/ring-numbers.ts';

/** A piece of memory that a chain names. */
export interface MemoryPiece {
  readonly addr: number;
  readonly len: number;
  readonly writable: boolean;
}

/** A queue whose chains are walked. */
export interface WalkedQueue {
  readonly packed: boolean;
  readonly bigEndian: boolean;
  readonly size: number;
  readonly desc: number;
}

/**
 * The memory that a chain names, as its descriptors say now. `first`: the chain's first descriptor, in the
 * table or in the ring. A chain that loops or leaves its table is cut there.
 */
export function piecesOf(memory: RingMemory, queue: WalkedQueue, first: number): MemoryPiece[] {
  const pieces: MemoryPiece[] = [];
  const { size, desc } = queue;
  let index = first;
  for (let n = 0; n < size && index < size; n++) {
    const { addr, len, flags, next } = read(memory, queue, desc + SPLIT.descSize * index);
    if (flags & VIRTQ_DESC_F_INDIRECT) table(memory, queue, addr, len, pieces);
    else pieces.push({ addr, len, writable: (flags & VIRTQ_DESC_F_WRITE) !== 0 });
    if (!(flags & VIRTQ_DESC_F_NEXT)) break;
    index = queue.packed ? (index + 1) % size : next;
  }
  return pieces;
}

/** What an indirect table names (VIRTIO 1.4 §2.7.5.3, VIRTIO 1.4 §2.8.7). */
function table(
  memory: RingMemory,
  queue: WalkedQueue,
  addr: number,
  bytes: number,
  pieces: MemoryPiece[],
): void {
  const count = Math.min(Math.floor(bytes / PACKED.descSize), queue.size);
  let entry = 0;
  for (let n = 0; n < count && entry < count; n++) {
    const found = read(memory, queue, addr + PACKED.descSize * entry);
    const writable = (found.flags & VIRTQ_DESC_F_WRITE) !== 0;
    pieces.push({ addr: found.addr, len: found.len, writable });
    if (queue.packed) entry++;
    else if (found.flags & VIRTQ_DESC_F_NEXT) entry = found.next;
    else break;
  }
}

function read(memory: RingMemory, { packed, bigEndian }: WalkedQueue, at: number) {
  const numbers = ringNumbers(memory, bigEndian);
  return {
    addr: numbers.u64(at),
    len: numbers.u32(at + VIRTQ_DESC.len),
    flags: numbers.u16(at + (packed ? PACKED.descFlags : VIRTQ_DESC.flags)),
    next: packed ? 0 : numbers.u16(at + VIRTQ_DESC.next),
  };
}
