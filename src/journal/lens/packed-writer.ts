import { hi32, lo32 } from '../../base/bits.ts';
import {
  PACKED,
  VIRTQ_DESC_F_AVAIL,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_USED,
} from '../../spec/virtio.ts';
import { FIRST_PLACE, placeAfter, slotOfPlace, wrapOfPlace } from '../fold/packed-state.ts';
import type { RingSink } from './ring-sink.ts';
import { type RingWriter, totals } from './ring-writer.ts';
import type { WorkChain } from './workload.ts';

/** Chains in flight by buffer ID. */
interface Known {
  readonly chain: WorkChain;
  /** Place of its first descriptor. */
  readonly place: number;
}

/** A packed ring at work (VIRTIO 1.4 §2.8). */
export class PackedWriter implements RingWriter {
  leftOut = 0;
  readonly #sink: RingSink;
  readonly #size: number;
  readonly #desc: number;
  /** Places: where the driver goes on, and the device with taking and with returning. */
  #avail = FIRST_PLACE;
  #next = FIRST_PLACE;
  #used = FIRST_PLACE;
  #room: number;
  readonly #known = new Map<number, Known[]>();

  constructor(sink: RingSink, size: number, desc: number) {
    this.#sink = sink;
    this.#size = size;
    this.#desc = desc;
    this.#room = size;
  }

  /**
   * Descriptors follow one another, and all say which buffer they are of. The first one that was written is marked
   * last, so that the device sees all of them or none (VIRTIO 1.4 §2.8.21.1).
   */
  offer(chains: readonly WorkChain[]): void {
    let held: { readonly at: number; readonly tail: number } | undefined;
    for (const chain of chains) {
      const { name, buffers } = chain;
      if (buffers.length === 0 || buffers.length > this.#room) {
        this.leftOut++;
        continue;
      }
      this.#know(name, { chain, place: this.#avail });
      this.#room -= buffers.length;
      buffers.forEach(({ addr, len, flags }, i) => {
        const at = this.#desc + PACKED.descSize * slotOfPlace(this.#avail);
        const wrap = wrapOfPlace(this.#avail);
        const marks = wrap ? VIRTQ_DESC_F_AVAIL : VIRTQ_DESC_F_USED;
        const next = i + 1 < buffers.length ? VIRTQ_DESC_F_NEXT : 0;
        const tail = (name | ((flags | next | marks) << 16)) >>> 0;
        const first = held === undefined;
        held ??= { at: at + PACKED.descId, tail };
        const shown = first ? (tail ^ (VIRTQ_DESC_F_AVAIL << 16)) >>> 0 : tail;
        this.#sink.write('driver', at, PACKED.descSize, [lo32(addr), hi32(addr), len, shown]);
        this.#avail = placeAfter(this.#avail, 1, this.#size);
      });
    }
    if (!held) return;
    this.#sink.write('driver', held.at, 4, [held.tail]);
    this.#sink.cost.step('driver');
  }

  take(name: number): void {
    const known = this.#known.get(name)?.at(-1);
    if (!known) return;
    const { buffers } = known.chain;
    for (let i = 0, at = known.place; i < buffers.length; i++, at = placeAfter(at, 1, this.#size))
      this.#sink.cost.touch(this.#desc + PACKED.descSize * slotOfPlace(at), PACKED.descSize);
    this.#sink.cost.step('device');
    this.#next = placeAfter(this.#next, buffers.length, this.#size);
    const { readable, writable } = totals(known.chain);
    this.#sink.popped(name, this.#next, readable, writable, buffers.length);
  }

  /** One descriptor says that a chain is used; the others of it are skipped (VIRTIO 1.4 §2.8.6). */
  give(name: number, length: number): void {
    const known = this.#known.get(name)?.shift();
    if (!known) return;
    const count = known.chain.buffers.length;
    const at = this.#desc + PACKED.descSize * slotOfPlace(this.#used) + PACKED.descLen;
    // As QEMU, without WRITE: the length counts where it can be true (VIRTIO 1.4 §2.8.4).
    const marks = wrapOfPlace(this.#used) ? VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED : 0;
    this.#sink.write('device', at, 8, [length, (name | (marks << 16)) >>> 0]);
    this.#sink.cost.step('device');
    this.#used = placeAfter(this.#used, count, this.#size);
    this.#room += count;
    this.#sink.pushed(name, this.#used, length);
  }

  #know(name: number, known: Known): void {
    const list = this.#known.get(name);
    if (list) list.push(known);
    else this.#known.set(name, [known]);
  }
}
