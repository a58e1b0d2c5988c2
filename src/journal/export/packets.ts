import { join64 } from '../../base/bits.ts';
import {
  VIRTIO_NET_F,
  VIRTIO_NET_HDR,
  VIRTIO_NET_HDR_HASH,
  VIRTIO_NET_HDR_LEGACY,
  VIRTIO_NET_HDR_MRG,
} from '../../spec/net.ts';
import { VIRTIO_F, VIRTIO_ID, VIRTQ_MAX_SIZE } from '../../spec/virtio.ts';
import { GuestImage, type ImageBuilder } from '../fold/guest-image.ts';
import { FIRST_PLACE, slotOfPlace } from '../fold/packed-state.ts';
import { EVENTS, RING_FORMAT } from '../schema.ts';
import { recordAt } from '../store.ts';
import { type MemoryPiece, piecesOf, type WalkedQueue } from './chain-walk.ts';
import type { ExportSource } from './source.ts';

/** An Ethernet frame that crossed a queue of a network device. */
export interface Packet {
  /** Number of the event with which it did: the pop of what is sent, the use of what is received. */
  readonly event: number;
  readonly dev: number;
  readonly queue: number;
  /** Sent by the guest, rather than received. */
  readonly sent: boolean;
  /** The frame, without the device's header in front. */
  readonly frame: Uint8Array;
}

/** Longest frame that is read: what a descriptor claims may be anything. */
const MOST = 1 << 18;
/** Events between two pauses. */
const PAUSE_EVERY = 1024;

interface NetQueue extends WalkedQueue {
  readonly receives: boolean;
  /** Place that the device popped last, and the first descriptor of that chain; of a packed queue. */
  place: number;
  start: number;
  /** Pieces of chains in flight, by head. */
  readonly chains: Map<number, readonly MemoryPiece[]>;
  /** A received packet that is in several chains: what has come, and how many are missing. */
  parts: Uint8Array[];
  missing: number;
}

/**
 * Every Ethernet frame that a guest sent or received, in order: guest memory is followed write by write,
 * so that a frame is what the device read or wrote. Undefined is a pause.
 */
export function* packetsOf(source: ExportSource): Generator<Packet | undefined> {
  const reader = new PacketReader(source);
  const { store } = source;
  for (let i = store.first; i < store.length; i++) {
    const packet = reader.take(i);
    if (packet) yield packet;
    if (i % PAUSE_EVERY === 0) yield undefined;
  }
}

class PacketReader {
  readonly #source: ExportSource;
  readonly #memory: ImageBuilder;
  readonly #queues = new Map<number, NetQueue>();
  /** Accepted features, low and high word, by device. */
  readonly #features = new Map<number, readonly [low: number, high: number]>();

  constructor(source: ExportSource) {
    this.#source = source;
    const { first } = source.store;
    const start = first > 0 ? source.momentAt(first) : undefined;
    this.#memory = (start?.memory ?? GuestImage.empty).builder();
    for (const { dev, accepted } of start?.devices.values() ?? [])
      this.#features.set(dev, [accepted >>> 0, Math.floor(accepted / 2 ** 32)]);
    for (const queue of start?.queues.values() ?? [])
      if (queue.enabled) {
        const place = queue.packed ? queue.lastAvailIdx : FIRST_PLACE;
        this.#setUp(queue.dev, queue.queue, queue, place);
      }
  }

  /** Takes in an event; the packet that crossed with it, if one did. */
  take(index: number): Packet | undefined {
    const { store } = this.#source;
    const words = store.words(index);
    if (!words) return undefined;
    const at = recordAt(index);
    const word = (n: number) => words[at + n] as number;
    const [dev, number] = [word(2) & 0xffff, word(2) >>> 16];
    const aux = word(0) >>> 16;
    switch (word(0) & 0xff) {
      case EVENTS.memWrite.code: {
        const size = (word(0) >>> 12) & 15 || 16;
        const { addr, new: now } = EVENTS.memWrite.fields;
        this.#memory.writeWords(join64(word(addr.at), word(addr.at + 1)), words, at + now.at, size);
        return undefined;
      }
      case EVENTS.dataWrite.code: {
        const length = word(EVENTS.dataWrite.fields.length.at);
        const bytes = store.payload(index)?.subarray(length, 2 * length);
        if (bytes) this.#memory.write(join64(word(2), word(3)), bytes);
        return undefined;
      }
      case EVENTS.features.code:
        if (aux === 1) this.#features.set(dev, [word(4), word(5)]);
        return undefined;
      case EVENTS.queueConfig.code: {
        const { size, desc } = EVENTS.queueConfig.fields;
        const shape = word(size.at);
        if (aux === 0) this.#queues.delete(word(2));
        else {
          const walked = {
            packed: shape >>> 16 === RING_FORMAT.packed,
            bigEndian: shape >>> 16 === RING_FORMAT.bigEndian,
            size: shape & 0xffff,
            desc: join64(word(desc.at), word(desc.at + 1)),
          };
          this.#setUp(dev, number, walked, FIRST_PLACE);
        }
        return undefined;
      }
      case EVENTS.reset.code:
        for (const key of this.#queues.keys()) if ((key & 0xffff) === dev) this.#queues.delete(key);
        this.#features.delete(dev);
        return undefined;
      case EVENTS.chainPopped.code: {
        const queue = this.#queues.get(word(2));
        const frame = queue && this.#popped(dev, queue, aux, word(3));
        return frame && { event: index, dev, queue: number, sent: true, frame };
      }
      case EVENTS.chainPushed.code: {
        const queue = this.#queues.get(word(2));
        const frame = queue && this.#used(dev, queue, aux, word(4));
        return frame && { event: index, dev, queue: number, sent: false, frame };
      }
    }
    return undefined;
  }

  #setUp(dev: number, number: number, queue: WalkedQueue, place: number): void {
    const { names } = this.#source;
    const { packed, bigEndian, size, desc } = queue;
    if (names.virtioId(dev) !== VIRTIO_ID.NET || size === 0 || size > VIRTQ_MAX_SIZE) return;
    const name = names.queue(dev, number) ?? (number % 2 === 0 ? 'receiveq' : 'transmitq');
    if (name.startsWith('controlq')) return;
    this.#queues.set((dev | (number << 16)) >>> 0, {
      ...{ packed, bigEndian, size, desc, place, start: slotOfPlace(place) },
      receives: name.startsWith('receiveq'),
      ...{ chains: new Map(), parts: [], missing: 0 },
    });
  }

  /** The device took a chain: what is in it, if the guest sends. */
  #popped(dev: number, queue: NetQueue, head: number, index: number): Uint8Array | undefined {
    // A chain that was given back, and is popped again, begins where it did.
    if (queue.packed && queue.place !== index) queue.start = slotOfPlace(queue.place);
    queue.place = index;
    const pieces = piecesOf(this.#memory, queue, queue.packed ? queue.start : head);
    queue.chains.set(head, pieces);
    if (queue.receives) return undefined;
    const header = this.#headerBytes(dev);
    const bytes = this.#bytes(pieces, false, MOST);
    return bytes.length > header ? bytes.subarray(header) : undefined;
  }

  /** The device used a chain: the packet that is whole now, if the guest receives. */
  #used(dev: number, queue: NetQueue, head: number, length: number): Uint8Array | undefined {
    const pieces = queue.chains.get(head);
    queue.chains.delete(head);
    if (!queue.receives || !pieces) return undefined;
    const bytes = this.#bytes(pieces, true, Math.min(length, MOST));
    if (queue.missing > 0) {
      queue.parts.push(bytes);
      queue.missing--;
    } else {
      const header = this.#headerBytes(dev);
      if (bytes.length <= header) return undefined;
      queue.parts = [bytes.subarray(header)];
      queue.missing = this.#has(dev, VIRTIO_NET_F.VIRTIO_NET_F_MRG_RXBUF)
        ? Math.max(0, this.#buffers(bytes, queue.bigEndian) - 1)
        : 0;
    }
    return queue.missing > 0 ? undefined : joined(queue.parts);
  }

  /** How many chains a received packet is in (VIRTIO 1.4 §5.1.9.4). */
  #buffers(bytes: Uint8Array, bigEndian: boolean): number {
    const at = VIRTIO_NET_HDR.num_buffers.offset;
    const [first = 1, second = 0] = bytes.subarray(at, at + 2);
    return bigEndian ? first * 256 + second : first + second * 256;
  }

  /** Bytes in front of each packet, as negotiated (VIRTIO 1.4 §5.1.9.1). */
  #headerBytes(dev: number): number {
    if (this.#has(dev, VIRTIO_F.VIRTIO_F_VERSION_1))
      return this.#has(dev, VIRTIO_NET_F.VIRTIO_NET_F_HASH_REPORT)
        ? VIRTIO_NET_HDR_HASH
        : VIRTIO_NET_HDR_MRG;
    return this.#has(dev, VIRTIO_NET_F.VIRTIO_NET_F_MRG_RXBUF)
      ? VIRTIO_NET_HDR_MRG
      : VIRTIO_NET_HDR_LEGACY;
  }

  #has(dev: number, bit: number): boolean {
    const words = this.#features.get(dev);
    return words !== undefined && (((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
  }

  /** At most `most` bytes of the readable or the writable pieces. */
  #bytes(pieces: readonly MemoryPiece[], writable: boolean, most: number): Uint8Array {
    const image = this.#memory.seal();
    const parts: Uint8Array[] = [];
    let left = most;
    for (const piece of pieces) {
      if (piece.writable !== writable || left <= 0) continue;
      const length = Math.min(piece.len, left);
      parts.push(image.bytes(piece.addr, length));
      left -= length;
    }
    return joined(parts);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
