import { assert } from '../../base/assert.ts';
import { ConfigError } from './errors.ts';
import type { Property } from './property.ts';
import type { ObjectInit, ResolvedType, TypeRegistry } from './type.ts';

/** A property that stands for a property of another object. */
interface Alias {
  readonly target: QObject;
  readonly name: string;
}

/** A child that is only a name: a memory region or an interrupt input. */
export interface Part {
  /** Without its number. */
  readonly name: string;
  readonly type: 'memory-region' | 'irq';
}

/** An object in the composition tree: typed properties, children, a canonical path. */
export class QObject {
  readonly type: ResolvedType;
  readonly registry: TypeRegistry;
  /** The object that owns this one; set when it is added as a child. */
  parent: QObject | undefined;
  /** Name among the parent's children. */
  name = '';
  /** Values of the declared properties, by name. Set by the command line until realized, then by the device. */
  readonly values: Record<string, unknown>;
  /** Children without a life of their own; `info qom-tree` lists them. */
  readonly parts: Part[] = [];
  readonly #children = new Map<string, QObject>();
  readonly #aliases = new Map<string, Alias>();
  /** Where the search for the next free number of a name begins. */
  readonly #nextIndex = new Map<string, number>();

  constructor(init: ObjectInit) {
    this.type = init.type;
    this.registry = init.registry;
    this.values = { ...init.type.defaults };
  }

  /** Names memory regions that this object owns; equal names are numbered. */
  addRegions(...names: readonly string[]): void {
    for (const name of names) this.parts.push({ name, type: 'memory-region' });
  }

  get children(): ReadonlyMap<string, QObject> {
    return this.#children;
  }

  get aliases(): ReadonlyMap<string, Alias> {
    return this.#aliases;
  }

  /** Adds a child; `name[*]` takes the first free number. Throws ConfigError where the name is taken. */
  addChild<T extends QObject>(name: string, child: T): T {
    assert(!child.parent, `${child.type.name} has a parent already`);
    let free = name;
    if (name.endsWith('[*]')) {
      const stem = name.slice(0, -3);
      let i = this.#nextIndex.get(stem) ?? 0;
      while (this.#children.has(`${stem}[${i}]`)) i++;
      this.#nextIndex.set(stem, i + 1);
      free = `${stem}[${i}]`;
    }
    if (this.#children.has(free))
      throw new ConfigError(
        `attempt to add duplicate property '${free}' to object (type '${this.type.name}')`,
      );
    this.#children.set(free, child);
    child.parent = this;
    child.name = free;
    return child;
  }

  /** Takes a child out of the tree. */
  removeChild(child: QObject): void {
    if (this.#children.get(child.name) === child) this.#children.delete(child.name);
    this.#nextIndex.clear();
    child.parent = undefined;
  }

  /** Canonical path: `/machine/peripheral/disk0/virtio-backend`. */
  get path(): string {
    return this.parent ? `${this.parent.path === '/' ? '' : this.parent.path}/${this.name}` : '/';
  }

  /** The object at a path below this one, or undefined. */
  at(path: string): QObject | undefined {
    let found: QObject | undefined = this;
    for (const part of path.split('/')) if (part !== '') found = found?.children.get(part);
    return found;
  }

  /** Makes every property of `target` reachable through this object, as a transport does for its virtio device. */
  aliasProperties(target: QObject): void {
    for (const name of target.type.properties.keys()) this.addAlias(name, target, name);
  }

  addAlias(name: string, target: QObject, targetName: string): void {
    this.#aliases.set(name, { target, name: targetName });
  }

  /** The declaration of property `name` and the object that holds it, aliases followed. */
  findProperty(
    name: string,
  ): { owner: QObject; name: string; property: Property<unknown> } | undefined {
    const property = this.type.properties.get(name);
    if (property) return { owner: this, name, property };
    const alias = this.#aliases.get(name);
    return alias?.target.findProperty(alias.name);
  }

  /** Sets a property from text. Throws ConfigError with QEMU's sentence. */
  set(
    name: string,
    text: string,
    resolve: (id: string, type: string) => unknown = () => undefined,
  ): void {
    const found = this.findProperty(name);
    if (!found) throw new ConfigError(`Property '${this.type.name}.${name}' not found`);
    found.owner.values[found.name] = found.property.parse(text, {
      name,
      type: found.owner.type.name,
      resolve,
    });
  }
}

/** An object without behaviour that only holds others. */
export class Container extends QObject {}
