import { PCI_COMMAND, PCI_CONFIG } from '../../../spec/pci.ts';

/** Status bits that are cleared by writing ones (PCI 3.0 §6.2.3). */
const STATUS_W1C = 0xf900;
/** First byte behind the header. */
const HEADER_END = 0x40;

/** A function's configuration space: bytes, and which bits a guest may change. */
export class ConfigSpace {
  readonly bytes: Uint8Array;
  /** Bits that the guest may write. */
  readonly writable: Uint8Array;
  /** Bits that the guest clears by writing one. */
  readonly clearable: Uint8Array;
  /** Bytes that header and capabilities occupy. */
  readonly #used: Uint8Array;

  /** `size`: 256 on PCI, 4096 on PCI Express. */
  constructor(size = 256) {
    this.bytes = new Uint8Array(size);
    this.writable = new Uint8Array(size).fill(0xff, HEADER_END);
    this.clearable = new Uint8Array(size);
    this.#used = new Uint8Array(size).fill(1, 0, HEADER_END);
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

  /** Makes exactly the bits of `mask` writable in `size` bytes at `offset`. */
  allowWrites(offset: number, size: number, mask: number): void {
    for (let i = 0, rest = mask; i < size; i++, rest = Math.floor(rest / 256))
      this.writable[offset + i] = rest & 0xff;
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
   * Adds a capability of `length` bytes at the first free place (4-byte aligned), in front of the
   * list; its bytes become read-only. Returns its offset, or -1 where no room is left.
   */
  addCapability(id: number, length: number): number {
    const padded = (length + 3) & ~3;
    for (let at = HEADER_END; at + padded <= 256; at += 4) {
      if (this.#used.subarray(at, at + padded).some((used) => used === 1)) continue;
      this.#used.fill(1, at, at + padded);
      this.bytes.fill(0, at, at + length);
      this.writable.fill(0, at, at + length);
      this.bytes[at] = id;
      this.bytes[at + 1] = this.bytes[PCI_CONFIG.CapabilitiesPointer.offset] ?? 0;
      this.bytes[PCI_CONFIG.CapabilitiesPointer.offset] = at;
      this.bytes[PCI_CONFIG.Status.offset] = (this.bytes[PCI_CONFIG.Status.offset] ?? 0) | 0x10;
      return at;
    }
    return -1;
  }
}
