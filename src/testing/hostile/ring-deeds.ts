import {
  RING_EVENT_FLAGS_DESC,
  SPLIT,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
} from '../../spec/virtio.ts';
import type { Addresses } from './addresses.ts';
import { LONGEST_TABLE } from './arena.ts';
import type { Descriptor, DriverRing } from './driver-ring.ts';
import type { Random } from './random.ts';
import type { GoodRequest } from './requests.ts';

const LENGTHS = [
  ...[0, 1, 2, 8, 16, 24, 511, 512, 4096],
  ...[LONGEST_TABLE, 0x7fff_ffff, 0xffff_ffff],
] as const;
const GOOD_LENGTHS = [1, 4, 8, 16, 24, 64, 512, 513, 1024, 4096] as const;

/** What a hostile driver does to its rings. Most of it is nearly right, so that devices look at it. */
export class RingDeeds {
  readonly #random: Random;
  readonly #addresses: Addresses;
  readonly #ram: DataView;
  readonly #guarded: boolean;

  /** `guarded`: `addresses` are, and no descriptor may name another one. */
  constructor(random: Random, addresses: Addresses, ram: DataView, guarded: boolean) {
    this.#random = random;
    this.#addresses = addresses;
    this.#ram = ram;
    this.#guarded = guarded;
  }

  /** Makes one chain available, made of a good request where there is one. */
  offer(ring: DriverRing, template: GoodRequest | undefined): void {
    const random = this.#random;
    const readable = random.once(30) ? 0 : 1 + random.below(3);
    const writable = random.once(30) || template?.writable === 0 ? 0 : 1 + random.below(3);
    const long = random.once(200) ? random.below(300) : 0;
    const count = Math.max(1, readable + writable + long);
    if (random.once(3)) this.#offerTable(ring, count, readable, template);
    else this.#offerInRing(ring, count, readable, template);
  }

  #offerTable(
    ring: DriverRing,
    count: number,
    readable: number,
    template: GoodRequest | undefined,
  ): void {
    const random = this.#random;
    const table = this.#addresses.table();
    const chain = this.#chain(count, readable, template, 0, count, !ring.packed);
    for (const [i, descriptor] of chain.entries())
      ring.putInTable(table + SPLIT.descSize * i, descriptor);
    const address = this.#hostile(60) ? this.#addresses.wrongTable() : table;
    const length = this.#hostile(60) ? random.pick(LENGTHS) : SPLIT.descTable(count);
    ring.put(0, { address, length, flags: VIRTQ_DESC_F_INDIRECT, next: 0 });
    this.#give(ring, 1);
  }

  #offerInRing(
    ring: DriverRing,
    count: number,
    readable: number,
    template: GoodRequest | undefined,
  ): void {
    const chain = this.#chain(count, readable, template, ring.desc, ring.size, true);
    // Where RAM is guarded, no buffer is taken for a table.
    const allowed = this.#guarded ? ~VIRTQ_DESC_F_INDIRECT : ~0;
    for (const [i, descriptor] of chain.entries())
      ring.put(i, { ...descriptor, flags: descriptor.flags & allowed });
    this.#give(ring, count);
  }

  /** Whether the next thing is made wrong, once in `times`. */
  #hostile(times: number): boolean {
    return this.#random.once(times);
  }

  /**
   * Descriptors for `count` places from `first` on, of a ring or table of `size`: `readable` ones, then writable ones.
   * They are `linked`, or follow each other without a word.
   */
  #chain(
    count: number,
    readable: number,
    template: GoodRequest | undefined,
    first: number,
    size: number,
    linked: boolean,
  ): Descriptor[] {
    const random = this.#random;
    const chain: Descriptor[] = [];
    let at = 0;
    for (let i = 0; i < count; i++) {
      const writes = i >= readable;
      let address = this.#addresses.buffer();
      let length = random.once(2) ? 1 + random.below(600) : random.pick(GOOD_LENGTHS);
      if (template && !writes) {
        const rest = template.readable.length - at;
        length = i === readable - 1 ? Math.max(1, rest) : Math.max(1, Math.min(rest, 16));
        this.#fill(address, template.readable.slice(at, at + length), length);
        at += length;
      } else if (template && i === count - 1 && random.once(2))
        length = Math.max(1, template.writable);
      if (this.#hostile(100)) address = this.#addresses.wrongBuffer();
      if (this.#hostile(100)) length = random.pick(LENGTHS);
      let flags = writes ? VIRTQ_DESC_F_WRITE : 0;
      if (linked && i + 1 < count) flags |= VIRTQ_DESC_F_NEXT;
      if (this.#hostile(120)) flags ^= 1 << random.below(16);
      const next = this.#hostile(120) ? random.word() & 0xffff : (first + i + 1) % size;
      chain.push({ address, length, flags, next });
    }
    return chain;
  }

  /** Writes a part of a request; some of its bytes are wrong, and it may be shorter than `length`. */
  #fill(address: number, bytes: readonly number[], length: number): void {
    const random = this.#random;
    for (let i = 0; i < length; i++)
      this.#ram.setUint8(address + i, random.once(24) ? random.word() & 0xff : (bytes[i] ?? 0));
  }

  /** Leaves the next `count` descriptors of a ring to the device. */
  #give(ring: DriverRing, count: number): void {
    const random = this.#random;
    const first = ring.desc;
    ring.advance(count);
    if (ring.packed) return;
    const head = this.#hostile(200) ? random.word() & 0xffff : first;
    const far = random.once(20) ? 0x1_0000 : 64;
    ring.announce(head, this.#hostile(1000) ? random.below(far) : 1);
  }

  /** Spoils what lies in a ring. */
  scribble(ring: DriverRing): void {
    const random = this.#random;
    const { desc, driver, device } = ring.areas;
    const ram = this.#ram;
    switch (random.below(5)) {
      case 0:
        ram.setUint16(driver + 2 * random.below(ring.size + 3), random.edge(), true);
        break;
      case 1:
        ram.setUint16(device + 2 * random.below(4 * ring.size + 3), random.edge(), true);
        break;
      case 2:
        ram.setUint32(desc + 16 * random.below(ring.size) + 8, random.pick(LENGTHS), true);
        break;
      case 3:
        if (ring.packed) {
          ram.setUint16(driver, random.word(), true);
          ram.setUint16(driver + 2, random.pick([0, 1, RING_EVENT_FLAGS_DESC, 3]), true);
        } else ram.setUint16(driver + SPLIT.usedEvent(ring.size), random.word(), true);
        break;
      default:
        if (!this.#guarded)
          ram.setUint32(desc + 4 * random.below(4 * ring.size), random.word(), true);
        else ram.setUint16(driver, random.below(2), true);
    }
  }
}
