import { alignUp } from '../../base/bits.ts';
import { SPLIT } from '../../spec/virtio.ts';
import type { DmaAllocator } from '../dma.ts';
import type { SplitAreas } from '../virtqueue/queue.ts';

/** Unit in which legacy drivers name a queue's place, and alignment of its used ring, in bytes (VIRTIO 1.4 §2.7.2). */
export const LEGACY_PAGE = 4096;

/** Where the areas of a legacy queue are that begins at `base`: one after another, the used ring on its own page. */
export function legacyAreas(base: number, size: number): SplitAreas {
  const avail = base + SPLIT.descTable(size);
  return { desc: base, avail, used: alignUp(avail + SPLIT.availRing(size), LEGACY_PAGE) };
}

/** Memory for a queue of `size` entries in the legacy layout: whole pages (VIRTIO 1.4 §2.7.2). */
export function allocateLegacy(dma: DmaAllocator, size: number): SplitAreas {
  const { used } = legacyAreas(0, size);
  const length = alignUp(used + SPLIT.usedRing(size), LEGACY_PAGE);
  return legacyAreas(dma.alloc(length, LEGACY_PAGE).addr, size);
}
