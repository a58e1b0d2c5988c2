import { assert } from '../base/assert.ts';
import type { IoHandler } from './io-handler.ts';

/** Bytes of a region that spans a whole 64-bit address space. */
export const WHOLE = 2 ** 64;

/**
 * What a region is. A `container` decodes only where a subregion does; the others decode all of
 * their range and may have subregions in front; an `alias` is a window on another region.
 */
export type RegionKind = 'container' | 'io' | 'ram' | 'rom' | 'romd' | 'ramd' | 'iommu' | 'alias';

/** Parts of a region that have a default. */
export interface RegionOptions {
  readonly handler?: IoHandler | undefined;
  /** Writes are lost, also to what an alias shows. */
  readonly readonly?: boolean;
  readonly enabled?: boolean;
  /** Keeps its bytes without power. */
  readonly nonvolatile?: boolean;
  /** Byte of guest RAM's buffer that offset 0 stands for; absent where no bytes are kept. */
  readonly ramOffset?: number;
}

/** Somebody who shows a region's content and must know where it changed, in the region's offsets. */
export interface RegionWatcher {
  touched(start: number, end: number): void;
}

/**
 * A range of addresses with a name: registers, memory, a container of such, or a window on another.
 * Regions form a tree; where subregions overlap, the higher priority decodes, then the one added
 * last. All numbers are bytes; sizes go up to 2^64.
 */
export class MemoryRegion {
  readonly name: string;
  readonly kind: RegionKind;
  /** Registers; absent where nothing answers. */
  readonly handler: IoHandler | undefined;
  /** What an alias shows; else undefined. */
  readonly target: MemoryRegion | undefined;
  /** Writes are lost. */
  readonly readonly: boolean;
  readonly nonvolatile: boolean;
  readonly ramOffset: number | undefined;
  /** Object that the region belongs to, as the composition tree has it. */
  owner: object | undefined;

  #size: number;
  #targetOffset: number;
  #enabled: boolean;
  #address = 0;
  #priority = 0;
  #container: MemoryRegion | undefined;
  /** As they are searched: highest priority first, newest first among equals. */
  readonly #subregions: MemoryRegion[] = [];
  /** Windows on this region that lie in a container or are watched. */
  readonly #windows = new Set<MemoryRegion>();
  readonly #watchers = new Set<RegionWatcher>();

  private constructor(
    kind: RegionKind,
    name: string,
    size: number,
    options: RegionOptions,
    target?: MemoryRegion,
    targetOffset = 0,
  ) {
    assert(size >= 0 && size <= WHOLE, `region ${name} of ${size} bytes`);
    this.kind = kind;
    this.name = name;
    this.#size = size;
    this.handler = options.handler;
    this.target = target;
    this.#targetOffset = targetOffset;
    this.readonly = options.readonly ?? kind === 'rom';
    this.#enabled = options.enabled ?? true;
    this.nonvolatile = options.nonvolatile ?? false;
    this.ramOffset = options.ramOffset;
  }

  /** Decodes nothing by itself. */
  static container(name: string, size = WHOLE, options: RegionOptions = {}): MemoryRegion {
    return new MemoryRegion('container', name, size, options);
  }

  /** Registers; without a handler the range is taken, and nothing answers. */
  static io(
    name: string,
    size: number,
    handler?: IoHandler,
    options: RegionOptions = {},
  ): MemoryRegion {
    return new MemoryRegion('io', name, size, { ...options, handler });
  }

  /** Memory; `kind` tells read-only memory and a device's own apart from RAM. */
  static memory(
    kind: 'ram' | 'rom' | 'romd' | 'ramd' | 'iommu',
    name: string,
    size: number,
    options: RegionOptions = {},
  ): MemoryRegion {
    return new MemoryRegion(kind, name, size, options);
  }

  /** A window of `size` bytes on `target`, from its `offset` on. */
  static alias(
    name: string,
    target: MemoryRegion,
    offset: number,
    size: number,
    options: RegionOptions = {},
  ): MemoryRegion {
    return new MemoryRegion('alias', name, size, options, target, offset);
  }

  get size(): number {
    return this.#size;
  }

  /** Offset in `target` at which the window begins. */
  get targetOffset(): number {
    return this.#targetOffset;
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  /** Offset in the container. */
  get address(): number {
    return this.#address;
  }

  get priority(): number {
    return this.#priority;
  }

  get container(): MemoryRegion | undefined {
    return this.#container;
  }

  /** Highest priority first, newest first among equals. */
  get subregions(): readonly MemoryRegion[] {
    return this.#subregions;
  }

  /** Whether it lies in a container, or a window on it does. */
  get shown(): boolean {
    return this.#container !== undefined || this.#windows.size > 0;
  }

  /** Whether its own range decodes where no subregion does. */
  get terminates(): boolean {
    return this.kind !== 'container' && this.kind !== 'alias';
  }

  /** Puts `child` at `address`, in front of what has the same priority; returns it. */
  addSubregion<T extends MemoryRegion>(address: number, child: T, priority = 0): T {
    assert(!child.container, `region ${child.name} has a container already`);
    const region: MemoryRegion = child;
    region.#container = this;
    region.#address = address;
    region.#priority = priority;
    region.#connect();
    let at = 0;
    while ((this.#subregions[at]?.priority ?? -Infinity) > priority) at++;
    this.#subregions.splice(at, 0, child);
    if (region.#enabled) region.#announce(region.#size);
    return child;
  }

  removeSubregion(child: MemoryRegion): void {
    const at = this.#subregions.indexOf(child);
    assert(at >= 0, `region ${child.name} is not in ${this.name}`);
    this.#subregions.splice(at, 1);
    const region: MemoryRegion = child;
    region.#container = undefined;
    region.#disconnect();
    if (region.#enabled) this.#touch(region.#address, region.#address + region.#size);
  }

  setEnabled(enabled: boolean): void {
    if (enabled === this.#enabled) return;
    this.#enabled = enabled;
    this.#announce(this.#size);
  }

  /** Moves it in its container. As in QEMU it comes in front of what has the same priority. */
  setAddress(address: number): void {
    if (address === this.#address) return;
    const container = this.#container;
    if (!container) this.#address = address;
    else {
      container.removeSubregion(this);
      container.addSubregion(address, this, this.#priority);
    }
  }

  setSize(size: number): void {
    if (size === this.#size) return;
    const larger = Math.max(size, this.#size);
    this.#size = size;
    this.#announce(larger);
  }

  /** Moves what an alias shows. */
  setTargetOffset(offset: number): void {
    if (offset === this.#targetOffset) return;
    this.#targetOffset = offset;
    this.#announce(this.#size);
  }

  /** Tells `watcher` of every change from now on. */
  watch(watcher: RegionWatcher): void {
    this.#watchers.add(watcher);
    this.#connect();
  }

  unwatch(watcher: RegionWatcher): void {
    this.#watchers.delete(watcher);
    this.#disconnect();
  }

  /** A window hears of its target's changes as long as somebody can see through it. */
  #connect(): void {
    if (this.target) this.target.#windows.add(this);
  }

  #disconnect(): void {
    if (this.target && !this.#container && this.#watchers.size === 0)
      this.target.#windows.delete(this);
  }

  /** Offsets from `start` to `end` decode differently. */
  #touch(start: number, end: number): void {
    const last = Math.min(end, this.#size);
    if (start >= last) return;
    if (this.#enabled) this.#announce(last, start);
    else for (const watcher of this.#watchers) watcher.touched(start, last);
  }

  /** Tells everybody who sees the region that it changed up to `end`; called when it has. */
  #announce(end: number, start = 0): void {
    for (const watcher of this.#watchers) watcher.touched(start, end);
    if (this.#container) this.#container.#touch(start + this.#address, end + this.#address);
    for (const window of this.#windows) {
      const offset = window.#targetOffset;
      window.#touch(Math.max(0, start - offset), end - offset);
    }
  }
}
