import {
  PACKED,
  RING_EVENT_FLAGS_DESC,
  SPLIT,
  VIRTQ_DESC_F_AVAIL,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_USED,
} from '../../spec/virtio.ts';
import { type Access, poke, pokeNumber } from './access.ts';
import type { Fault } from './actions.ts';
import type { Areas } from './transports.ts';

/** A buffer of a chain; `flags` may say that the device writes it. */
export interface Piece {
  readonly address: number;
  readonly length: number;
  readonly flags: number;
}

/** The driver's side of one queue, as far as it must remember what it did. */
export interface RingModel {
  readonly areas: Areas;
  /** Makes a chain available, in a table at `table` or not, with a fault or none. */
  offer(
    pieces: readonly Piece[],
    table: number | undefined,
    fault: Fault | undefined,
  ): readonly Access[];
  /** Writes the flags by which the driver asks for interrupts or none. */
  setFlags(value: number): readonly Access[];
  /** Asks for an interrupt `ahead` places from where the driver is. */
  setEvent(ahead: number): readonly Access[];
  /** Looks at what the device writes. */
  watch(): readonly Access[];
}

/** Bytes of the device area that are looked at. */
const WATCHED = 0x80;
/** Bytes that a table is longer than its entries, where its length is no multiple of one. */
const ODD_BYTES = 8;

/** A split ring of `size` entries. */
export class SplitModel implements RingModel {
  readonly areas: Areas;
  readonly #size: number;
  #availIdx = 0;
  #next = 0;

  constructor(areas: Areas, size: number) {
    this.areas = areas;
    this.#size = size;
  }

  offer(
    pieces: readonly Piece[],
    table: number | undefined,
    fault: Fault | undefined,
  ): readonly Access[] {
    const { desc, driver } = this.areas;
    const size = this.#size;
    const first = this.#next;
    const place = (n: number) => (table === undefined ? (first + n) % size : n);
    const at = (n: number) => (table ?? desc) + SPLIT.descSize * place(n);
    const last = pieces.length - 1;
    const out = pieces.map((piece, i) => {
      const goesOn = i < last || fault === 'loop' || fault === 'nextOutOfRange';
      const nested = i === last && (fault === 'indirectNested' || fault === 'indirectLate');
      const flags =
        piece.flags | (goesOn ? VIRTQ_DESC_F_NEXT : 0) | (nested ? VIRTQ_DESC_F_INDIRECT : 0);
      const after = fault === 'nextOutOfRange' ? 0x7fff : place(1);
      return poke(at(i), descriptor(piece, flags, goesOn ? (i < last ? place(i + 1) : after) : 0));
    });
    if (table !== undefined) {
      const length =
        SPLIT.descSize * pieces.length + (fault === 'indirectBadLength' ? ODD_BYTES : 0);
      const whole = { address: table, length, flags: 0 };
      out.push(poke(desc + SPLIT.descSize * first, descriptor(whole, VIRTQ_DESC_F_INDIRECT, 0)));
    }
    this.#next = (first + (table === undefined ? pieces.length : 1)) % size;
    const entry = driver + SPLIT.availEntry(this.#availIdx % size);
    this.#availIdx = (this.#availIdx + (fault === 'indexJump' ? size + 1 : 1)) & 0xffff;
    return [
      ...out,
      pokeNumber(entry, 2, fault === 'headOutOfRange' ? size : first),
      pokeNumber(driver + SPLIT.availIdx, 2, this.#availIdx),
    ];
  }

  setFlags(value: number): readonly Access[] {
    return [pokeNumber(this.areas.driver + SPLIT.availFlags, 2, value)];
  }

  setEvent(ahead: number): readonly Access[] {
    const at = this.areas.driver + SPLIT.usedEvent(this.#size);
    return [pokeNumber(at, 2, (this.#availIdx + ahead) & 0xffff)];
  }

  watch(): readonly Access[] {
    return [{ op: 'peek', address: this.areas.device, length: WATCHED }];
  }
}

/** A packed ring of `size` descriptors. */
export class PackedModel implements RingModel {
  readonly areas: Areas;
  readonly #size: number;
  #place = 0;
  #wrap = true;
  #id = 0;

  constructor(areas: Areas, size: number) {
    this.areas = areas;
    this.#size = size;
  }

  offer(
    pieces: readonly Piece[],
    table: number | undefined,
    fault: Fault | undefined,
  ): readonly Access[] {
    const id = this.#id++ % this.#size;
    if (table !== undefined) {
      // Flags of a table's entries but WRITE mean nothing.
      const nested = fault === 'indirectNested' ? VIRTQ_DESC_F_INDIRECT : 0;
      const entries = pieces.map((piece, i) =>
        poke(table + PACKED.descSize * i, packed(piece, 0, piece.flags | nested)),
      );
      const length = PACKED.descSize * pieces.length;
      return [
        ...entries,
        ...this.#put([{ address: table, length, flags: VIRTQ_DESC_F_INDIRECT }], id),
      ];
    }
    return this.#put(pieces, id);
  }

  /** Writes descriptors, the first of them last. */
  #put(pieces: readonly Piece[], id: number): readonly Access[] {
    const out = pieces.map((piece, i) => {
      const marks = this.#wrap ? VIRTQ_DESC_F_AVAIL : VIRTQ_DESC_F_USED;
      const next = i + 1 < pieces.length ? VIRTQ_DESC_F_NEXT : 0;
      const at = this.areas.desc + PACKED.descSize * this.#place;
      this.#place++;
      if (this.#place === this.#size) {
        this.#place = 0;
        this.#wrap = !this.#wrap;
      }
      return poke(at, packed(piece, id, piece.flags | next | marks));
    });
    return out.reverse();
  }

  setFlags(value: number): readonly Access[] {
    return [pokeNumber(this.areas.driver + PACKED.eventFlags, 2, value & 1)];
  }

  setEvent(ahead: number): readonly Access[] {
    const place = this.#place + ahead;
    const within = ((place % this.#size) + this.#size) % this.#size;
    const wrap = place >= 0 && place < this.#size ? this.#wrap : !this.#wrap;
    return [
      pokeNumber(this.areas.driver, 2, within + (wrap ? 0x8000 : 0)),
      pokeNumber(this.areas.driver + PACKED.eventFlags, 2, RING_EVENT_FLAGS_DESC),
    ];
  }

  watch(): readonly Access[] {
    return [
      { op: 'peek', address: this.areas.desc, length: PACKED.descRing(this.#size) },
      { op: 'peek', address: this.areas.device, length: WATCHED },
    ];
  }
}

function descriptor({ address, length }: Piece, flags: number, next: number): Uint8Array {
  return words(address, length, flags, next);
}

function packed({ address, length }: Piece, id: number, flags: number): Uint8Array {
  return words(address, length, id, flags);
}

function words(address: number, length: number, a: number, b: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(address), true);
  view.setUint32(8, length, true);
  view.setUint16(12, a, true);
  view.setUint16(14, b, true);
  return bytes;
}
