import { assert } from '../../base/assert.ts';
import { ConfigError } from './errors.ts';
import type { Property } from './property.ts';
import type { State } from './state.ts';
import { StringHashOrder } from './string-hash-order.ts';
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
  /** With its number: the name of the property. */
  readonly path: string;
  /** `irq`, `memory-region`, or a type that descends from the latter. */
  readonly type: string;
  /** The memory region itself, where it is modelled. */
  readonly region?: object;
}

/** A property that an object has beside those of its type and its children: what it points to. */
export interface ObjectLink {
  /** `link<bus>`. */
  readonly type: string;
  target(): QObject | undefined;
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
  readonly #parts: Part[] = [];
  readonly #links = new Map<string, ObjectLink>();
  readonly #added = new Map<string, Property<unknown>>();
  /** Names of everything that this object has and its class has not, in QEMU's order. */
  readonly #order = new StringHashOrder();
  /** Names among these of parts that are still to be made. */
  readonly #awaited = new Set<string>();
  readonly #children = new Map<string, QObject>();
  readonly #aliases = new Map<string, Alias>();
  /** The object whose properties are reachable through this one, also those that no list shows. */
  #aliased: QObject | undefined;
  /** Where the search for the next free number of a name begins. */
  readonly #nextIndex = new Map<string, number>();

  constructor(init: ObjectInit) {
    this.type = init.type;
    this.registry = init.registry;
    this.values = { ...init.type.defaults };
    for (const { info } of init.type.ancestry().reverse()) {
      for (const name of info.partNames ?? []) this.#awaited.add(name);
      for (const name of [...(info.partNames ?? []), ...Object.keys(info.instanceProperties ?? {})])
        this.#order.add(name);
    }
  }

  /** What a snapshot keeps of this object, without its children. */
  saveState(): State {
    return {};
  }

  /** Puts back what `saveState` said of an object that was made in the same way. */
  loadState(_state: State): void {}

  /** Children without a life of their own; `info qom-tree` lists them. */
  get parts(): readonly Part[] {
    return this.#parts;
  }

  get links(): ReadonlyMap<string, ObjectLink> {
    return this.#links;
  }

  /** Names of all that is this object's own: children, parts, aliases, links, in the order of QEMU's lists. */
  get ownNames(): string[] {
    return this.#order.names().reverse();
  }

  /** Adds a child that is only a name, with the first free number. */
  addPart(part: Omit<Part, 'path'>): void {
    const path = this.#number(part.name);
    this.#parts.push({ ...part, path });
    this.#name(path);
  }

  /** Takes a part out. */
  dropPart(part: Part): void {
    const at = this.#parts.indexOf(part);
    if (at < 0) return;
    this.#parts.splice(at, 1);
    this.#order.delete(part.path);
    this.#nextIndex.clear();
  }

  /** Properties that this object has and others of its type may not have. */
  get added(): ReadonlyMap<string, Property<unknown>> {
    return this.#added;
  }

  /** Adds a property to this object alone. */
  addProperty<T>(name: string, property: Property<T>, value: T): void {
    this.#added.set(name, property as Property<unknown>);
    this.values[name] = value;
    this.#name(name);
  }

  /** Adds a property that points to another object. */
  addLink(name: string, link: ObjectLink): void {
    this.#links.set(name, link);
    this.#name(name);
  }

  dropLink(name: string): void {
    this.#links.delete(name);
    this.#order.delete(name);
  }

  /** Names memory regions that this object owns; equal names are numbered. */
  addRegions(...names: readonly string[]): void {
    for (const name of names) this.addPart({ name, type: 'memory-region' });
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
    const free = name.endsWith('[*]') ? this.#number(name.slice(0, -3)) : name;
    if (this.#children.has(free))
      throw new ConfigError(
        `attempt to add duplicate property '${free}' to object (type '${this.type.name}')`,
      );
    this.#children.set(free, child);
    this.#name(free);
    child.parent = this;
    child.name = free;
    return child;
  }

  #has(name: string): boolean {
    return this.#order.has(name) && !this.#awaited.has(name);
  }

  #name(name: string): void {
    this.#awaited.delete(name);
    this.#order.add(name);
  }

  /** `stem` with the first number that is free. */
  #number(stem: string): string {
    let i = this.#nextIndex.get(stem) ?? 0;
    while (this.#has(`${stem}[${i}]`)) i++;
    this.#nextIndex.set(stem, i + 1);
    return `${stem}[${i}]`;
  }

  /** Takes a child out of the tree. */
  removeChild(child: QObject): void {
    if (this.#children.get(child.name) === child) {
      this.#children.delete(child.name);
      this.#order.delete(child.name);
    }
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

  /**
   * Makes every property of `target` that has no namesake here reachable through this object, as a
   * transport does for its virtio device: a type's own before its parent's. Those in `omits` stay hidden.
   */
  aliasProperties(target: QObject, omits: readonly string[] = []): void {
    this.#aliased = target;
    const lineage = target.type.ancestry();
    for (const tables of [
      lineage.map(({ info }) => info.properties),
      lineage.map(({ info }) => info.instanceProperties),
    ])
      for (const name of tables.flatMap((table) => Object.keys(table ?? {})))
        if (!this.type.properties.has(name) && !this.#aliases.has(name) && !omits.includes(name))
          this.addAlias(name, target, name);
  }

  addAlias(name: string, target: QObject, targetName: string): void {
    this.#aliases.set(name, { target, name: targetName });
    this.#name(name);
  }

  /** The declaration of property `name` and the object that holds it, aliases followed. */
  findProperty(
    name: string,
  ): { owner: QObject; name: string; property: Property<unknown> } | undefined {
    const { properties, hidden } = this.type;
    const property = properties.get(name) ?? this.#added.get(name) ?? hidden.get(name);
    if (property) return { owner: this, name, property };
    const alias = this.#aliases.get(name);
    if (alias) return alias.target.findProperty(alias.name);
    return this.#aliased?.type.hidden.has(name) ? this.#aliased.findProperty(name) : undefined;
  }

  /** Sets a property from text. Throws ConfigError with QEMU's sentence. */
  set(
    name: string,
    text: string,
    resolve: (id: string, type: string) => unknown = () => undefined,
  ): void {
    const found = this.findProperty(name);
    if (!found)
      throw new ConfigError(
        `Property '${this.type.name}.${name}' ${this.#children.has(name) ? 'is not writable' : 'not found'}`,
      );
    if (found.property.read || found.property.readOnly)
      throw new ConfigError(`Property '${found.owner.type.name}.${found.name}' is not writable`);
    const { owner, property } = found;
    const value = property.parse(text, { name, type: owner.type.name, resolve });
    if (property.store) property.store(owner, value);
    else owner.values[found.name] = value;
  }
}

/** An object without behaviour that only holds others. */
export class Container extends QObject {}
