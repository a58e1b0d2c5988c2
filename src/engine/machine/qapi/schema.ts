import { assert } from '../../../base/assert.ts';

/** Integer types and their ranges; `int` has 64 bits, `size` reads suffixes. */
export const INT_KINDS = {
  int: [-(2n ** 63n), 2n ** 63n - 1n],
  i32: [-(2n ** 31n), 2n ** 31n - 1n],
  u8: [0n, 2n ** 8n - 1n],
  u16: [0n, 2n ** 16n - 1n],
  u32: [0n, 2n ** 32n - 1n],
  u64: [0n, 2n ** 64n - 1n],
  size: [0n, 2n ** 64n - 1n],
} as const;
/** Name of an integer type. */
export type IntKind = keyof typeof INT_KINDS;

/** The type of a member. */
export type SchemaType =
  | { readonly kind: 'str' | 'bool' | 'number' }
  | { readonly kind: 'int'; readonly int: IntKind }
  | { readonly kind: 'enum'; readonly names: readonly string[] }
  | { readonly kind: 'list'; readonly of: SchemaType }
  | { readonly kind: 'named'; readonly name: string };

/** One member of a structure. */
export interface Member {
  readonly name: string;
  readonly optional: boolean;
  readonly type: SchemaType;
}

/** A structure; with a tag, further members depend on what the tag says. */
export interface Struct {
  readonly members: readonly Member[];
  /** Name of the member that chooses a branch. */
  readonly tag: string | undefined;
  readonly branches: ReadonlyMap<string, readonly Member[]>;
}

/** Either an object of a type, or a text that refers to one. */
export interface Alternate {
  readonly alternate: string;
}

/** Named types of a schema. */
export type Schema = ReadonlyMap<string, Struct | Alternate>;

/**
 * Reads a schema: `Name = member member` declares a structure, `Name = a b / tag` a union whose branches follow
 * as `case: member member`, `Name | Other` an alternate of a text and `Other`. A member is `name`, `name?`
 * where it may be absent, `name:type` where it is no text; a type is `bool`, an integer kind, `<a|b>`, `[type]`
 * or a name.
 */
export function parseSchema(text: string): Schema {
  const schema = new Map<string, Struct | Alternate>();
  let branches = new Map<string, readonly Member[]>();
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    const branch = /^([\w-]+):(?: (.*))?$/.exec(trimmed);
    const struct = /^(\w+) =(?: (.*?))?(?: \/ ([\w-]+))?$/.exec(trimmed);
    const alternate = /^(\w+) \| (\w+)$/.exec(trimmed);
    if (branch) branches.set(branch[1] ?? '', members(branch[2] ?? ''));
    else if (alternate) schema.set(alternate[1] ?? '', { alternate: alternate[2] ?? '' });
    else if (struct) {
      branches = new Map();
      const [, name = '', list = '', tag] = struct;
      schema.set(name, { members: members(list), tag, branches });
    } else assert(trimmed === '', `not a schema line: ${trimmed}`);
  }
  return schema;
}

function members(text: string): Member[] {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const match = /^([\w-]+)(\?)?(?::(.+))?$/.exec(word);
      assert(match, `not a member: ${word}`);
      const [, name = '', optional, type = 'str'] = match;
      return { name, optional: optional !== undefined, type: typeOf(type) };
    });
}

function typeOf(text: string): SchemaType {
  if (text.startsWith('<')) return { kind: 'enum', names: text.slice(1, -1).split('|') };
  if (text.startsWith('[')) return { kind: 'list', of: typeOf(text.slice(1, -1)) };
  if (text === 'str' || text === 'bool' || text === 'number') return { kind: text };
  if (Object.hasOwn(INT_KINDS, text)) return { kind: 'int', int: text as IntKind };
  return { kind: 'named', name: text };
}
