import { join64 } from '../../../base/bits.ts';
import { MemoryRegion } from '../../../memory/memory-region.ts';
import { PCI_CAP } from '../../../spec/pci.ts';
import { REGION_INDEX } from '../../../spec/regions.ts';
import { addRegion } from '../../qdev/regions.ts';
import type { QObject } from '../../qom/object.ts';
import type { State } from '../../qom/state.ts';
import type { ConfigSpace } from './config-space.ts';

const ENTRY = 16;
/** Byte of an entry that holds the mask bit. */
const CONTROL = 12;
const VECTOR_MASKED = 1;
/** Bytes of an access to table or pending bits; a smaller one reaches nothing, as in QEMU. */
const WORD = 4;
const CONTROL_ENABLE = 0x8000;
const CONTROL_MASK_ALL = 0x4000;
/** Least offset of the pending bits in the BAR, and least size of the BAR: QEMU's layout. */
const LEAST_PBA_OFFSET = 0x800;
const LEAST_BAR = 0x1000;

/** Where table and pending bits of `vectors` vectors lie in a BAR of their own, in bytes. */
export function msixLayout(vectors: number): { pending: number; bar: number } {
  const pending = Math.max(LEAST_PBA_OFFSET, vectors * ENTRY);
  const used = pending + Math.ceil(vectors / 64) * 8;
  const bar = Math.max(LEAST_BAR, 2 ** Math.ceil(Math.log2(used)));
  return { pending, bar };
}

/** MSI-X of one function: table, pending bits, and the messages that they let through (PCI 3.0 §6.8.2). */
export class Msix {
  readonly vectors: number;
  readonly #config: ConfigSpace;
  readonly #cap: number;
  /** Vector table, written by the guest; every vector starts masked. */
  readonly #table: Uint8Array;
  readonly #pending: Uint8Array;
  /** How many sources of the device use each vector: what nobody uses is never sent. */
  readonly #users: Uint16Array;
  /** Whether all vectors were held back when configuration was last written. */
  #heldBack = true;
  readonly #deliver: (address: number, data: number) => void;

  /** Adds the capability; `bar` holds table and pending bits. */
  constructor(
    config: ConfigSpace,
    vectors: number,
    bar: number,
    deliver: (address: number, data: number) => void,
  ) {
    this.#config = config;
    this.vectors = vectors;
    this.#deliver = deliver;
    this.#table = new Uint8Array(vectors * ENTRY);
    this.#pending = new Uint8Array(Math.ceil(vectors / 64) * 8);
    this.#users = new Uint16Array(vectors);
    this.#cap = config.addCapability(PCI_CAP.MSIX, 12);
    config.put(this.#cap + 2, 2, vectors - 1);
    config.put(this.#cap + 4, 4, bar);
    config.put(this.#cap + 8, 4, msixLayout(vectors).pending | bar);
    config.allowWrites(this.#cap + 3, 1, (CONTROL_ENABLE | CONTROL_MASK_ALL) >> 8);
    this.reset();
  }

  get enabled(): boolean {
    return (this.#control & CONTROL_ENABLE) !== 0;
  }

  get #control(): number {
    return this.#config.get(this.#cap + 2, 2);
  }

  reset(): void {
    this.#config.put(this.#cap + 2, 2, this.vectors - 1);
    this.#heldBack = true;
    this.#table.fill(0);
    this.#pending.fill(0);
    for (let vector = 0; vector < this.vectors; vector++)
      this.#table[vector * ENTRY + CONTROL] = VECTOR_MASKED;
  }

  saveState(): State {
    return {
      table: this.#table,
      pending: this.#pending,
      users: this.#users,
      heldBack: this.#heldBack,
    };
  }

  loadState(state: State): void {
    this.#table.set(state.table as Uint8Array);
    this.#pending.set(state.pending as Uint8Array);
    this.#users.set(state.users as Uint16Array);
    this.#heldBack = state.heldBack as boolean;
  }

  /** A source of the device is given `vector`. */
  use(vector: number): void {
    if (vector < this.vectors) this.#users[vector] = (this.#users[vector] ?? 0) + 1;
  }

  /** A source of the device had `vector`. What waits is lost when the last one leaves. */
  unuse(vector: number): void {
    const users = this.#users[vector];
    if (!users) return;
    this.#users[vector] = users - 1;
    if (users === 1) this.#setPending(vector, false);
  }

  /** No source of the device has a vector. */
  unuseAll(): void {
    this.#users.fill(0);
    this.#pending.fill(0);
  }

  /** Whether a vector's message is held back. */
  masked(vector: number): boolean {
    return this.#allMasked || this.#maskedAlone(vector);
  }

  get #allMasked(): boolean {
    return (this.#control & (CONTROL_ENABLE | CONTROL_MASK_ALL)) !== CONTROL_ENABLE;
  }

  #maskedAlone(vector: number): boolean {
    return ((this.#table[vector * ENTRY + CONTROL] ?? 0) & VECTOR_MASKED) !== 0;
  }

  /** Sends a vector's message, or notes it as pending while masked. Returns whether it was sent. */
  notify(vector: number): boolean {
    if (!this.#users[vector]) return false;
    if (this.masked(vector)) {
      this.#setPending(vector, true);
      return false;
    }
    this.#send(vector);
    return true;
  }

  /**
   * To be called after a configuration write of `size` bytes at `offset`: unmasking lets pending
   * messages go. Returns whether the function signals by messages now, and its pin has to fall.
   */
  configWritten(offset: number, size: number): boolean {
    const control = this.#cap + 3;
    if (offset > control || offset + size <= control) return false;
    const held = this.#heldBack;
    this.#heldBack = this.#allMasked;
    if (!this.enabled) return false;
    if (held && !this.#heldBack)
      for (let vector = 0; vector < this.vectors; vector++) this.#release(vector);
    return true;
  }

  /** A BAR for nothing but table and pending bits, in QEMU's layout; `dev` is the device's number in the journal. */
  exclusiveBar(owner: QObject, dev: number): MemoryRegion {
    const { pending, bar } = msixLayout(this.vectors);
    const region = addRegion(owner, MemoryRegion.container(`${owner.type.name}-msix`, bar));
    region.addSubregion(0, addRegion(owner, this.#tableRegion(dev)));
    region.addSubregion(pending, addRegion(owner, this.#pendingRegion(dev)));
    return region;
  }

  #tableRegion(dev: number): MemoryRegion {
    return MemoryRegion.io('msix-table', this.#table.length, {
      dev,
      region: REGION_INDEX['msix-table'],
      read: (offset, size) => (size === WORD ? value(this.#table, offset, size) : 0),
      write: (offset, size, written) => {
        if (size !== WORD) return;
        const vector = Math.floor(offset / ENTRY);
        const held = this.masked(vector);
        for (let i = 0; i < WORD; i++) this.#table[offset + i] = (written >>> (8 * i)) & 0xff;
        if (held) this.#release(vector);
      },
    });
  }

  #pendingRegion(dev: number): MemoryRegion {
    return MemoryRegion.io('msix-pba', this.#pending.length, {
      dev,
      region: REGION_INDEX['msix-pba'],
      read: (offset, size) => (size === WORD ? value(this.#pending, offset, size) : 0),
      write: () => {},
    });
  }

  #release(vector: number): void {
    if (this.masked(vector) || !this.#isPending(vector)) return;
    this.#setPending(vector, false);
    this.#send(vector);
  }

  #send(vector: number): void {
    const at = vector * ENTRY;
    const address = join64(value(this.#table, at, 4), value(this.#table, at + 4, 4));
    this.#deliver(address, value(this.#table, at + 8, 4));
  }

  #isPending(vector: number): boolean {
    return (((this.#pending[vector >> 3] ?? 0) >> (vector & 7)) & 1) === 1;
  }

  #setPending(vector: number, pending: boolean): void {
    const bit = 1 << (vector & 7);
    const old = this.#pending[vector >> 3] ?? 0;
    this.#pending[vector >> 3] = pending ? old | bit : old & ~bit;
  }
}

function value(bytes: Uint8Array, offset: number, size: number): number {
  let result = 0;
  for (let i = size - 1; i >= 0; i--) result = result * 256 + (bytes[offset + i] ?? 0);
  return result;
}
