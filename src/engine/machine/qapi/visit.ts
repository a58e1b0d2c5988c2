import { assert } from '../../../base/assert.ts';
import { ConfigError } from '../../qom/errors.ts';
import { StringHashOrder } from '../../qom/string-hash-order.ts';
import type { JsonValue } from '../json.ts';
import type { KeyvalTree, KeyvalValue } from '../keyval.ts';
import { readI64, readSize, readU64 } from '../numbers.ts';
import { type Entry, switchValue } from '../opts.ts';
import { qdictOrder } from '../qdict-order.ts';
import { INT_KINDS, type IntKind, type Member, type Schema, type SchemaType } from './schema.ts';

/** What a structure was read as: texts, booleans, integers, lists and structures; absent members are absent. */
export type Visited = { readonly [name: string]: VisitedValue };
/** The value of one member. */
export type VisitedValue = string | boolean | bigint | number | readonly VisitedValue[] | Visited;

/** How scalars are written, and what QEMU says where one is not as its type wants it. */
type Notation = 'json' | 'keyval' | 'opts';

type Input = JsonValue | KeyvalValue;

/** Words for an integer that cannot be read, by notation. */
const OPTS_WORDS: Readonly<Record<IntKind, string>> = {
  int: 'an int64 value',
  i32: 'an int64 value',
  u8: 'a uint64 value',
  u16: 'a uint64 value',
  u32: 'a uint64 value',
  u64: 'a uint64 value',
  size: 'a size value',
};

/** Reads the structure `type` from JSON whose values are typed. Throws ConfigError with QEMU's sentence. */
export function visitJson(
  schema: Schema,
  type: string,
  input: Readonly<Record<string, JsonValue>>,
): Visited {
  return new Visitor(schema, 'json').struct(type, input, '');
}

/** Reads the structure `type` from `a.b=c,…`, whose values are texts. Throws ConfigError with QEMU's sentence. */
export function visitKeyval(schema: Schema, type: string, input: KeyvalTree): Visited {
  return new Visitor(schema, 'keyval').struct(type, input, '');
}

/** Reads the structure `type` from options in a row, where a name that comes again makes a list. */
export function visitOpts(
  schema: Schema,
  type: string,
  id: string | undefined,
  entries: readonly Entry[],
): Visited {
  const input: Record<string, KeyvalValue> = Object.create(null);
  for (const { key, value } of entries) {
    const old = input[key];
    input[key] = old === undefined ? [value] : [...(old as string[]), value];
  }
  if (id !== undefined) input.id = [id];
  return new Visitor(schema, 'opts').struct(type, input, '');
}

class Visitor {
  readonly #schema: Schema;
  readonly #notation: Notation;

  constructor(schema: Schema, notation: Notation) {
    this.#schema = schema;
    this.#notation = notation;
  }

  /** `prefix` stands in front of names in messages: '' or `file.`. */
  struct(type: string, input: Readonly<Record<string, Input>>, prefix: string): Visited {
    const struct = this.#schema.get(type);
    assert(struct && 'members' in struct, `no structure ${type}`);
    const visited: Record<string, VisitedValue> = Object.create(null);
    this.#members(struct.members, input, prefix, visited);
    const branch = struct.tag === undefined ? [] : struct.branches.get(String(visited[struct.tag]));
    this.#members(branch ?? [], input, prefix, visited);
    // QEMU strikes from a hash table what it visits, and complains of the first that is left there.
    const left = new StringHashOrder(
      this.#notation === 'opts' ? Object.keys(input) : qdictOrder(Object.keys(input)),
    );
    for (const { name } of [...struct.members, ...(branch ?? [])]) left.delete(name);
    const [stranger] = left.names();
    if (stranger !== undefined)
      throw new ConfigError(
        this.#notation === 'opts'
          ? `Invalid parameter '${stranger}'`
          : `Parameter '${prefix}${stranger}' is unexpected`,
      );
    return visited;
  }

  #members(
    members: readonly Member[],
    input: Readonly<Record<string, Input>>,
    prefix: string,
    visited: Record<string, VisitedValue>,
  ): void {
    for (const { name, optional, type } of members) {
      const value = Object.hasOwn(input, name) ? input[name] : undefined;
      if (value !== undefined) visited[name] = this.#value(type, value, name, `${prefix}${name}`);
      else if (!optional)
        throw new ConfigError(`Parameter '${prefix}${this.#missed(name, type)}' is missing`);
    }
  }

  /** What is missed where a member is not there: options in a row cannot name a structure, only what is in it. */
  #missed(name: string, type: SchemaType): string {
    if (this.#notation !== 'opts' || type.kind !== 'named') return name;
    const declared = this.#schema.get(type.name);
    return (declared && 'tag' in declared ? declared.tag : undefined) ?? name;
  }

  /** `full` is the name with what it stands in; some messages give the bare one. */
  #value(type: SchemaType, given: Input, name: string, full: string): VisitedValue {
    if (this.#notation === 'opts') {
      const all = given as string[];
      if (type.kind === 'list') return all.flatMap((one) => this.#listed(type.of, one, name));
      return this.#scalar(type, all.at(-1) ?? '', name, full);
    }
    if (type.kind !== 'list') return this.#scalar(type, given, name, full);
    if (!Array.isArray(given)) throw wrongType(full, 'array');
    return given.map((one: Input, i) => {
      const element = this.#notation === 'json' ? `${full}[${i}]` : `${full}.${i}`;
      return this.#value(type.of, one, element, element);
    });
  }

  /** One text of an option that makes a list: integers may be ranges `1-3`. */
  #listed(type: SchemaType, text: string, name: string): VisitedValue[] {
    if (type.kind === 'named') return [{ str: text }];
    if (type.kind !== 'int') return [this.#scalar(type, text, name, name)];
    const [, first = text, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
    const from = readInt(type.int, first);
    const to = readInt(type.int, last);
    if (from === undefined || to === undefined || to < from || to - from >= 65_536n)
      throw new ConfigError(`Parameter '${name}' expects ${OPTS_WORDS[type.int]} or range`);
    return Array.from({ length: Number(to - from) + 1 }, (_, i) =>
      inRange(type.int, from + BigInt(i), name),
    );
  }

  #scalar(type: SchemaType, given: Input, name: string, full: string): VisitedValue {
    switch (type.kind) {
      case 'str':
        return text(given, full);
      case 'enum': {
        const value = text(given, full);
        if (!type.names.includes(value))
          throw new ConfigError(`Parameter '${name}' does not accept value '${value}'`);
        return value;
      }
      case 'bool':
        if (this.#notation !== 'json')
          return switchValue(this.#notation === 'opts' ? name : full, text(given, full), false);
        if (typeof given !== 'boolean') throw wrongType(full, 'boolean');
        return given;
      case 'number':
        if (this.#notation === 'json' && typeof given !== 'number') throw wrongType(full, 'number');
        if (!Number.isFinite(Number(given)))
          throw new ConfigError(`Parameter '${full}' expects number`);
        return Number(given);
      case 'int':
        return inRange(type.int, this.#integer(type.int, given, full), name);
      case 'named':
        return this.#named(type.name, given, full);
      case 'list':
        throw wrongType(full, 'array');
    }
  }

  #integer(kind: IntKind, given: Input, full: string): bigint {
    if (this.#notation === 'json') {
      const wide = kind === 'int' || kind === 'i32' ? 'int' : 'u64';
      const [least, most] = INT_KINDS[wide];
      const value = jsonInteger(given);
      if (value !== undefined && value >= least && value <= most) return value;
      throw wide === 'int'
        ? wrongType(full, 'integer')
        : new ConfigError(`Parameter '${full}' expects uint64`);
    }
    const value = readInt(kind, text(given, full));
    if (value !== undefined) return value;
    const words =
      this.#notation === 'opts' ? OPTS_WORDS[kind] : kind === 'size' ? 'size' : 'integer';
    throw new ConfigError(`Parameter '${full}' expects ${words}`);
  }

  #named(name: string, given: Input, full: string): VisitedValue {
    const declared = this.#schema.get(name);
    assert(declared, `no type ${name}`);
    if ('alternate' in declared) {
      if (typeof given === 'string') return given;
      if (!isObject(given)) throw wrongType(full, name);
      return this.struct(declared.alternate, given, `${full}.`);
    }
    if (!isObject(given)) throw wrongType(full, 'object');
    return this.struct(name, given, `${full}.`);
  }
}

function wrongType(name: string, expected: string): ConfigError {
  return new ConfigError(`Invalid parameter type for '${name}', expected: ${expected}`);
}

function text(given: Input, full: string): string {
  if (typeof given !== 'string') throw wrongType(full, 'string');
  return given;
}

function isObject(given: Input): given is Readonly<Record<string, Input>> & KeyvalTree {
  return given !== null && typeof given === 'object' && !Array.isArray(given);
}

function jsonInteger(given: Input): bigint | undefined {
  return typeof given === 'number' && Number.isInteger(given) ? BigInt(given) : undefined;
}

function readInt(kind: IntKind, given: string): bigint | undefined {
  if (kind === 'size') {
    const size = readSize(given);
    return typeof size === 'string' ? undefined : size.bytes;
  }
  const value = kind === 'int' || kind === 'i32' ? readI64(given) : readU64(given);
  return typeof value === 'string' ? undefined : value;
}

function inRange(kind: IntKind, value: bigint, name: string): bigint {
  const [least, most] = INT_KINDS[kind];
  if (value < least || value > most)
    throw new ConfigError(`Parameter '${name}' expects ${kind.replace(/^([ui])/, sign)}_t`);
  return value;
}

function sign(letter: string): string {
  return letter === 'u' ? 'uint' : 'int';
}
