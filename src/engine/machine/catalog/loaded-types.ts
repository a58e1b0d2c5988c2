import type { ListedProperty } from '../../qom/listing.ts';
import type { QObject } from '../../qom/object.ts';
import { isPart, type ResolvedType, type TypeRegistry } from '../../qom/type.ts';
import type { Catalog } from './catalog.ts';

/** Types as a running program has them: some come with modules that are loaded when they are first used. */
export class LoadedTypes {
  readonly #registry: TypeRegistry;
  readonly #catalog: Catalog;
  /** What constructors get. */
  readonly #context: unknown;
  readonly #loaded = new Set<string>();
  #all = false;

  constructor(registry: TypeRegistry, catalog: Catalog, context: unknown) {
    this.#registry = registry;
    this.#catalog = catalog;
    this.#context = context;
  }

  /** Loads the module that has `name`; without a name, all there are. */
  load(name?: string): void {
    if (name === undefined) {
      this.#all = true;
      return;
    }
    for (const type of [name, ...(this.#catalog.moduleOf(name) ?? [])]) this.#loaded.add(type);
  }

  /** Whether `name` is a type that is loaded now. */
  has(name: string): boolean {
    if (this.#registry.find(name)?.name !== name) return false;
    return this.#all || this.#loaded.has(name) || this.#catalog.moduleOf(name) === undefined;
  }

  /** Children that instances of a type have from the start, as the catalog knows them. */
  partsOf(type: ResolvedType): ListedProperty[] {
    return type.ancestry().flatMap(({ name }) => {
      const { classProperties, instanceProperties, properties } = this.#catalog.find(name) ?? {};
      return Object.entries({ ...properties, ...classProperties, ...instanceProperties })
        .filter(([, property]) => isPart(property))
        .map(([part, property]) => ({
          name: part,
          type: property.type,
          description: '',
          default: undefined,
        }));
    });
  }

  /** A fresh object of a type, to be looked at and dropped; undefined where the type is only data. Throws ConfigError. */
  instantiate(name: string): QObject | undefined {
    if (!this.#registry.find(name)?.inherited('create')) return undefined;
    return this.#registry.create(name, this.#context);
  }
}
