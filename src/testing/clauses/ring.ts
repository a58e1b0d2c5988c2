import type { GuestRam } from '../../memory/guest-ram.ts';
import {
  SPLIT,
  VIRTQ_AVAIL_F_NO_INTERRUPT,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
  VIRTQ_USED_F_NO_NOTIFY,
} from '../../spec/virtio.ts';
import type { Areas } from './port.ts';

/** A piece of guest memory that a request is made of. */
export interface Piece {
  readonly addr: number;
  readonly len: number;
  readonly writable?: boolean;
}

/** A buffer that the device has returned. */
export interface Returned {
  readonly id: number;
  readonly len: number;
}

/** The driver's end of a virtqueue, written for plainness: every step is one store or load. */
export interface Ring {
  readonly areas: Areas;
  readonly size: number;
  /** Makes a chain available without telling the device; returns its buffer id. `table`: where an indirect table may lie. */
  offer(pieces: readonly Piece[], table?: number, tableFlags?: number): number;
  /** What the device has returned since the last look. */
  returned(): Returned[];
  /** Asks for no used-buffer notification, or for all. Without event index. */
  suppress(suppressed: boolean): void;
  /** With event index: wants a notification once as many buffers as `count` more were returned. */
  wantAfter(count: number): void;
  /** Whether the device has asked to be notified of the chain that is offered next. */
  deviceWants(eventIdx: boolean): boolean;
}

/** Loads and stores of guest memory in one byte order. */
export class Bytes {
  readonly #view: DataView;
  readonly #ram: GuestRam;
  readonly #little: boolean;

  constructor(ram: GuestRam, bigEndian = false) {
    this.#ram = ram;
    this.#view = new DataView(ram.buffer);
    this.#little = !bigEndian;
  }

  get16(addr: number): number {
    return this.#view.getUint16(this.#at(addr, 2), this.#little);
  }

  get32(addr: number): number {
    return this.#view.getUint32(this.#at(addr, 4), this.#little);
  }

  set16(addr: number, value: number): void {
    this.#view.setUint16(this.#at(addr, 2), value, this.#little);
  }

  set32(addr: number, value: number): void {
    this.#view.setUint32(this.#at(addr, 4), value, this.#little);
  }

  set64(addr: number, value: number): void {
    this.#view.setBigUint64(this.#at(addr, 8), BigInt(value), this.#little);
  }

  bytes(addr: number, length: number): Uint8Array {
    const at = this.#at(addr, length);
    return this.#ram.u8.slice(at, at + length);
  }

  put(addr: number, bytes: Uint8Array): void {
    this.#ram.u8.set(bytes, this.#at(addr, bytes.length));
  }

  #at(addr: number, length: number): number {
    const at = this.#ram.offsetOf(addr, length);
    if (at < 0) throw new Error(`0x${addr.toString(16)} is not RAM`);
    return at;
  }
}

function writeDescriptor(
  bytes: Bytes,
  at: number,
  { addr, len }: Piece,
  words: readonly [number, number],
): void {
  bytes.set64(at, addr);
  bytes.set32(at + 8, len);
  bytes.set16(at + 12, words[0]);
  bytes.set16(at + 14, words[1]);
}

/** A split virtqueue (VIRTIO 1.4 §2.7), laid out as legacy drivers must. */
export class SplitRing implements Ring {
  readonly areas: Areas;
  readonly size: number;
  readonly #bytes: Bytes;
  #next = 0;
  #avail = 0;
  #used = 0;

  constructor(ram: GuestRam, base: number, size: number, bigEndian = false) {
    this.size = size;
    this.#bytes = new Bytes(ram, bigEndian);
    const driver = base + SPLIT.descTable(size);
    const device = Math.ceil((driver + SPLIT.availRing(size)) / 4096) * 4096;
    this.areas = { desc: base, driver, device };
    this.#bytes.put(base, new Uint8Array(device + SPLIT.usedRing(size) - base));
  }

  offer(pieces: readonly Piece[], table?: number, tableFlags = VIRTQ_DESC_F_INDIRECT): number {
    const head = this.#next;
    const place = (index: number) =>
      table === undefined
        ? this.areas.desc + 16 * ((head + index) % this.size)
        : table + 16 * index;
    pieces.forEach((piece, i) => {
      const more = i + 1 < pieces.length;
      const flags = (piece.writable ? VIRTQ_DESC_F_WRITE : 0) | (more ? VIRTQ_DESC_F_NEXT : 0);
      const next = table === undefined ? (head + i + 1) % this.size : i + 1;
      writeDescriptor(this.#bytes, place(i), piece, [flags, more ? next : 0]);
    });
    if (table !== undefined) {
      const whole = { addr: table, len: 16 * pieces.length };
      writeDescriptor(this.#bytes, this.areas.desc + 16 * head, whole, [tableFlags, 0]);
    }
    this.#next = (head + (table === undefined ? pieces.length : 1)) % this.size;
    const slot = this.#avail % this.size;
    this.#bytes.set16(this.areas.driver + SPLIT.availEntry(slot), head);
    this.#avail = (this.#avail + 1) & 0xffff;
    this.#bytes.set16(this.areas.driver + SPLIT.availIdx, this.#avail);
    return head;
  }

  returned(): Returned[] {
    const found: Returned[] = [];
    const { device } = this.areas;
    for (; this.#used !== this.#bytes.get16(device + SPLIT.usedIdx); ) {
      const at = device + SPLIT.usedEntry(this.#used % this.size);
      found.push({ id: this.#bytes.get32(at), len: this.#bytes.get32(at + 4) });
      this.#used = (this.#used + 1) & 0xffff;
    }
    return found;
  }

  suppress(suppressed: boolean): void {
    this.#bytes.set16(this.areas.driver, suppressed ? VIRTQ_AVAIL_F_NO_INTERRUPT : 0);
  }

  wantAfter(count: number): void {
    const at = this.areas.driver + SPLIT.usedEvent(this.size);
    this.#bytes.set16(at, (this.#used + count - 1) & 0xffff);
  }

  deviceWants(eventIdx: boolean): boolean {
    const { device } = this.areas;
    if (!eventIdx) return (this.#bytes.get16(device) & VIRTQ_USED_F_NO_NOTIFY) === 0;
    return this.#bytes.get16(device + SPLIT.availEvent(this.size)) === this.#avail;
  }
}

const AVAIL = 1 << 7;
const USED = 1 << 15;
const EVENT = { enable: 0, disable: 1, desc: 2 } as const;

/** A packed virtqueue (VIRTIO 1.4 §2.8). */
export class PackedRing implements Ring {
  readonly areas: Areas;
  readonly size: number;
  readonly #bytes: Bytes;
  #avail = 0;
  #availWrap = 1;
  #used = 0;
  #usedWrap = 1;
  /** Descriptors of each chain under way, by its buffer id. */
  readonly #lengths = new Map<number, number>();

  constructor(ram: GuestRam, base: number, size: number) {
    this.size = size;
    this.#bytes = new Bytes(ram);
    const driver = base + 16 * size;
    this.areas = { desc: base, driver, device: driver + 4 };
    this.#bytes.put(base, new Uint8Array(16 * size + 8));
  }

  offer(pieces: readonly Piece[], table?: number, tableFlags = VIRTQ_DESC_F_INDIRECT): number {
    const id = this.#avail;
    let own = pieces;
    if (table !== undefined) {
      for (const [i, piece] of pieces.entries())
        writeDescriptor(this.#bytes, table + 16 * i, piece, [
          0,
          piece.writable ? VIRTQ_DESC_F_WRITE : 0,
        ]);
      own = [{ addr: table, len: 16 * pieces.length }];
    }
    const first = this.#avail;
    let headFlags = 0;
    own.forEach((piece, i) => {
      const more = i + 1 < own.length;
      const flags =
        (table === undefined ? 0 : tableFlags) |
        (piece.writable ? VIRTQ_DESC_F_WRITE : 0) |
        (more ? VIRTQ_DESC_F_NEXT : 0) |
        (this.#availWrap ? AVAIL : USED);
      const at = this.areas.desc + 16 * this.#avail;
      // The head's flags come last (VIRTIO 1.4 §2.8.21.1.1).
      if (i === 0) headFlags = flags;
      writeDescriptor(this.#bytes, at, piece, [id, i === 0 ? this.#flags(first) : flags]);
      if (++this.#avail === this.size) {
        this.#avail = 0;
        this.#availWrap ^= 1;
      }
    });
    this.#bytes.set16(this.areas.desc + 16 * first + 14, headFlags);
    this.#lengths.set(id, own.length);
    return id;
  }

  returned(): Returned[] {
    const found: Returned[] = [];
    for (;;) {
      const flags = this.#flags(this.#used);
      const wrap = this.#usedWrap ? AVAIL | USED : 0;
      if ((flags & (AVAIL | USED)) !== wrap) return found;
      const at = this.areas.desc + 16 * this.#used;
      const id = this.#bytes.get16(at + 12);
      const length = this.#lengths.get(id);
      if (length === undefined)
        throw new Error(`the device returned buffer ${id}, which it has not`);
      this.#lengths.delete(id);
      found.push({ id, len: this.#bytes.get32(at + 8) });
      this.#used += length;
      if (this.#used >= this.size) {
        this.#used -= this.size;
        this.#usedWrap ^= 1;
      }
    }
  }

  suppress(suppressed: boolean): void {
    this.#bytes.set16(this.areas.driver + 2, suppressed ? EVENT.disable : EVENT.enable);
  }

  wantAfter(count: number): void {
    let position = this.#used + count - 1;
    let wrap = this.#usedWrap;
    if (position >= this.size) {
      position -= this.size;
      wrap ^= 1;
    }
    this.#bytes.set16(this.areas.driver, position | (wrap << 15));
    this.#bytes.set16(this.areas.driver + 2, EVENT.desc);
  }

  deviceWants(): boolean {
    const flags = this.#bytes.get16(this.areas.device + 2);
    if (flags !== EVENT.desc) return flags === EVENT.enable;
    return this.#bytes.get16(this.areas.device) === (this.#avail | (this.#availWrap << 15));
  }

  #flags(index: number): number {
    return this.#bytes.get16(this.areas.desc + 16 * index + 14);
  }
}
