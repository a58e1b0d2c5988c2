/** Bytes of a page of the image: what one write copies at most once per sealed image. */
const PAGE = 256;
/** Children of a table and of a directory. */
const FAN = 256;
/** Bytes under a table and under a directory. */
const TABLE = PAGE * FAN;
const DIRECTORY = TABLE * FAN;

/** Rough cost of a page in memory, with the objects around its bytes. */
export const PAGE_COST = PAGE + 224;

/** Who may change a node in place: a builder, until it seals. */
type Owner = object;

interface Page {
  readonly owner: Owner;
  readonly bytes: Uint8Array;
}

interface Table<Child> {
  readonly owner: Owner;
  readonly children: (Child | undefined)[];
}

type Directory = Table<Table<Page>>;
type Root = ReadonlyMap<number, Directory>;

/**
 * Guest memory rebuilt from the journal: an immutable sparse tree of 256-byte pages.
 * What nobody has written reads as zero, as guest RAM does at power-on.
 */
export class GuestImage {
  static readonly empty = new GuestImage(new Map());

  readonly #root: Root;

  private constructor(root: Root) {
    this.#root = root;
  }

  /**
   * A new image in which `bytes` lie at guest-physical `addr`. Pages that did not change are
   * shared.
   */
  with(addr: number, bytes: ArrayLike<number>): GuestImage {
    const builder = this.builder();
    builder.write(addr, bytes);
    return builder.seal();
  }

  /** A builder that begins with this image. */
  builder(): ImageBuilder {
    return new ImageBuilder(this.#root, (root) => new GuestImage(root));
  }

  /** The byte at guest-physical `addr`. */
  u8(addr: number): number {
    return pageOf(this.#root, addr)?.bytes[addr % PAGE] ?? 0;
  }

  /** The little-endian 16-bit value at `addr`, aligned or not. */
  u16(addr: number): number {
    const at = addr % PAGE;
    if (at === PAGE - 1) return this.u8(addr) | (this.u8(addr + 1) << 8);
    const bytes = pageOf(this.#root, addr)?.bytes;
    return bytes ? (bytes[at] as number) | ((bytes[at + 1] as number) << 8) : 0;
  }

  /** The little-endian 32-bit value at `addr`, aligned or not; unsigned. */
  u32(addr: number): number {
    return (this.u16(addr) | (this.u16(addr + 2) << 16)) >>> 0;
  }

  /** A copy of `length` bytes. */
  bytes(addr: number, length: number): Uint8Array {
    const copy = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const at = (addr + done) % PAGE;
      const count = Math.min(PAGE - at, length - done);
      const page = pageOf(this.#root, addr + done);
      if (page) copy.set(page.bytes.subarray(at, at + count), done);
      done += count;
    }
    return copy;
  }

  /** Pages that were written, each with its address, in ascending order. Their bytes are not to be written. */
  *pages(): Generator<readonly [addr: number, bytes: Uint8Array]> {
    for (const number of [...this.#root.keys()].sort((a, b) => a - b)) {
      const tables = this.#root.get(number)?.children ?? [];
      for (const [t, table] of tables.entries())
        for (const [p, page] of (table?.children ?? []).entries())
          if (page) yield [number * DIRECTORY + t * TABLE + p * PAGE, page.bytes];
    }
  }

  /** How many pages of this image are not pages of `other`. Fast where the two share most. */
  pagesNotIn(other: GuestImage): number {
    if (this.#root === other.#root) return 0;
    let count = 0;
    for (const [number, directory] of this.#root) {
      const theirs = other.#root.get(number);
      if (directory === theirs) continue;
      directory.children.forEach((table, i) => {
        const old = theirs?.children[i];
        if (!table || table === old) return;
        table.children.forEach((page, k) => {
          if (page && page !== old?.children[k]) count++;
        });
      });
    }
    return count;
  }
}

/**
 * Changes an image in place, and makes immutable ones of it that share all pages between two seals.
 */
export class ImageBuilder {
  #root: Root;
  #map: Map<number, Directory> | undefined;
  #owner: Owner = {};
  #sealed: GuestImage | undefined;
  readonly #make: (root: Root) => GuestImage;
  /** The page last written, and its number; -1 while none is owned. */
  #pageNumber = -1;
  /** The table last written, and its number; -1 while none is owned. */
  #tableNumber = -1;
  #lastTable: Table<Page> | undefined;
  #pageBytes: Uint8Array = NO_BYTES;

  /** Not for use outside this module: see `GuestImage.builder`. */
  constructor(root: Root, make: (root: Root) => GuestImage) {
    this.#root = root;
    this.#make = make;
  }

  /** The image as it is now; writes that follow do not change it. */
  seal(): GuestImage {
    if (this.#sealed) return this.#sealed;
    this.#sealed = this.#make(this.#root);
    this.#owner = {};
    this.#map = undefined;
    this.#pageNumber = -1;
    this.#tableNumber = -1;
    return this.#sealed;
  }

  /** Lays bytes at guest-physical `addr`. */
  write(addr: number, source: ArrayLike<number>): void {
    const bytes = source instanceof Uint8Array ? source : Uint8Array.from(source);
    for (let done = 0; done < bytes.length; ) {
      const at = (addr + done) % PAGE;
      const count = Math.min(PAGE - at, bytes.length - done);
      const whole = count === bytes.length ? bytes : bytes.subarray(done, done + count);
      this.#page(addr + done).set(whole, at);
      done += count;
    }
  }

  /**
   * Lays `size` bytes at guest-physical `addr` that start, little-endian, at word `at` of `words`.
   */
  writeWords(addr: number, words: Uint32Array, at: number, size: number): void {
    let page = this.#page(addr);
    for (let i = 0, to = addr % PAGE; i < size; i++, to++) {
      if (to === PAGE) {
        page = this.#page(addr + i);
        to = 0;
      }
      page[to] = ((words[at + (i >> 2)] as number) >>> ((i & 3) * 8)) & 0xff;
    }
  }

  /** The little-endian 16-bit value at `addr`, aligned or not. */
  u16(addr: number): number {
    const at = addr % PAGE;
    if (at === PAGE - 1) return this.#u8(addr) | (this.#u8(addr + 1) << 8);
    const page = this.#bytesAt(addr);
    return page ? (page[at] as number) | ((page[at + 1] as number) << 8) : 0;
  }

  /** The little-endian 32-bit value at `addr`, aligned or not; unsigned. */
  u32(addr: number): number {
    return (this.u16(addr) | (this.u16(addr + 2) << 16)) >>> 0;
  }

  #u8(addr: number): number {
    return this.#bytesAt(addr)?.[addr % PAGE] ?? 0;
  }

  #bytesAt(addr: number): Uint8Array | undefined {
    if (Math.floor(addr / PAGE) === this.#pageNumber) return this.#pageBytes;
    if (Math.floor(addr / TABLE) === this.#tableNumber)
      return this.#lastTable?.children[Math.floor(addr / PAGE) % FAN]?.bytes;
    return pageOf(this.#root, addr)?.bytes;
  }

  /** Bytes of the page around `addr`, to be written. */
  #page(addr: number): Uint8Array {
    const number = Math.floor(addr / PAGE);
    if (number === this.#pageNumber) return this.#pageBytes;
    const table = this.#table(addr);
    const index = number % FAN;
    let page = table.children[index];
    if (page?.owner !== this.#owner) {
      page = { owner: this.#owner, bytes: page ? page.bytes.slice() : new Uint8Array(PAGE) };
      table.children[index] = page;
    }
    this.#pageNumber = number;
    this.#pageBytes = page.bytes;
    return page.bytes;
  }

  #table(addr: number): Table<Page> {
    const count = Math.floor(addr / TABLE);
    if (this.#lastTable && count === this.#tableNumber) return this.#lastTable;
    this.#sealed = undefined;
    if (!this.#map) {
      this.#map = new Map(this.#root);
      this.#root = this.#map;
    }
    const number = Math.floor(addr / DIRECTORY);
    let directory = this.#map.get(number);
    if (directory?.owner !== this.#owner) {
      directory = copyOf(directory, this.#owner);
      this.#map.set(number, directory);
    }
    const index = count % FAN;
    let table = directory.children[index];
    if (table?.owner !== this.#owner) {
      table = copyOf(table, this.#owner);
      directory.children[index] = table;
    }
    this.#tableNumber = count;
    this.#lastTable = table;
    return table;
  }
}

const NO_BYTES = new Uint8Array();

function copyOf<Child>(table: Table<Child> | undefined, owner: Owner): Table<Child> {
  const children = table
    ? table.children.slice()
    : new Array<Child | undefined>(FAN).fill(undefined);
  return { owner, children };
}

function pageOf(root: Root, addr: number): Page | undefined {
  const directory = root.get(Math.floor(addr / DIRECTORY));
  const table = directory?.children[Math.floor(addr / TABLE) % FAN];
  return table?.children[Math.floor(addr / PAGE) % FAN];
}
