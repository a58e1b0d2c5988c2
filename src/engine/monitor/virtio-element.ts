import { join64 } from '../../base/bits.ts';
import type { GuestRam } from '../../memory/guest-ram.ts';
import {
  SPLIT,
  VIRTIO_F,
  VIRTQ_DESC,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
} from '../../spec/virtio.ts';
import type { VirtioDevice } from '../virtio/virtio-device.ts';
import { RingWords } from '../virtio/virtqueue/ring-words.ts';
import { MonitorError } from './target.ts';

/** Names of descriptor flags, in the order in which QEMU lists them; the last two belong to packed rings. */
const FLAG_NAMES = [
  [1 << 15, 'used'],
  [1 << 7, 'avail'],
  [VIRTQ_DESC_F_INDIRECT, 'indirect'],
  [VIRTQ_DESC_F_WRITE, 'write'],
  [VIRTQ_DESC_F_NEXT, 'next'],
] as const;

/** A chain as `x-query-virtio-queue-element` describes it, its descriptors last one first. */
export interface QueueElement {
  readonly name: string;
  /** Descriptor that the chain begins with. */
  readonly index: number;
  readonly descs: readonly { addr: number; len: number; flags: readonly string[] }[];
  readonly avail: { readonly flags: number; readonly idx: number; readonly ring: number };
  readonly used: { readonly flags: number; readonly idx: number };
}

interface Descriptor {
  readonly addr: number;
  readonly len: number;
  readonly flags: number;
  readonly next: number;
}

/**
 * The chain that the available ring names at `index`, or at the next one to be popped. Reads the rings
 * and changes nothing. What is wrong with the chain goes to `complain`. Throws MonitorError.
 */
export function queueElement(
  device: VirtioDevice,
  queue: number,
  index: number | undefined,
  complain: (text: string) => void,
): QueueElement {
  const { vq } = device.queues[queue] ?? {};
  if (!vq) throw new MonitorError(`Invalid virtqueue number ${queue}`);
  if (device.accepted(VIRTIO_F.VIRTIO_F_RING_PACKED))
    throw new MonitorError('Packed ring not supported');
  if (!vq.ready) throw new MonitorError('Region caches not initialized');
  const { ram } = device;
  const words = new RingWords(ram);
  words.bigEndian = device.bigEndian;
  const avail = ram.offsetOf(vq.addresses.driver, SPLIT.availRing(vq.size));
  const used = ram.offsetOf(vq.addresses.device, SPLIT.usedRing(vq.size));
  const slot = (index ?? vq.lastAvailIdx) % vq.size;
  const head = words.read(avail + SPLIT.availEntry(slot), 2);
  return {
    name: device.deviceName,
    index: head,
    descs: chain(ram, words, vq.addresses.desc, vq.size, head, complain).map(
      ({ addr, len, flags }) => ({
        addr,
        len,
        flags: FLAG_NAMES.filter(([bit]) => flags & bit).map(([, name]) => name),
      }),
    ),
    avail: {
      flags: words.read(avail + SPLIT.availFlags, 2),
      idx: words.read(avail + SPLIT.availIdx, 2),
      ring: head,
    },
    used: { flags: words.read(used + SPLIT.usedFlags, 2), idx: vq.usedIdx },
  };
}

/** Descriptors of a chain, or those of the table that its head points to; the last one first. */
function chain(
  ram: GuestRam,
  words: RingWords,
  table: number,
  size: number,
  head: number,
  complain: (text: string) => void,
): Descriptor[] {
  let base = ram.offsetOf(table, SPLIT.descTable(size));
  let max = size;
  let desc = read(words, base, head);
  if (desc.flags & VIRTQ_DESC_F_INDIRECT) {
    base = ram.offsetOf(desc.addr, desc.len);
    if (base < 0) throw new MonitorError('Cannot map indirect buffer');
    max = Math.floor(desc.len / SPLIT.descSize);
    desc = read(words, base, 0);
  }
  const found: Descriptor[] = [];
  while (found.length < max) {
    found.unshift(desc);
    if (!(desc.flags & VIRTQ_DESC_F_NEXT)) break;
    if (desc.next >= max) {
      complain(`Desc next is ${desc.next}`);
      break;
    }
    desc = read(words, base, desc.next);
  }
  return found;
}

function read(words: RingWords, table: number, index: number): Descriptor {
  const at = table + index * SPLIT.descSize;
  const first = words.read(at + VIRTQ_DESC.addr, 4);
  const second = words.read(at + VIRTQ_DESC.addr + 4, 4);
  return {
    addr: words.bigEndian ? join64(second, first) : join64(first, second),
    len: words.read(at + VIRTQ_DESC.len, 4),
    flags: words.read(at + VIRTQ_DESC.flags, 2),
    next: words.read(at + VIRTQ_DESC.next, 2),
  };
}
