import { type RegisterMoment, registerKey } from './moment.ts';
import { SparseArray, type SparseBuilder } from './sparse-array.ts';

/** Registers of a region whose offsets agree in the upper 8 bits, by the lower 24. */
type Bank = SparseArray<RegisterMoment>;

const BANK_BITS = 24;
const bankOf = (region: number, offset: number): number =>
  (region << (32 - BANK_BITS)) | (offset >>> BANK_BITS);
const placeOf = (offset: number): number => offset & (2 ** BANK_BITS - 1);

const KEY = /^(\d{1,5}):(\d{1,10})$/;

/**
 * Registers by `registerKey`, in the order of region and offset. Immutable; versions share what they
 * have in common.
 */
export class RegisterMap implements ReadonlyMap<string, RegisterMoment> {
  static readonly empty = new RegisterMap(SparseArray.empty(), 0);
  readonly #banks: SparseArray<Bank>;
  readonly size: number;

  /** Not for use outside this module. */
  constructor(banks: SparseArray<Bank>, size: number) {
    this.#banks = banks;
    this.size = size;
  }

  get(key: string): RegisterMoment | undefined {
    const match = KEY.exec(key);
    return match ? this.find(Number(match[1]), Number(match[2])) : undefined;
  }

  /** The register at `offset` of `region`. */
  find(region: number, offset: number): RegisterMoment | undefined {
    return this.#banks.get(bankOf(region, offset))?.get(placeOf(offset));
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  forEach(
    act: (value: RegisterMoment, key: string, map: ReadonlyMap<string, RegisterMoment>) => void,
  ): void {
    for (const [key, value] of this) act(value, key, this);
  }

  *values(): MapIterator<RegisterMoment> {
    for (const bank of this.#banks) yield* bank;
  }

  *keys(): MapIterator<string> {
    for (const { region, offset } of this.values()) yield registerKey(region, offset);
  }

  *entries(): MapIterator<[string, RegisterMoment]> {
    for (const register of this.values())
      yield [registerKey(register.region, register.offset), register];
  }

  [Symbol.iterator](): MapIterator<[string, RegisterMoment]> {
    return this.entries();
  }

  /** A builder that begins with these registers. */
  builder(): RegisterMapBuilder {
    return new RegisterMapBuilder(this.#banks, this.size);
  }

  /** How many nodes in memory are not those of `other`. */
  nodesNotIn(other: RegisterMap): number {
    if (this.#banks === other.#banks) return 0;
    let count = this.#banks.nodesNotIn(other.#banks);
    for (const bank of this.#banks) {
      const [first] = bank;
      const theirs = first && other.#banks.get(bankOf(first.region, first.offset));
      if (bank !== theirs) count += bank.nodesNotIn(theirs ?? SparseArray.empty());
    }
    return count;
  }
}

/** Changes a map of registers in place, and makes an immutable one of it. */
export class RegisterMapBuilder {
  readonly #from: SparseArray<Bank>;
  /** Banks that were changed. */
  readonly #own = new Map<number, SparseBuilder<RegisterMoment>>();
  #size: number;

  /** Not for use outside this module: see `RegisterMap.builder`. */
  constructor(banks: SparseArray<Bank>, size: number) {
    this.#from = banks;
    this.#size = size;
  }

  find(region: number, offset: number): RegisterMoment | undefined {
    const bank = bankOf(region, offset);
    return (this.#own.get(bank) ?? this.#from.get(bank))?.get(placeOf(offset));
  }

  set(register: RegisterMoment): void {
    const { region, offset } = register;
    const bank = this.#bank(bankOf(region, offset));
    const before = bank.size;
    bank.set(placeOf(offset), register);
    this.#size += bank.size - before;
  }

  /** Forgets the registers of the regions of which `which` holds. */
  forget(which: (region: number) => boolean): void {
    for (const { region, offset } of [...this.#registers()]) {
      if (!which(region)) continue;
      this.#bank(bankOf(region, offset)).delete(placeOf(offset));
      this.#size--;
    }
  }

  /** The registers as they are now. The builder must not be used afterwards. */
  seal(): RegisterMap {
    const banks = this.#from.builder();
    for (const [key, bank] of this.#own)
      if (bank.size > 0) banks.set(key, bank.seal());
      else banks.delete(key);
    return new RegisterMap(banks.seal(), this.#size);
  }

  *#registers(): Generator<RegisterMoment> {
    for (const bank of this.#own.values()) yield* bank.toArray();
    for (const bank of this.#from) {
      const [first] = bank;
      if (first && !this.#own.has(bankOf(first.region, first.offset))) yield* bank;
    }
  }

  #bank(key: number): SparseBuilder<RegisterMoment> {
    const known = this.#own.get(key);
    if (known) return known;
    const bank = (this.#from.get(key) ?? SparseArray.empty<RegisterMoment>()).builder();
    this.#own.set(key, bank);
    return bank;
  }
}
