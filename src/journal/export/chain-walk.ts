import { join64, swapBytes } from '../../base/bits.ts';
import {
  PACKED,
  SPLIT,
  VIRTQ_DESC,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
} from '../../spec/virtio.ts';

/** Guest memory to be read; little-endian numbers. */
export interface ReadableMemory {
  u16(addr: number): number;
  u32(addr: number): number;
}

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
export function piecesOf(memory: ReadableMemory, queue: WalkedQueue, first: number): MemoryPiece[] {
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
  memory: ReadableMemory,
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

function read(memory: ReadableMemory, { packed, bigEndian }: WalkedQueue, at: number) {
  const u16 = (where: number) => (bigEndian ? swapBytes(memory.u16(where), 2) : memory.u16(where));
  const u32 = (where: number) => (bigEndian ? swapBytes(memory.u32(where), 4) : memory.u32(where));
  const [low, high] = bigEndian ? [4, 0] : [0, 4];
  return {
    addr: join64(u32(at + low), u32(at + high)),
    len: u32(at + VIRTQ_DESC.len),
    flags: u16(at + (packed ? PACKED.descFlags : VIRTQ_DESC.flags)),
    next: packed ? 0 : u16(at + VIRTQ_DESC.next),
  };
}
