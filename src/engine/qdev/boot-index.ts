import { ConfigError } from '../qom/errors.ts';
import type { QObject } from '../qom/object.ts';
import { i32, type Property } from '../qom/property.ts';

/** Property `bootindex`: the device's place in the boot order, -1 for none. QEMU names no default for it. */
export const BOOT_INDEX: Property<number> = { ...i32(-1), hasDefault: false };

/** Who has which place in the boot order: two devices cannot be booted first. */
export class BootOrder {
  readonly #holders = new Map<number, QObject>();

  /** Takes a place for the object that holds the property. Throws ConfigError where another one has it. */
  claim(owner: QObject, index: number): void {
    if (index < 0) return;
    const holder = this.#holders.get(index);
    if (holder && holder !== owner && holder.values.bootindex === index && isThere(holder))
      throw new ConfigError(`The bootindex ${index} has already been used`);
    this.#holders.set(index, owner);
  }
}

/** Whether an object still hangs in the tree. */
function isThere(object: QObject): boolean {
  let top = object;
  while (top.parent) top = top.parent;
  return top.path === '/' && top.children.has('machine');
}
