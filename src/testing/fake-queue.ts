import type { SplitAreas } from '../guest/virtqueue/queue.ts';
import type { GuestRam } from '../memory/guest-ram.ts';

/** A chain as the fake device found it in guest memory. */
export interface FoundChain {
  /** Its first descriptor, or its buffer ID. */
  readonly head: number;
  /** Bytes of the readable pieces, joined. */
  readonly readable: Uint8Array;
  /** Address and length of the writable pieces. */
  readonly writable: readonly { readonly addr: number; readonly length: number }[];
  /** Places of its descriptors in the ring or table of the queue. */
  readonly descriptors: readonly number[];
}

/** One descriptor, as its 16 bytes say. */
interface Raw {
  readonly addr: number;
  readonly length: number;
  /** The two halves of the last word. */
  readonly lo: number;
  readonly hi: number;
}

/** The device's end of one queue, written for plainness: every access is a DataView call. */
export abstract class FakeQueue {
  readonly size: number;
  readonly areas: SplitAreas;
  /** Whether VIRTIO_F_EVENT_IDX was negotiated. */
  readonly eventIdx: boolean;
  readonly #ram: GuestRam;
  readonly #view: DataView;

  constructor(ram: GuestRam, size: number, areas: SplitAreas, eventIdx: boolean) {
    this.#ram = ram;
    this.#view = new DataView(ram.buffer);
    this.size = size;
    this.areas = areas;
    this.eventIdx = eventIdx;
  }

  /** The next available chain, if any. */
  abstract take(): FoundChain | undefined;
  /** Returns chains of which only the last is named (VIRTIO 1.4 §2.7.9); its length is `length`. */
  abstract pushBatch(heads: readonly number[], length: number): void;
  /** Asks to be notified of everything, or of nothing. */
  abstract wantNotifications(wanted: boolean): void;
  /** With event index: asks to be notified of the next chain only. */
  abstract wantNext(): void;
  /** Whether what was pushed since the last call is worth an interrupt to the driver. */
  abstract wantsInterrupt(): boolean;

  /** Publishes one used entry, right or wrong. */
  push(head: number, length: number): void {
    this.pushBatch([head], length);
  }

  /** Writes `bytes` into the writable pieces of a chain, and returns the chain. */
  answer(chain: FoundChain, bytes: Uint8Array): void {
    let from = 0;
    for (const { addr, length } of chain.writable) {
      const part = bytes.subarray(from, from + length);
      this.#ram.u8.set(part, this.#at(addr));
      from += part.length;
    }
    this.push(chain.head, bytes.length);
  }

  protected read16(addr: number): number {
    return this.#view.getUint16(this.#at(addr), true);
  }

  protected write16(addr: number, value: number): void {
    this.#view.setUint16(this.#at(addr), value, true);
  }

  protected write32(addr: number, value: number): void {
    this.#view.setUint32(this.#at(addr), value, true);
  }

  /** The descriptor at `addr`. */
  protected raw(addr: number): Raw {
    const at = this.#at(addr);
    return {
      addr: Number(this.#view.getBigUint64(at, true)),
      length: this.#view.getUint32(at + 8, true),
      lo: this.#view.getUint16(at + 12, true),
      hi: this.#view.getUint16(at + 14, true),
    };
  }

  /** Joins pieces to a chain. */
  protected found(
    head: number,
    descriptors: readonly number[],
    pieces: readonly { addr: number; length: number; flags: number }[],
  ): FoundChain {
    const readable: number[] = [];
    const writable: { addr: number; length: number }[] = [];
    for (const { addr, length, flags } of pieces) {
      if (flags & 2) writable.push({ addr, length });
      else readable.push(...this.#ram.u8.subarray(this.#at(addr), this.#at(addr) + length));
    }
    return { head, readable: Uint8Array.from(readable), writable, descriptors };
  }

  #at(addr: number): number {
    return addr - this.#ram.base;
  }
}

/** The device's end of a split queue. */
export class FakeSplitQueue extends FakeQueue {
  /** Next available entry to look at, and next used index to publish; free-running. */
  lastAvail: number;
  usedIdx: number;
  /** Used index when the driver was last interrupted. */
  #signalled: number;

  /** `firstIdx`: where both indices start, which it writes to both rings. */
  constructor(ram: GuestRam, size: number, areas: SplitAreas, firstIdx = 0, eventIdx = false) {
    super(ram, size, areas, eventIdx);
    this.lastAvail = firstIdx;
    this.usedIdx = firstIdx;
    this.#signalled = firstIdx;
    this.write16(areas.avail + 2, firstIdx);
    this.publish(firstIdx);
  }

  /** Index that the driver has published. */
  get availIdx(): number {
    return this.read16(this.areas.avail + 2);
  }

  /** Flags that the driver has set. */
  get availFlags(): number {
    return this.read16(this.areas.avail);
  }

  /** Used index at which the driver wants an interrupt. */
  get usedEvent(): number {
    return this.read16(this.areas.avail + 4 + 2 * this.size);
  }

  /** Sets the flags that the driver reads. */
  set usedFlags(flags: number) {
    this.write16(this.areas.used, flags);
  }

  /** Sets the available index at which the device wants a notification. */
  set availEvent(index: number) {
    this.write16(this.areas.used + 4 + 8 * this.size, index);
  }

  override wantNotifications(wanted: boolean): void {
    if (this.eventIdx) this.availEvent = (this.lastAvail + (wanted ? 0 : 65535)) % 65536;
    else this.usedFlags = wanted ? 0 : 1;
  }

  override wantNext(): void {
    this.availEvent = this.lastAvail;
  }

  override wantsInterrupt(): boolean {
    const before = this.#signalled;
    this.#signalled = this.usedIdx;
    if (!this.eventIdx) return !(this.availFlags & 1);
    for (let idx = before; idx !== this.usedIdx; idx = (idx + 1) % 65536)
      if (idx === this.usedEvent) return true;
    return false;
  }

  override take(): FoundChain | undefined {
    if (this.lastAvail === this.availIdx) return undefined;
    const slot = this.lastAvail % this.size;
    this.lastAvail = (this.lastAvail + 1) % 65536;
    return this.chainAt(this.read16(this.areas.avail + 4 + 2 * slot));
  }

  /** The chain that begins at descriptor `head`. */
  chainAt(head: number): FoundChain {
    const descriptors: number[] = [];
    const pieces: { addr: number; length: number; flags: number }[] = [];
    for (let index = head, table = this.areas.desc, inTable = false; ; ) {
      const { addr, length, lo: flags, hi: next } = this.raw(table + 16 * index);
      if (!inTable) descriptors.push(index);
      if (flags & 4) {
        [index, table, inTable] = [0, addr, true];
        continue;
      }
      pieces.push({ addr, length, flags });
      if (!(flags & 1)) return this.found(head, descriptors, pieces);
      index = next;
      if (pieces.length > this.size) throw new Error('the chain loops');
    }
  }

  override pushBatch(heads: readonly number[], length: number): void {
    const entry = this.areas.used + 4 + 8 * (this.usedIdx % this.size);
    this.write32(entry, heads.at(-1) ?? 0);
    this.write32(entry + 4, length);
    this.usedIdx = (this.usedIdx + heads.length) % 65536;
    this.publish(this.usedIdx);
  }

  /** Writes the used index that the driver reads, right or wrong. */
  publish(index: number): void {
    this.write16(this.areas.used + 2, index);
  }
}

/** A place in a packed ring, with the wrap counter of the lap. */
interface Place {
  readonly slot: number;
  readonly wrap: number;
}

/** The device's end of a packed queue. */
export class FakePackedQueue extends FakeQueue {
  /** Next descriptor to look at, and next one to write. */
  avail: Place;
  used: Place;
  /** Where the driver was last interrupted. */
  #signalled: Place;
  /** Descriptors of each chain that was taken, by buffer ID. */
  readonly #counts = new Map<number, number>();

  /** `start`: where both sides start, with the wrap counter in bit 15. */
  constructor(ram: GuestRam, size: number, areas: SplitAreas, start = 0x8000, eventIdx = false) {
    super(ram, size, areas, eventIdx);
    this.avail = this.used = this.#signalled = { slot: start % 0x8000, wrap: start >> 15 };
    // As the laps before would have left it: every descriptor is used.
    for (let slot = 0; slot < size; slot++) {
      const wrap = slot < this.avail.slot ? this.avail.wrap : 1 - this.avail.wrap;
      this.write16(areas.desc + 16 * slot + 14, wrap ? 0x8080 : 0);
    }
  }

  /** What the driver's event suppression structure says. */
  get driverEvent(): { readonly off: number; readonly wrap: number; readonly flags: number } {
    const desc = this.read16(this.areas.avail);
    return { off: desc % 0x8000, wrap: desc >> 15, flags: this.read16(this.areas.avail + 2) };
  }

  /** Writes the device's event suppression structure. */
  event(flags: number, { slot, wrap }: Place = { slot: 0, wrap: 0 }): void {
    this.write16(this.areas.used, slot + 0x8000 * wrap);
    this.write16(this.areas.used + 2, flags);
  }

  override wantNotifications(wanted: boolean): void {
    this.event(wanted ? 0 : 1);
  }

  override wantNext(): void {
    this.event(2, this.avail);
  }

  override wantsInterrupt(): boolean {
    const before = this.#signalled;
    this.#signalled = this.used;
    const { off, wrap, flags } = this.driverEvent;
    if (flags < 2) return flags === 0;
    for (let at = before; !same(at, this.used); at = this.#after(at, 1))
      if (same(at, { slot: off, wrap })) return true;
    return false;
  }

  override take(): FoundChain | undefined {
    const flags = this.read16(this.areas.desc + 16 * this.avail.slot + 14);
    const { wrap } = this.avail;
    if (((flags >> 7) & 1) !== wrap || flags >> 15 === wrap) return undefined;
    const chain = this.#chainAt(this.avail);
    this.avail = this.#after(this.avail, chain.descriptors.length);
    this.#counts.set(chain.head, chain.descriptors.length);
    return chain;
  }

  override pushBatch(heads: readonly number[], length: number): void {
    const { slot, wrap } = this.used;
    const at = this.areas.desc + 16 * slot;
    this.write32(at + 8, length);
    this.write16(at + 12, heads.at(-1) ?? 0);
    this.write16(at + 14, (length > 0 ? 2 : 0) | (wrap ? 0x8080 : 0));
    for (const head of heads) this.used = this.#after(this.used, this.#counts.get(head) ?? 1);
  }

  #chainAt(first: Place): FoundChain {
    const descriptors: number[] = [];
    const pieces: { addr: number; length: number; flags: number }[] = [];
    for (let at = first; ; at = this.#after(at, 1)) {
      const { addr, length, lo: id, hi: flags } = this.raw(this.areas.desc + 16 * at.slot);
      descriptors.push(at.slot);
      if (((flags >> 7) & 1) !== at.wrap || flags >> 15 === at.wrap)
        throw new Error(`descriptor ${at.slot} of an available chain is not available`);
      if (flags & 4)
        for (let i = 0; i < length / 16; i++) {
          const entry = this.raw(addr + 16 * i);
          pieces.push({ addr: entry.addr, length: entry.length, flags: entry.hi });
        }
      else pieces.push({ addr, length, flags });
      if (!(flags & 1)) return this.found(id, descriptors, pieces);
      if (descriptors.length === this.size) throw new Error('the chain is longer than the ring');
    }
  }

  #after({ slot, wrap }: Place, count: number): Place {
    const next = slot + count;
    return next < this.size ? { slot: next, wrap } : { slot: next - this.size, wrap: 1 - wrap };
  }
}

function same(a: Place, b: Place): boolean {
  return a.slot === b.slot && a.wrap === b.wrap;
}
