import { StringHashOrder } from '../../engine/qom/string-hash-order.ts';
import { ARCH_LETTERS, wrap } from './emit-types.ts';
import type { Survey, SurveyedProperty } from './type-survey.ts';

type Surveys = Readonly<Record<string, Survey>>;

/** Names for the commonest kinds; `kN` are the others. */
const KIND_NAMES: Readonly<Record<string, string>> = {
  'bool|on/off': 'bit',
  'bool|': 'bool',
  'uint8|': 'u8',
  'uint16|': 'u16',
  'uint32|': 'u32',
  'uint64|': 'u64',
  'int32|': 'i32',
  'size|': 'size',
  'str|': 'str',
  'OnOffAuto|on/off/auto': 'onoff',
};

/** A type's own part of a list of properties. */
interface Own {
  readonly declared: readonly SurveyedProperty[];
  /** Those that each instance gets. */
  readonly instance: readonly SurveyedProperty[];
  /** Whether no order of insertion was found: `declared` is in the order of the list. */
  readonly listed: boolean;
}

/** What a table of properties consists of: kinds, and a line a type. */
export interface PropertyTables {
  readonly kinds: string;
  readonly rows: string;
}

/** Properties of the types that `wanted` chooses and of their ancestors. */
export function propertyTables(
  surveys: Surveys,
  wanted: (name: string, survey: Survey) => boolean,
): PropertyTables {
  const kinds = new Map<string, string>();
  const uses = new Map<string, number>();
  const byType = new Map<string, Map<string, string>>();
  const collected: { arch: string; name: string; own: Own; legacy: Set<string> }[] = [];
  for (const [arch, survey] of Object.entries(surveys)) {
    const split = new Splitter(survey);
    for (const name of withAncestors(survey, wanted)) {
      const own = split.own(name);
      if (!own) continue;
      const legacy = new Set(
        (survey.listed[name] ?? [])
          .map((property) => property.name)
          .filter((n) => n.startsWith('legacy-')),
      );
      collected.push({ arch, name, own, legacy });
      for (const property of [...own.declared, ...own.instance]) {
        const kind = kindOf(property, legacy);
        uses.set(kind, (uses.get(kind) ?? 0) + 1);
      }
    }
  }
  const codeOf = (kind: string): string => {
    const known = kinds.get(kind);
    if (known !== undefined) return known;
    const code = KIND_NAMES[kind] ?? `k${kinds.size}`;
    kinds.set(kind, code);
    return code;
  };
  for (const { arch, name, own, legacy } of collected) {
    const word = (property: SurveyedProperty): string => {
      const value = property['default-value'];
      const code = codeOf(kindOf(property, legacy));
      const fixed = isFixed(name, property.name, surveys[arch]) ? '~' : '';
      return `${property.name}:${code}${fixed}${value === undefined ? '' : `=${value === '' ? "''" : value}`}`;
    };
    const printed = surveys[arch] && printedBelow(surveys[arch], name);
    const shown = ({ name: property, type }: SurveyedProperty) =>
      !printed || printed.has(property) || type.startsWith('link<');
    const hidden = own.declared.filter((property) => !own.listed && !shown(property));
    const parts = [
      ...(own.listed ? ['='] : []),
      ...own.declared.filter((property) => !hidden.includes(property)).map(word),
    ];
    if (hidden.length > 0) parts.push('-', ...hidden.map(word));
    if (own.instance.length > 0) parts.push('+', ...own.instance.map(word));
    if (parts.length === 0) continue;
    const spaced = parts.find((part) => part.includes(' '));
    if (spaced !== undefined) throw new Error(`${name}: ${spaced} has a space`);
    const line = parts.join(' ');
    const variants = byType.get(name) ?? new Map<string, string>();
    variants.set(line, (variants.get(line) ?? '') + ARCH_LETTERS[arch]);
    byType.set(name, variants);
  }
  const rows = new Map<string, string[]>();
  for (const [name, variants] of [...byType].sort(([a], [b]) => (a < b ? -1 : 1)))
    for (const [line, archs] of variants) {
      const names = rows.get(line) ?? [];
      names.push(`${name}${variants.size > 1 ? `@${archs}` : ''}`);
      rows.set(line, names);
    }
  return {
    kinds: [...kinds].map(([kind, code]) => `${code}|${kind}`).join('\n'),
    rows: wrap([...rows].map(([line, names]) => `${names.join('&')} ${line}`)),
  };
}

/** Whether help does not offer a property of `-object` or `-M` that the type has. */
function isFixed(type: string, property: string, survey: Survey | undefined): boolean {
  if (!survey) return false;
  const parents = new Map(survey.types.map(({ name, parent }) => [name, parent]));
  return Object.entries(survey.settable).some(([name, names]) => {
    let at: string | undefined = name;
    while (at !== undefined && at !== type) at = parents.get(at);
    return at === type && names.length > 0 && !names.includes(property);
  });
}

/** Names that the device tree prints for a type, or for one that descends from it; undefined where none was seen. */
function printedBelow(survey: Survey, name: string): ReadonlySet<string> | undefined {
  const seen = survey.declared[name];
  if (seen) return new Set(seen);
  for (const type of survey.types)
    if (type.parent === name) {
      const found = printedBelow(survey, type.name);
      if (found) return found;
    }
  return undefined;
}

/** `type|description`, `!` at the end where QEMU adds a textual twin. */
function kindOf(property: SurveyedProperty, legacy: ReadonlySet<string>): string {
  const twin = legacy.has(`legacy-${property.name}`) ? '!' : '';
  return `${property.type}|${property.description ?? ''}${twin}`;
}

function withAncestors(
  survey: Survey,
  wanted: (name: string, survey: Survey) => boolean,
): Set<string> {
  const parents = new Map(survey.types.map(({ name, parent }) => [name, parent]));
  const found = new Set<string>();
  for (const { name } of survey.types)
    if (wanted(name, survey))
      for (let at: string | undefined = name; at !== undefined; at = parents.get(at)) found.add(at);
  return found;
}

/** Tells what a type adds to its parent's list, and which of it each instance adds. */
class Splitter {
  readonly #survey: Survey;
  readonly #parents: Map<string, string | undefined>;
  readonly #children = new Map<string, string[]>();
  readonly #abstract: Set<string>;
  readonly #shared = new Map<string, readonly string[]>();

  constructor(survey: Survey) {
    this.#survey = survey;
    this.#parents = new Map(survey.types.map(({ name, parent }) => [name, parent]));
    this.#abstract = new Set(survey.types.filter((t) => t.abstract).map(({ name }) => name));
    for (const { name, parent } of survey.types)
      if (parent !== undefined)
        this.#children.set(parent, [...(this.#children.get(parent) ?? []), name]);
  }

  #names(name: string): string[] | undefined {
    return this.#survey.listed[name]?.map((property) => property.name);
  }

  /** The part of a type's list that its descendants' lists begin with. */
  #classPart(name: string): readonly string[] {
    const known = this.#shared.get(name);
    if (known) return known;
    let part = this.#names(name);
    for (const child of this.#children.get(name) ?? []) {
      const below = this.#names(child);
      if (!below) continue;
      if (!part) part = below;
      else if (!this.#abstract.has(name)) part = commonPrefix(part, below);
    }
    this.#shared.set(name, part ?? []);
    return part ?? [];
  }

  own(name: string): Own | undefined {
    const all = this.#survey.listed[name];
    if (!all) return undefined;
    const parent = this.#parents.get(name);
    const inherited = parent === undefined ? 0 : this.#classPart(parent).length;
    const rest = all.slice(inherited).map((property) => this.#withDefault(name, property));
    const above = new Set(this.#instanceNames(parent));
    const fresh = (list: readonly SurveyedProperty[]) =>
      list.filter((property) => !above.has(property.name));
    const end = this.#abstract.has(name)
      ? rest.length
      : Math.max(
          0,
          this.#children.has(name) ? this.#classPart(name).length - inherited : rest.length,
        );
    // A class has no children; and where nothing tells better, none of its own beside them.
    const childless = rest.findIndex(({ type }) => type.startsWith('child<'));
    const most = childless < 0 ? end : Math.min(end, childless);
    const places = Array.from({ length: most + 1 }, (_, at) => most - at);
    const guess = childless >= 0 && !this.#survey.declared[name];
    for (const at of guess ? [0, ...places] : places) {
      const head = rest.slice(0, at);
      if (fresh(head).length < head.length) continue;
      const declared = this.#explain(name, head);
      const instance = declared && this.#explain(name, rest.slice(at));
      if (declared && instance) return { declared, instance: fresh(instance), listed: false };
      if (this.#abstract.has(name)) break;
    }
    const tail = rest.slice(end);
    const instance = fresh(this.#explain(name, tail) ?? tail);
    return { declared: fresh(rest.slice(0, end)), instance, listed: true };
  }

  /** What instances of a type, or of its ancestors, have beside the class's properties. */
  #instanceNames(name: string | undefined): string[] {
    if (name === undefined || this.#abstract.has(name)) return [];
    const own = this.own(name)?.instance.map((property) => property.name) ?? [];
    return [...own, ...this.#instanceNames(this.#parents.get(name))];
  }

  /** An order of insertion into a hash table that gives the list, or undefined. */
  #explain(name: string, list: readonly SurveyedProperty[]): SurveyedProperty[] | undefined {
    const target = list.map((property) => property.name);
    const printed = this.#survey.declared[name] ?? this.#declaredBelow(name);
    const byName = new Map(list.map((property) => [property.name, property]));
    const plain = target.filter((property) => !property.startsWith('legacy-'));
    for (const candidate of candidates(plain, printed)) {
      const inserted = candidate.flatMap((property) =>
        byName.has(`legacy-${property}`) ? [`legacy-${property}`, property] : [property],
      );
      const listed = new StringHashOrder(inserted).names().reverse();
      if (listed.join(' ') === target.join(' '))
        return candidate.map((property) => byName.get(property) as SurveyedProperty);
    }
    return undefined;
  }

  #declaredBelow(name: string): readonly string[] | undefined {
    for (const child of this.#children.get(name) ?? []) {
      const found = this.#survey.declared[child] ?? this.#declaredBelow(child);
      if (found) return found;
    }
    return undefined;
  }

  /** An abstract type's defaults show in its descendants only. */
  #withDefault(name: string, property: SurveyedProperty): SurveyedProperty {
    const stack = [name];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const found = this.#survey.device[at]?.find((other) => other.name === property.name);
      if (found) return found;
      stack.push(...(this.#children.get(at) ?? []));
    }
    return property;
  }
}

/** Orders to try: as the device tree prints them, then the list backwards, then with each name moved to the end. */
function* candidates(
  target: readonly string[],
  printed: readonly string[] | undefined,
): Generator<string[]> {
  const back = [...target].reverse();
  if (printed) {
    const rank = new Map(printed.map((name, i) => [name, i]));
    const order = (name: string) => rank.get(name) ?? Number.POSITIVE_INFINITY;
    const sorted = back
      .map((name, i) => ({ name, i }))
      .sort((a, b) => order(a.name) - order(b.name) || a.i - b.i)
      .map(({ name }) => name);
    yield sorted;
    yield* variations(sorted);
  }
  yield back;
  yield [...target];
  yield [...target].sort();
  yield* variations(back);
  yield* shuffles(back);
}

/** Every order that moves one name to another place. */
function* variations(names: readonly string[]): Generator<string[]> {
  for (let from = 0; from < names.length; from++)
    for (let to = 0; to < names.length; to++) {
      if (to === from) continue;
      const rest = names.filter((_, i) => i !== from);
      yield [...rest.slice(0, to), names[from] as string, ...rest.slice(to)];
    }
}

const SHUFFLES = 2000;

function* shuffles(names: readonly string[]): Generator<string[]> {
  let seed = 1;
  for (let round = 0; round < SHUFFLES && names.length < 40; round++) {
    const list = [...names];
    for (let i = list.length - 1; i > 0; i--) {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fff_ffff;
      const j = seed % (i + 1);
      [list[i], list[j]] = [list[j] as string, list[i] as string];
    }
    yield list;
  }
}

function commonPrefix(a: readonly string[], b: readonly string[]): string[] {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}
