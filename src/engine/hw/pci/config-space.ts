import { PCI_COMMAND, PCI_CONFIG, PCI_STATUS } from '../../../spec/pci.ts';

/** Status bits that are cleared by writing ones (PCI 3.0 §6.2.3). */
const STATUS_W1C = 0xf900;
/** First byte behind the header. */
const HEADER_END = 0x40;
/** Bytes of a conventional function's configuration space, and where extended capabilities begin. */
export const CONFIG_BYTES = 256;
/** Bytes of an Express function's configuration space. */
export const EXPRESS_CONFIG_BYTES = 4096;

/** A function's configuration space: bytes, and which bits a guest may change. */
export class ConfigSpace {
  bytes: Uint8Array;
  /** Bits that the guest may write. */
  writable: Uint8Array;
  /** Bits that the guest clears by writing one. */
  clearable: Uint8Array;
  /** Bytes that header and capabilities occupy. */
  readonly #used: Uint8Array;
  /** Last extended capability, which the next one is chained to; 0 for none. */
  #lastExtended = 0;

  /** Starts with the 256 bytes that every function has. */
  constructor() {
    this.bytes = new Uint8Array(CONFIG_BYTES);
    this.writable = new Uint8Array(CONFIG_BYTES).fill(0xff, HEADER_END);
    this.clearable = new Uint8Array(CONFIG_BYTES);
    this.#used = new Uint8Array(CONFIG_BYTES).fill(1, 0, HEADER_END);
    this.allowWrites(
      PCI_CONFIG.Command.offset,
      2,
      PCI_COMMAND.IO |
        PCI_COMMAND.MEMORY |
        PCI_COMMAND.MASTER |
        PCI_COMMAND.SERR |
        PCI_COMMAND.INTX_DISABLE,
    );
    this.writable[PCI_CONFIG.CacheLineSize.offset] = 0xff;
    this.writable[PCI_CONFIG.InterruptLine.offset] = 0xff;
    this.clearable[PCI_CONFIG.Status.offset + 1] = STATUS_W1C >> 8;
  }

  /** 256, or 4096 once extended. */
  get size(): number {
    return this.bytes.length;
  }

  /** Makes room for the extended capabilities of an Express function. */
  extend(): void {
    if (this.size === EXPRESS_CONFIG_BYTES) return;
    const grown = (old: Uint8Array, rest: number) => {
      const bytes = new Uint8Array(EXPRESS_CONFIG_BYTES).fill(rest, CONFIG_BYTES);
      bytes.set(old);
      return bytes;
    };
    this.bytes = grown(this.bytes, 0);
    this.writable = grown(this.writable, 0xff);
    this.clearable = grown(this.clearable, 0);
    // A driver finds the end of an empty list here, so that no guest may write one.
    this.writable.fill(0, CONFIG_BYTES, CONFIG_BYTES + 4);
  }

  /** Unsigned little-endian value; bytes beyond the end read as ones. */
  get(offset: number, size: number): number {
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + (this.bytes[offset + i] ?? 0xff);
    return value;
  }

  /** Sets bytes as the device does, past all masks. */
  put(offset: number, size: number, value: number): void {
    for (let i = 0, rest = value; i < size; i++, rest = Math.floor(rest / 256))
      this.bytes[offset + i] = rest & 0xff;
  }

  /** Clears the bits of `clear` in the 16-bit register at `offset`, then sets those of `set`. */
  change16(offset: number, clear: number, set: number): void {
    this.put(offset, 2, (this.get(offset, 2) & ~clear) | set);
  }

  /** Makes exactly the bits of `mask` writable in `size` bytes at `offset`. */
  allowWrites(offset: number, size: number, mask: number): void {
    setMask(this.writable, offset, size, mask);
  }

  /** Makes exactly the bits of `mask` in `size` bytes at `offset` such that writing a one clears them. */
  clearByOnes(offset: number, size: number, mask: number): void {
    setMask(this.clearable, offset, size, mask);
  }

  /** A write by the guest, through the masks. */
  guestWrite(offset: number, size: number, value: number): void {
    for (
      let i = 0, rest = value;
      i < size && offset + i < this.bytes.length;
      i++, rest = Math.floor(rest / 256)
    ) {
      const mask = this.writable[offset + i] ?? 0;
      const old = this.bytes[offset + i] ?? 0;
      const merged = (old & ~mask) | (rest & 0xff & mask);
      this.bytes[offset + i] = merged & ~(rest & 0xff & (this.clearable[offset + i] ?? 0));
    }
  }

  /**
   * Adds a capability of `length` bytes in front of the list, at `place` or the first free place
   * (4-byte aligned); its bytes become read-only. Returns its offset, or -1 where no room is left.
   */
  addCapability(id: number, length: number, place?: number): number {
    const at = place ?? this.#freePlace((length + 3) & ~3);
    if (at < 0) return -1;
    this.#used.fill(1, at, at + ((length + 3) & ~3));
    this.bytes.fill(0, at, at + length);
    this.writable.fill(0, at, at + length);
    this.bytes[at] = id;
    this.bytes[at + 1] = this.bytes[PCI_CONFIG.CapabilitiesPointer.offset] ?? 0;
    this.bytes[PCI_CONFIG.CapabilitiesPointer.offset] = at;
    this.change16(PCI_CONFIG.Status.offset, 0, PCI_STATUS.CAP_LIST);
    return at;
  }

  /** Adds an extended capability of `length` bytes at `at` to the end of the list; its bytes become read-only. */
  addExtendedCapability(id: number, version: number, at: number, length: number): void {
    if (this.#lastExtended !== 0) this.change16(this.#lastExtended + 2, 0xfff0, (at << 4) & 0xfff0);
    this.#lastExtended = at;
    this.bytes.fill(0, at, at + length);
    this.writable.fill(0, at, at + length);
    this.put(at, 4, id | (version << 16));
  }

  /** First place in which `length` bytes are free, or -1. */
  #freePlace(length: number): number {
    for (let at = HEADER_END; at + length <= CONFIG_BYTES; at += 4)
      if (!this.#used.subarray(at, at + length).includes(1)) return at;
    return -1;
  }
}

function setMask(bytes: Uint8Array, offset: number, size: number, mask: number): void {
  for (let i = 0, rest = mask; i < size; i++, rest = Math.floor(rest / 256))
    bytes[offset + i] = rest & 0xff;
}
