import { allOnes } from '../base/bits.ts';
import { type FlatRange, FlatView } from './flat-view.ts';
import { MemoryRegion } from './memory-region.ts';

/**
 * Bus addresses as one master sees them: the tree of regions below `root`, by address. An access
 * that nothing answers reads all ones and writes nothing.
 */
export class AddressSpace {
  readonly name: string;
  readonly root: MemoryRegion;
  #view: FlatView | undefined;

  constructor(name = '', root = MemoryRegion.container(name)) {
    this.name = name;
    this.root = root;
  }

  /** What decodes, ascending by address. */
  get ranges(): readonly FlatRange[] {
    return this.#flat().ranges;
  }

  /** Calls `moved` right after every change that moves, shows or hides RAM. */
  set onRamMoved(moved: () => void) {
    this.#flat().onRamMoved = moved;
  }

  /** The range that decodes `addr`, or undefined. */
  find(addr: number): FlatRange | undefined {
    return (this.#view ?? this.#flat()).find(addr);
  }

  read(addr: number, size: number): number {
    const range = this.find(addr);
    return range?.handler ? range.handler.read(addr - range.base, size) : allOnes(size);
  }

  write(addr: number, size: number, value: number): void {
    const range = this.find(addr);
    range?.handler?.write(addr - range.base, size, value);
  }

  #flat(): FlatView {
    this.#view ??= new FlatView(this.root);
    return this.#view;
  }
}
