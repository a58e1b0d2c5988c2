import { assert } from '../../base/assert.ts';
import { ConfigError } from './errors.ts';
import type { QObject } from './object.ts';
import { live, type Property, type PropertyTable } from './property.ts';
import { StringHashOrder } from './string-hash-order.ts';

/** What stands before the name of a property's textual twin. */
export const TWIN_PREFIX = 'legacy-';

/** Declaration of a type: data, registered once by the composition root. */
export interface TypeInfo {
  /** QEMU's string: `virtio-blk-pci`. */
  readonly name: string;
  /** Name of the parent type; only `object` has none. */
  readonly parent?: string;
  readonly abstract?: boolean;
  /** Properties that this type adds, in QEMU's order. */
  readonly properties?: PropertyTable;
  /** Properties of the class that `info qtree` does not print. */
  readonly classProperties?: PropertyTable;
  /** Names of the class's own properties as lists show them, where the order of declaration is not known. */
  readonly listedAs?: readonly string[];
  /** Properties that QEMU adds to each instance: settable, but not in the lists of `info qtree`. */
  readonly instanceProperties?: PropertyTable;
  /** Properties that QEMU has not: they can be set, and no list or help shows them. */
  readonly hiddenProperties?: PropertyTable;
  /** Names that each instance has from the start, properties and parts, in an order in which lists come out as QEMU's. */
  readonly partNames?: readonly string[];
  /** Interfaces that the type has and its parent has not. */
  readonly interfaces?: readonly string[];
  /** As `-device help` prints it. */
  readonly description?: string;
  /** Groups of `-device help` that list it, by the catalog's letters; '' where none does. */
  readonly groups?: string;
  /** Type of the bus that a device of this type plugs into. */
  readonly bus?: string;
  /** Other names on the command line. */
  readonly aliases?: readonly string[];
  /** False where `-device` cannot make one. */
  readonly userCreatable?: boolean;
  /** False where one cannot come or go while the machine runs; inherited. */
  readonly hotpluggable?: boolean;
  /** Defaults that differ from what an ancestor's table says. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Makes an instance; inherited. Absent on types that are never instantiated. */
  readonly create?: (init: ObjectInit) => QObject;
}

/** What a constructor needs: which type it makes. */
export interface ObjectInit {
  readonly type: ResolvedType;
  readonly registry: TypeRegistry;
  /** The composition root's services, typed by the layer that uses them. */
  readonly context: unknown;
}

/** Types by name that are known as data; what code registers is added to what the catalog says. */
export interface TypeCatalog {
  /** What is known of `name`, or undefined. */
  find(name: string): TypeInfo | undefined;
  /** The type that `name` is short for, or undefined. */
  alias(name: string): string | undefined;
  /** Every type that is known. */
  names(): Iterable<string>;
}

/** A registered type with its ancestry worked out. */
export class ResolvedType {
  readonly info: TypeInfo;
  readonly parent: ResolvedType | undefined;
  /** Interfaces of its own, each with its ancestors. */
  readonly #interfaces: readonly ResolvedType[];
  #properties: ReadonlyMap<string, Property<unknown>> | undefined;
  #hidden: ReadonlyMap<string, Property<unknown>> | undefined;
  #defaults: Readonly<Record<string, unknown>> | undefined;
  #classOrder: readonly string[] | undefined;

  constructor(
    info: TypeInfo,
    parent: ResolvedType | undefined,
    interfaces: readonly ResolvedType[] = [],
  ) {
    this.info = info;
    this.parent = parent;
    this.#interfaces = interfaces;
  }

  /** Every property by name, an ancestor's too. */
  get properties(): ReadonlyMap<string, Property<unknown>> {
    this.#properties ??= new Map([...(this.parent?.properties ?? []), ...this.#own()]);
    return this.#properties;
  }

  /** Properties that no list shows, an ancestor's too. */
  get hidden(): ReadonlyMap<string, Property<unknown>> {
    const own = Object.entries(this.info.hiddenProperties ?? {}) as [string, Property<unknown>][];
    this.#hidden ??= new Map([...(this.parent?.hidden ?? []), ...own]);
    return this.#hidden;
  }

  /** Values that instances begin with, by property. */
  get defaults(): Readonly<Record<string, unknown>> {
    if (!this.#defaults) {
      const own = [...this.#own(), ...this.hidden].filter(([, property]) => !property.read);
      this.#defaults = {
        ...this.parent?.defaults,
        ...Object.fromEntries(own.map(([name, property]) => [name, property.default])),
        ...this.info.defaults,
      };
    }
    return this.#defaults;
  }

  #own(): [string, Property<unknown>][] {
    const { properties, classProperties, instanceProperties } = this.info;
    return Object.entries({ ...properties, ...classProperties, ...instanceProperties }) as [
      string,
      Property<unknown>,
    ][];
  }

  /** Names of the class's own properties, `legacy-` twins too, as lists of properties show them. */
  get classOrder(): readonly string[] {
    if (!this.#classOrder) {
      const order = new StringHashOrder();
      const table = (this.info.properties ?? {}) as Readonly<Record<string, Property>>;
      for (const [name, { twin }] of Object.entries(table)) {
        if (twin) order.add(`${TWIN_PREFIX}${name}`);
        order.add(name);
      }
      for (const name of Object.keys(this.info.classProperties ?? {})) order.add(name);
      this.#classOrder =
        this.info.listedAs?.filter((name) => order.has(name)) ?? order.names().reverse();
    }
    return this.#classOrder;
  }

  get name(): string {
    return this.info.name;
  }

  /** Whether this is `name`, descends from it, or has it as an interface. */
  isA(name: string): boolean {
    return (
      this.name === name ||
      (this.parent?.isA(name) ?? false) ||
      this.#interfaces.some((face) => face.isA(name))
    );
  }

  /** This type and its ancestors, nearest first. */
  ancestry(): ResolvedType[] {
    return [this, ...(this.parent?.ancestry() ?? [])];
  }

  /** Nearest declaration of an inheritable part. */
  inherited<K extends 'create' | 'bus' | 'userCreatable' | 'hotpluggable'>(
    key: K,
  ): TypeInfo[K] | undefined {
    return this.info[key] ?? this.parent?.inherited(key);
  }
}

/** All types by name: those that code registers, and those that a catalog knows. */
export class TypeRegistry {
  readonly #types = new Map<string, ResolvedType>();
  /** Types that only the catalog knows, as far as they were asked for. */
  readonly #data = new Map<string, ResolvedType>();
  /** Types that those of `#types` have as parents. */
  readonly #parents = new Set<string>();
  readonly #aliases = new Map<string, string>();
  readonly #catalog: TypeCatalog | undefined;
  /** Called with every object right after its constructor, before anybody sets a property. */
  created: (object: QObject) => void = () => {};
  readonly #adapt: (info: TypeInfo) => TypeInfo;

  /** `adapt` may change declarations as they are registered. */
  constructor(adapt: (info: TypeInfo) => TypeInfo = (info) => info, catalog?: TypeCatalog) {
    this.#adapt = adapt;
    this.#catalog = catalog;
    this.register(OBJECT_TYPE);
  }

  /** Adds a type; its parent must be known already. What it leaves out is taken from the catalog. */
  register(declared: TypeInfo): void {
    const info = merge(withoutDefaults(this.#adapt(declared)), this.#catalog?.find(declared.name));
    const { name } = info;
    assert(!this.#types.has(name), `type ${name} is registered twice`);
    assert(!this.#parents.has(name), `type ${name} is registered after a child of it`);
    this.#types.set(name, this.#resolve(info));
    this.#parents.add(info.parent ?? '');
    // What descends from it as data is worked out again.
    this.#data.clear();
    for (const alias of info.aliases ?? []) this.#aliases.set(alias, name);
  }

  /** Forgets registered types that the catalog has not: another program's. */
  dropUnknown(): void {
    for (const name of this.#types.keys())
      if (this.#catalog && !this.#catalog.find(name)) this.#types.delete(name);
  }

  /** Whether code has registered `name`. */
  declares(name: string): boolean {
    return this.#types.has(name);
  }

  /** The type called `name`, aliases included. */
  find(name: string): ResolvedType | undefined {
    return (
      this.#exact(name) ??
      this.#exact(this.#aliases.get(name) ?? '') ??
      this.#exact(this.#catalog?.alias(name) ?? '')
    );
  }

  /** Every type: those that were registered, in that order, then the catalog's. */
  *types(): IterableIterator<ResolvedType> {
    yield* this.#types.values();
    for (const name of this.#catalog?.names() ?? [])
      if (!this.#types.has(name)) yield this.#exact(name) as ResolvedType;
  }

  /** Makes an object of type `name`. Throws ConfigError where there is none, it is abstract, or only data. */
  create(name: string, context: unknown): QObject {
    const type = this.find(name);
    if (!type) throw new ConfigError(`missing object type '${name}'`);
    if (type.info.abstract) throw new ConfigError(`object type '${name}' is abstract`);
    const create = type.inherited('create');
    if (!create) throw new ConfigError(`'${name}' is not modelled yet`);
    const object = create({ type, registry: this, context });
    this.created(object);
    return object;
  }

  #exact(name: string): ResolvedType | undefined {
    const known = this.#types.get(name) ?? this.#data.get(name);
    if (known) return known;
    const info = this.#catalog?.find(name);
    if (!info) return undefined;
    const type = this.#resolve(info);
    this.#data.set(name, type);
    return type;
  }

  #resolve(info: TypeInfo): ResolvedType {
    const parent = info.parent === undefined ? undefined : this.#exact(info.parent);
    assert(info.parent === undefined || parent, `type ${info.name} has no parent ${info.parent}`);
    const interfaces = (info.interfaces ?? []).map((name) => this.#exact(name));
    return new ResolvedType(
      info,
      parent,
      interfaces.filter((type) => type !== undefined),
    );
  }
}

/** QEMU tells no default of what it adds to each instance. */
function withoutDefaults(info: TypeInfo): TypeInfo {
  if (!info.instanceProperties) return info;
  const silent = Object.entries(info.instanceProperties).map(([name, property]) => [
    name,
    { ...property, hasDefault: false },
  ]);
  return { ...info, instanceProperties: Object.fromEntries(silent) };
}

/** A declaration with what the catalog knows besides. */
function merge(info: TypeInfo, known: TypeInfo | undefined): TypeInfo {
  if (!known) return info;
  const { properties, classProperties, instanceProperties, ...facts } = known;
  return {
    ...facts,
    ...(properties && { properties: withoutParts(properties) }),
    ...(classProperties && { classProperties: withoutParts(classProperties) }),
    ...(instanceProperties && {
      instanceProperties: withoutParts(instanceProperties),
      partNames: Object.keys(instanceProperties),
    }),
    ...info,
  };
}

/** A table without children and interrupts: they come from the code that makes them. */
function withoutParts(table: PropertyTable): PropertyTable {
  return Object.fromEntries(Object.entries(table).filter(([, property]) => !isPart(property)));
}

/** Whether a property is a child or an interrupt. */
export function isPart({ type }: { readonly type: string }): boolean {
  return /^(?:child<|link<irq>)/.test(type);
}

/** The root of all types. */
const OBJECT_TYPE: TypeInfo = {
  name: 'object',
  abstract: true,
  classProperties: { type: live('string', ({ type }) => type.name) },
};
