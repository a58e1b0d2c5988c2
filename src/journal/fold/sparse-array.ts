/** Children of a node: 2^BITS. */
const BITS = 5;
const FAN = 1 << BITS;
const MASK = FAN - 1;

/** Indices are below this. */
export const SPARSE_LIMIT = 2 ** 30;

/** Elements of a node of the lowest level at most. */
export const NODE_ELEMENTS = FAN;
/** Rough cost of a node in memory, in bytes. */
export const NODE_COST = 8 * FAN + 72;

/** Who may change a node in place: a builder, until it seals. */
type Owner = object;

/** Children are nodes, or the elements themselves at the lowest level. */
interface Node {
  readonly owner: Owner;
  readonly children: unknown[];
  /** Children that are there. */
  count: number;
}

/**
 * An array with holes, immutable: a tree whose nodes two versions share where they hold the same.
 * Indices are integers from 0 to before `SPARSE_LIMIT`; an element is anything but undefined.
 */
export class SparseArray<T> implements Iterable<T> {
  readonly #root: Node | undefined;
  /** Bits of an index that the root's children do not tell apart. */
  readonly #shift: number;
  /** Count of elements. */
  readonly size: number;

  private constructor(root: Node | undefined, shift: number, size: number) {
    this.#root = root;
    this.#shift = shift;
    this.size = size;
  }

  static empty<T>(): SparseArray<T> {
    return EMPTY as SparseArray<T>;
  }

  /** Not for use outside this module. */
  static made<T>(root: Node | undefined, shift: number, size: number): SparseArray<T> {
    return new SparseArray<T>(root, shift, size);
  }

  get(index: number): T | undefined {
    return find(this.#root, this.#shift, index) as T | undefined;
  }

  /** The elements in the order of their indices. */
  toArray(): T[] {
    return listed<T>(this.#root, this.#shift);
  }

  [Symbol.iterator](): ArrayIterator<T> {
    return this.toArray().values();
  }

  /** Calls `act` with each element and its index, in order. */
  forEach(act: (element: T, index: number) => void): void {
    if (this.#root) visit(this.#root, this.#shift, 0, act as (element: unknown, i: number) => void);
  }

  /** A builder that begins with these elements. */
  builder(): SparseBuilder<T> {
    return new SparseBuilder<T>(this.#root, this.#shift, this.size);
  }

  /** How many nodes of this array are not nodes of `other`. Fast where the two share most. */
  nodesNotIn(other: SparseArray<T>): number {
    return this.#shift === other.#shift
      ? different(this.#root, other.#root, this.#shift)
      : different(this.#root, undefined, this.#shift);
  }
}

/** Changes a sparse array in place, and makes immutable ones of it that share all nodes between two seals. */
export class SparseBuilder<T> {
  #root: Node | undefined;
  #shift: number;
  #size: number;
  #owner: Owner = {};
  #sealed: SparseArray<T> | undefined;
  /** Nodes from the root to an element that is deleted. */
  readonly #path: Node[] = [];

  /** Not for use outside this module: see `SparseArray.builder`. */
  constructor(root: Node | undefined, shift: number, size: number) {
    this.#root = root;
    this.#shift = shift;
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  get(index: number): T | undefined {
    return find(this.#root, this.#shift, index) as T | undefined;
  }

  /** The element with the lowest index. */
  get first(): T | undefined {
    let node = this.#root;
    for (let shift = this.#shift; node; shift -= BITS) {
      const child: unknown = node.children.find((known) => known !== undefined);
      if (shift === 0) return child as T;
      node = child as Node;
    }
    return undefined;
  }

  set(index: number, element: T): void {
    this.#sealed = undefined;
    while (this.#root && index >>> this.#shift >= FAN) {
      const root = this.#fresh();
      root.children[0] = this.#root;
      root.count = 1;
      this.#root = root;
      this.#shift += BITS;
    }
    if (!this.#root) for (this.#shift = 0; index >>> this.#shift >= FAN; ) this.#shift += BITS;
    let node = this.#own(this.#root);
    this.#root = node;
    for (let shift = this.#shift; shift > 0; shift -= BITS)
      node = this.#child(node, index >>> shift);
    const at = index & MASK;
    if (node.children[at] === undefined) {
      node.count++;
      this.#size++;
    }
    node.children[at] = element;
  }

  /** Deletes an element, if it is there. */
  delete(index: number): void {
    if (!this.#root || this.get(index) === undefined) return;
    this.#sealed = undefined;
    let node = this.#own(this.#root);
    this.#root = node;
    const path = this.#path;
    let depth = 0;
    for (let shift = this.#shift; shift > 0; shift -= BITS) {
      path[depth++] = node;
      node = this.#child(node, index >>> shift);
    }
    this.#size--;
    for (let shift = 0; ; shift += BITS) {
      node.children[(index >>> shift) & MASK] = undefined;
      if (--node.count > 0) return;
      if (depth === 0) break;
      node = path[--depth] as Node;
    }
    this.#root = undefined;
  }

  /** The elements in the order of their indices. */
  toArray(): T[] {
    return listed<T>(this.#root, this.#shift);
  }

  /** The array as it is now; changes that follow do not change it. */
  seal(): SparseArray<T> {
    if (this.#sealed) return this.#sealed;
    this.#owner = {};
    this.#sealed = SparseArray.made<T>(this.#root, this.#shift, this.#size);
    return this.#sealed;
  }

  /** The child at the lowest bits of `index`, this builder's own; made where there is none. */
  #child(node: Node, index: number): Node {
    const at = index & MASK;
    const known = node.children[at] as Node | undefined;
    if (known?.owner === this.#owner) return known;
    if (!known) node.count++;
    const child = this.#own(known);
    node.children[at] = child;
    return child;
  }

  #own(node: Node | undefined): Node {
    if (!node) return this.#fresh();
    if (node.owner === this.#owner) return node;
    return { owner: this.#owner, children: node.children.slice(), count: node.count };
  }

  #fresh(): Node {
    return { owner: this.#owner, children: new Array(FAN).fill(undefined), count: 0 };
  }
}

const EMPTY = SparseArray.made<never>(undefined, 0, 0);

function find(root: Node | undefined, top: number, index: number): unknown {
  if (!root || index >>> top >= FAN) return undefined;
  let node: Node | undefined = root;
  for (let shift = top; shift > 0 && node; shift -= BITS)
    node = node.children[(index >>> shift) & MASK] as Node | undefined;
  return node?.children[index & MASK];
}

function listed<T>(root: Node | undefined, shift: number): T[] {
  const list: unknown[] = [];
  if (root) collect(root, shift, list);
  return list as T[];
}

/** Adds the elements below a node to `list`; much faster than a generator. */
function collect(node: Node, shift: number, list: unknown[]): void {
  for (const child of node.children) {
    if (child === undefined) continue;
    if (shift === 0) list.push(child);
    else collect(child as Node, shift - BITS, list);
  }
}

function visit(
  node: Node,
  shift: number,
  first: number,
  act: (element: unknown, index: number) => void,
): void {
  for (let i = 0; i < FAN; i++) {
    const child = node.children[i];
    if (child === undefined) continue;
    const index = first + i * 2 ** shift;
    if (shift === 0) act(child, index);
    else visit(child as Node, shift - BITS, index, act);
  }
}

function different(node: Node | undefined, other: Node | undefined, shift: number): number {
  if (!node || node === other) return 0;
  let count = 1;
  if (shift > 0)
    node.children.forEach((child, i) => {
      count += different(
        child as Node | undefined,
        other?.children[i] as Node | undefined,
        shift - BITS,
      );
    });
  return count;
}
