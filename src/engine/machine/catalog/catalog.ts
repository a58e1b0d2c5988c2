import type { TypeCatalog, TypeInfo } from '../../qom/type.ts';
import type { Arch } from '../boards/board.ts';
import { ALIASES, BUSES, DESCRIPTIONS, MODULES } from './device-table.ts';
import { INTERFACES } from './interface-table.ts';
import { propertyRows, tableLines } from './property-rows.ts';
import { TYPES } from './type-table.ts';

/** Letters by which the tables call the programs. */
const LETTERS: Readonly<Record<Arch, string>> = {
  x86_64: 'x',
  aarch64: 'a',
  s390x: 's',
  riscv64: 'r',
};

interface Named {
  readonly parent: string | undefined;
  readonly abstract: boolean;
  /** Letters of the groups of `-device help` that list it. */
  readonly groups: string;
}

/** Every type that QEMU 7.2's program of an architecture has, as data. */
export class Catalog implements TypeCatalog {
  readonly letter: string;
  readonly #names: ReadonlyMap<string, Named>;
  readonly #interfaces = new Map<string, string[]>();
  readonly #buses = new Map<string, string>();
  readonly #descriptions = new Map<string, string>();
  readonly #aliases = new Map<string, string>();
  readonly #modules = new Map<string, readonly string[]>();
  readonly #rows: ReturnType<typeof propertyRows>;
  readonly #infos = new Map<string, TypeInfo>();

  constructor(arch: Arch) {
    this.letter = LETTERS[arch];
    this.#names = readTypes(this.letter);
    this.#rows = propertyRows(this.letter);
    for (const [face = '', ...types] of words(INTERFACES))
      for (const type of types)
        this.#interfaces.set(type, [...(this.#interfaces.get(type) ?? []), face]);
    for (const [bus = '', ...types] of words(BUSES))
      for (const type of types) this.#buses.set(type, bus);
    for (const [alias = '', letters = '', type = ''] of words(ALIASES))
      if (letters.includes(this.letter)) this.#aliases.set(alias, type);
    for (const [type = '', ...others] of words(MODULES)) this.#modules.set(type, others);
    for (const line of tableLines(DESCRIPTIONS)) {
      const end = line.indexOf(' ');
      this.#descriptions.set(line.slice(0, end), line.slice(end + 1));
    }
  }

  names(): Iterable<string> {
    return this.#names.keys();
  }

  alias(name: string): string | undefined {
    return this.#aliases.get(name);
  }

  /** Short name of a type, or undefined. */
  aliasOf(name: string): string[] {
    return [...this.#aliases].filter(([, type]) => type === name).map(([alias]) => alias);
  }

  /** Types that come with `name` when it is first used; undefined where it is always there. */
  moduleOf(name: string): readonly string[] | undefined {
    return this.#names.has(name) ? this.#modules.get(name) : undefined;
  }

  find(name: string): TypeInfo | undefined {
    const known = this.#infos.get(name);
    if (known) return known;
    const named = this.#names.get(name);
    if (!named) return undefined;
    const info = this.#describe(name, named);
    this.#infos.set(name, info);
    return info;
  }

  #describe(name: string, { parent, abstract, groups }: Named): TypeInfo {
    const bus = this.#buses.get(name);
    const description = this.#descriptions.get(name);
    const interfaces = this.#interfaces.get(name);
    const row = this.#rows.get(name)?.();
    return {
      name,
      ...(parent !== undefined && { parent }),
      ...(abstract ? { abstract } : { userCreatable: groups !== '' }),
      ...(interfaces && { interfaces }),
      ...(bus !== undefined && { bus }),
      ...(description !== undefined && { description }),
      ...(groups !== '' && { groups }),
      ...(row && {
        properties: row.declared,
        classProperties: row.hidden,
        instanceProperties: row.instance,
      }),
      ...(row?.listed && { listedAs: row.listed }),
    };
  }
}

function words(table: string): string[][] {
  return tableLines(table).map((line) => line.split(' '));
}

function readTypes(letter: string): ReadonlyMap<string, Named> {
  const types = new Map<string, Named>();
  for (const [parent = '', letters = '', ...list] of words(TYPES)) {
    if (!letters.includes(letter)) continue;
    const suffix = list[0]?.startsWith('~') ? (list.shift() ?? '').slice(1) : '';
    for (const word of list) {
      const [stem = '', groups = ''] = word.split('=');
      const abstract = stem.endsWith('*');
      types.set(`${abstract ? stem.slice(0, -1) : stem}${suffix}`, {
        parent: parent === '-' ? undefined : parent,
        abstract,
        groups,
      });
    }
  }
  return types;
}

const made = new Map<Arch, Catalog>();

/** The catalog of an architecture's program. */
export function catalogOf(arch: Arch): Catalog {
  const catalog = made.get(arch) ?? new Catalog(arch);
  made.set(arch, catalog);
  return catalog;
}
