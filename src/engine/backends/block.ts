import { refill, type State } from '../qom/state.ts';
import { type ByteSource, bytesSource } from './byte-source.ts';

/** Bytes of a copy-on-write unit. */
const CLUSTER = 65536;

/** What the guest wrote to an image, kept apart from the image itself, which is never touched. */
export class Overlay {
  readonly #clusters = new Map<number, Uint8Array>();
  readonly source: ByteSource;
  /** Bytes; moves with `resize`. */
  #length: number;
  /** Bytes of the image that still show. */
  #shown: number;
  /** Clusters that a frozen state has too: they are copied before they are written to. */
  readonly #shared = new WeakSet<Uint8Array>();

  constructor(source: ByteSource) {
    this.source = source;
    this.#length = source.length;
    this.#shown = source.length;
  }

  /** Bytes. */
  get length(): number {
    return this.#length;
  }

  /** Cuts off what is behind `length`, or adds zeros. */
  resize(length: number): void {
    this.#shown = Math.min(this.#shown, length);
    this.#length = length;
    for (const cluster of [...this.#clusters.keys()]) {
      const over = cluster * CLUSTER + CLUSTER - length;
      if (over >= CLUSTER) this.#clusters.delete(cluster);
      else if (over > 0) this.#own(cluster).fill(0, CLUSTER - over);
    }
  }

  /** Bytes in clusters that differ from the image. */
  get changedBytes(): number {
    return this.#clusters.size * CLUSTER;
  }

  /** Copies bytes from `position` into `into`; both ends lie inside the image (a short tail reads as zero). */
  read(position: number, into: Uint8Array): void {
    this.#pieces(position, into.length, (cluster, within, at, length) => {
      const changed = this.#clusters.get(cluster);
      const target = into.subarray(at, at + length);
      if (changed) target.set(changed.subarray(within, within + length));
      else this.#readSource(cluster * CLUSTER + within, target);
    });
  }

  write(position: number, bytes: Uint8Array): void {
    this.#pieces(position, bytes.length, (cluster, within, at, length) => {
      this.#own(cluster).set(bytes.subarray(at, at + length), within);
    });
  }

  /** What has been written, for `loadState`; what is in it is copied when it is written to, and no sooner. */
  freeze(): State {
    for (const cluster of this.#clusters.values()) this.#shared.add(cluster);
    return { ...this.saveState(), clusters: new Map(this.#clusters) };
  }

  saveState(): State {
    return { clusters: this.#clusters, length: this.#length, shown: this.#shown };
  }

  loadState(state: State): void {
    this.#length = state.length as number;
    this.#shown = state.shown as number;
    refill(this.#clusters, state.clusters);
  }

  /** Forgets everything that was written. */
  restore(): void {
    this.#clusters.clear();
  }

  /** A cluster to be written to. */
  #own(cluster: number): Uint8Array {
    const before = this.#clusters.get(cluster);
    if (before && !this.#shared.has(before)) return before;
    const own = before?.slice() ?? new Uint8Array(CLUSTER);
    if (!before) this.#readSource(cluster * CLUSTER, own);
    this.#clusters.set(cluster, own);
    return own;
  }

  #readSource(position: number, into: Uint8Array): void {
    const there = Math.max(0, Math.min(into.length, this.#shown - position));
    const got = there > 0 ? this.source.read(position, into.subarray(0, there)) : 0;
    if (got < into.length) into.fill(0, got);
  }

  #pieces(
    position: number,
    length: number,
    visit: (cluster: number, within: number, at: number, length: number) => void,
  ): void {
    for (let at = 0; at < length; ) {
      const absolute = position + at;
      const within = absolute % CLUSTER;
      const part = Math.min(length - at, CLUSTER - within);
      visit(Math.floor(absolute / CLUSTER), within, at, part);
      at += part;
    }
  }
}

/** Who uses an image of the host's: a writer that does not share keeps every other writer off. */
export class ImageLock {
  /** The image's name. */
  readonly name: string;
  readonly #holders = new Map<string, { readonly drive: string; readonly shares: boolean }>();

  constructor(name: string) {
    this.name = name;
  }

  /** Takes it for a writer. Returns QEMU's sentence where a writer on another drive stands against it. */
  take(path: string, drive: string, shares: boolean): string | undefined {
    const others = [...this.#holders.values()].filter((holder) => holder.drive !== drive);
    if (others.some((other) => !(other.shares && shares)))
      return `Failed to get "write" lock\nIs another process using the image [${this.name}]?`;
    this.#holders.set(path, { drive, shares });
    return undefined;
  }

  release(path: string): void {
    this.#holders.delete(path);
  }
}

/** How a drive was asked for. */
export interface DriveOptions {
  readonly id: string;
  /** As it was given: `hello.img`, `null-co://`. */
  readonly filename: string;
  /** Block driver: `raw`, `null-co`, … */
  readonly format: string;
  readonly readOnly: boolean;
  /** Name of its node in the block graph, or undefined where the node is the drive itself (`-blockdev`). */
  readonly nodeName?: string;
  /** Whether the guest finds a volatile write cache unless a device says otherwise; true where absent. */
  readonly writeCache?: boolean;
  /** Whether it would bypass the host's cache; only printed. */
  readonly direct?: boolean;
  /** Whether flushes are left out; only printed. */
  readonly noFlush?: boolean;
  /** Where zeroes are looked for: `on`, `unmap`; only printed. */
  readonly detectZeroes?: string;
  /** Keeps others from writing to the same image; absent where there is none. */
  readonly lock?: ImageLock;
  /** Limits as `info block` prints them, '' where there are none. */
  readonly throttling?: string;
  /** Whether a file of the host's stands below. */
  readonly onFile?: boolean;
  /** Whether what is written is forgotten, as `null-co` does. */
  readonly discardsWrites?: boolean;
}

/** What a device does with a drive, where it is no ordinary disk. */
export interface UserKind {
  /** False where it only reads. */
  readonly writes?: boolean;
  /** Whether the medium can be taken out. */
  readonly removable?: boolean;
}

/** What one device does with a drive. */
interface DriveUse {
  /** Whether it lets others write. */
  readonly shares: boolean;
  readonly writes: boolean;
  readonly removable: boolean;
}

/** A device that a drive stands behind. */
export interface DriveHolder {
  /** The user's drive, or an empty one that only the device knows; undefined until it is realized. */
  readonly tray: BlockBackend | undefined;
}

/** A drive: an image of whole 512-byte sectors that one device at a time reads and writes. */
export class BlockBackend {
  #options: DriveOptions;
  #overlay: Overlay;
  /** Called when the length changed; set by the device that uses it. */
  onResize: () => void = () => {};
  /** Called when the device that used it is gone. */
  onRelease: () => void = () => {};
  /** What uses it, by path. */
  readonly #users = new Map<string, DriveUse>();
  /** Whether writes may wait in a volatile cache until they are flushed. Moves with the device that uses it. */
  writeCache: boolean;

  constructor(options: DriveOptions, overlay: Overlay) {
    this.#options = options;
    this.writeCache = options.writeCache !== false;
    this.#overlay = overlay;
  }

  /** How it was asked for; of an empty drive once its medium is gone. */
  get options(): DriveOptions {
    return this.#options;
  }

  /** What guests wrote to it, and the image below. */
  get overlay(): Overlay {
    return this.#overlay;
  }

  /** A drive without medium. */
  static empty(id: string): BlockBackend {
    const options = { id, filename: '', format: '', readOnly: false, nodeName: '' };
    return new BlockBackend(options, new Overlay(bytesSource(new Uint8Array(0))));
  }

  /** Takes the medium away, for good; the device that uses it keeps an empty drive without a name. */
  eject(): void {
    const { options, overlay } = BlockBackend.empty('');
    for (const path of this.#users.keys()) this.#options.lock?.release(path);
    this.#options = options;
    this.#overlay = overlay;
    this.onResize();
  }

  /** Whether there is a medium. */
  get inserted(): boolean {
    return this.options.filename !== '';
  }

  /** Whether the medium can be taken from the device at `path`. */
  isRemovableFrom(path: string): boolean {
    return this.#users.get(path)?.removable ?? false;
  }

  /** Paths of the devices that use it, in the order in which they came. */
  get users(): readonly string[] {
    return [...this.#users.keys()];
  }

  /** Gives it to a device. Returns QEMU's sentence where devices that do not share stand against it. */
  attach(path: string, sharesWrites: boolean, kind: UserKind = {}): string | undefined {
    const writes = !this.options.readOnly && kind.writes !== false;
    const others = [...this.#users];
    const writer = others.find(([, other]) => other.writes && !sharesWrites)?.[0];
    if (writer !== undefined) return this.#conflict(writer, path);
    const holder = others.find(([, { shares }]) => writes && !shares)?.[0];
    if (holder !== undefined) return this.#conflict(path, holder);
    if (writes) {
      const { id, lock } = this.options;
      const locked = lock?.take(path, id, sharesWrites);
      if (locked !== undefined) return locked;
    }
    this.#users.set(path, { shares: sharesWrites, writes, removable: kind.removable === true });
    return undefined;
  }

  #conflict(writer: string, holder: string): string {
    const { id } = this.options;
    return (
      `Permission conflict on node '${id}': permissions 'write' are both required by block device ` +
      `'${writer}' (uses node '${id}' as 'root' child) and unshared by block device ` +
      `'${holder}' (uses node '${id}' as 'root' child).`
    );
  }

  /** The device at `path` has let go of it. */
  detach(path: string): void {
    this.options.lock?.release(path);
    this.#users.delete(path);
  }

  /** The device at `path` is gone. */
  release(path: string): void {
    this.detach(path);
    this.onRelease();
  }

  /** Size in bytes: the image's, rounded up to a sector as QEMU does. */
  get length(): number {
    return Math.ceil(this.overlay.length / 512) * 512;
  }

  /** Makes it `length` bytes long, and tells the device that uses it. */
  resize(length: number): void {
    this.overlay.resize(length);
    this.onResize();
  }

  /** Throws where the image cannot be read. */
  read(position: number, into: Uint8Array): void {
    this.overlay.read(position, into);
  }

  write(position: number, bytes: Uint8Array): void {
    if (!this.options.discardsWrites) this.overlay.write(position, bytes);
  }

  /** Sets `length` bytes to zero. */
  zero(position: number, length: number): void {
    const chunk = new Uint8Array(Math.min(length, CLUSTER));
    for (let done = 0; done < length; done += chunk.length)
      this.write(position + done, chunk.subarray(0, Math.min(chunk.length, length - done)));
  }
}
