import type { ByteSource } from './byte-source.ts';

/** Bytes of a copy-on-write unit. */
const CLUSTER = 65536;

/** What the guest wrote to an image, kept apart from the image itself, which is never touched. */
export class Overlay {
  readonly #clusters = new Map<number, Uint8Array>();
  readonly source: ByteSource;

  constructor(source: ByteSource) {
    this.source = source;
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
      let changed = this.#clusters.get(cluster);
      if (!changed) {
        changed = new Uint8Array(CLUSTER);
        this.#readSource(cluster * CLUSTER, changed);
        this.#clusters.set(cluster, changed);
      }
      changed.set(bytes.subarray(at, at + length), within);
    });
  }

  /** Forgets everything that was written. */
  restore(): void {
    this.#clusters.clear();
  }

  #readSource(position: number, into: Uint8Array): void {
    const got = this.source.read(position, into);
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
  /** Whether what is written is forgotten, as `null-co` does. */
  readonly discardsWrites?: boolean;
}

/** A drive: an image of whole 512-byte sectors that one device at a time reads and writes. */
export class BlockBackend {
  readonly options: DriveOptions;
  readonly overlay: Overlay;
  /** Paths of the devices that use it, and whether each lets others write. */
  readonly #users = new Map<string, boolean>();
  /** Whether writes may wait in a volatile cache until they are flushed. Moves with the device that uses it. */
  writeCache: boolean;

  constructor(options: DriveOptions, overlay: Overlay) {
    this.options = options;
    this.writeCache = options.writeCache !== false;
    this.overlay = overlay;
  }

  /** Paths of the devices that use it, in the order in which they came. */
  get users(): readonly string[] {
    return [...this.#users.keys()];
  }

  /** Gives it to the device at `path`. Returns QEMU's sentence where devices that do not share stand against it. */
  attach(path: string, sharesWrites: boolean): string | undefined {
    const other = [...this.#users].find(([, shares]) => !(shares && sharesWrites));
    if (other && !this.options.readOnly) {
      const [writer, holder] = sharesWrites ? [path, other[0]] : [other[0], path];
      const { id } = this.options;
      return (
        `Permission conflict on node '${id}': permissions 'write' are both required by block device ` +
        `'${writer}' (uses node '${id}' as 'root' child) and unshared by block device ` +
        `'${holder}' (uses node '${id}' as 'root' child).`
      );
    }
    this.#users.set(path, sharesWrites);
    return undefined;
  }

  /** The device at `path` has let go of it. */
  detach(path: string): void {
    this.#users.delete(path);
  }

  /** Size in bytes: the image's, rounded up to a sector as QEMU does. */
  get length(): number {
    return Math.ceil(this.overlay.source.length / 512) * 512;
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
