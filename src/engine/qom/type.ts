import { assert } from '../../base/assert.ts';
import { ConfigError } from './errors.ts';
import type { QObject } from './object.ts';
import type { Property, PropertyTable } from './property.ts';

/** Declaration of a type: data, registered once by the composition root. */
export interface TypeInfo {
  /** QEMU's string: `virtio-blk-pci`. */
  readonly name: string;
  /** Name of the parent type; only `object` has none. */
  readonly parent?: string;
  readonly abstract?: boolean;
  /** Properties that this type adds, in QEMU's order. */
  readonly properties?: PropertyTable;
  /** Properties that QEMU adds to each instance: settable, but not in the lists of `info qtree`. */
  readonly instanceProperties?: PropertyTable;
  /** As `-device help` prints it. */
  readonly description?: string;
  /** Type of the bus that a device of this type plugs into. */
  readonly bus?: string;
  /** Other names on the command line. */
  readonly aliases?: readonly string[];
  /** False where `-device` cannot make one. */
  readonly userCreatable?: boolean;
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

/** A registered type with its ancestry worked out. */
export class ResolvedType {
  readonly info: TypeInfo;
  readonly parent: ResolvedType | undefined;
  /** Every property by name, an ancestor's too. */
  readonly properties: ReadonlyMap<string, Property<unknown>>;
  readonly defaults: Readonly<Record<string, unknown>>;

  constructor(info: TypeInfo, parent: ResolvedType | undefined) {
    this.info = info;
    this.parent = parent;
    const own = Object.entries({ ...info.properties, ...info.instanceProperties }) as [
      string,
      Property<unknown>,
    ][];
    this.properties = new Map([...(parent?.properties ?? []), ...own]);
    const defaults = own.map(([name, property]) => [name, property.default]);
    this.defaults = { ...parent?.defaults, ...Object.fromEntries(defaults), ...info.defaults };
  }

  get name(): string {
    return this.info.name;
  }

  /** Whether this is `name` or descends from it. */
  isA(name: string): boolean {
    return this.name === name || (this.parent?.isA(name) ?? false);
  }

  /** This type and its ancestors, nearest first. */
  ancestry(): ResolvedType[] {
    return [this, ...(this.parent?.ancestry() ?? [])];
  }

  /** Nearest declaration of an inheritable part. */
  inherited<K extends 'create' | 'bus' | 'userCreatable'>(key: K): TypeInfo[K] | undefined {
    return this.info[key] ?? this.parent?.inherited(key);
  }
}

/** All types by name. */
export class TypeRegistry {
  readonly #types = new Map<string, ResolvedType>();
  readonly #aliases = new Map<string, string>();
  /** Called with every object right after its constructor, before anybody sets a property. */
  created: (object: QObject) => void = () => {};

  constructor() {
    this.register({ name: 'object', abstract: true });
  }

  /** Adds a type; its parent must be there already. */
  register(info: TypeInfo): void {
    assert(!this.#types.has(info.name), `type ${info.name} is registered twice`);
    const parent = info.parent === undefined ? undefined : this.#types.get(info.parent);
    assert(info.parent === undefined || parent, `type ${info.name} has no parent ${info.parent}`);
    this.#types.set(info.name, new ResolvedType(info, parent));
    for (const alias of info.aliases ?? []) this.#aliases.set(alias, info.name);
  }

  /** The type called `name`, aliases included. */
  find(name: string): ResolvedType | undefined {
    return this.#types.get(name) ?? this.#types.get(this.#aliases.get(name) ?? '');
  }

  /** Every type, in order of registration. */
  types(): IterableIterator<ResolvedType> {
    return this.#types.values();
  }

  /** Makes an object of type `name`. Throws ConfigError where there is none or it is abstract. */
  create(name: string, context: unknown): QObject {
    const type = this.find(name);
    if (!type) throw new ConfigError(`invalid object type: ${name}`);
    if (type.info.abstract) throw new ConfigError(`object type '${name}' is abstract`);
    const create = type.inherited('create');
    assert(create, `type ${name} cannot be instantiated`);
    const object = create({ type, registry: this, context });
    this.created(object);
    return object;
  }
}
