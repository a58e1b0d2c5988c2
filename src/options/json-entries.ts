import type { Entry } from './entries.ts';

/** Deepest nesting that is looked at. */
const DEEPEST = 64;
/** Longest way to a member that is looked at, in characters: nothing of QEMU's is called so. */
const LONGEST_WAY = 1000;
const BLANKS = ' \t\r\n';

type Kind = 'string' | 'number' | 'word' | 'empty';

/** A value that is no object and no list, and where its member stands. */
interface Leaf extends Entry {
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
  readonly memberStart: number;
}

/** An object, and where another member goes. */
interface Holder {
  /** Keys on the way to it, each with a dot behind. */
  readonly prefix: string;
  readonly end: number;
  readonly empty: boolean;
}

/** What a JSON text says, as far as it is one. */
class Scan {
  readonly leaves: Leaf[] = [];
  readonly holders: Holder[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether the whole text is one value. */
  run(): boolean {
    return this.#value('', 0, 0) && this.#blank() === this.#text.length;
  }

  #blank(): number {
    while (BLANKS.includes(this.#text[this.#at] ?? 'x')) this.#at++;
    return this.#at;
  }

  #take(sign: string): boolean {
    if (this.#text[this.#blank()] !== sign) return false;
    this.#at++;
    return true;
  }

  #value(key: string, memberStart: number, depth: number): boolean {
    const start = this.#blank();
    const sign = this.#text[start];
    if (sign === '{' || sign === '[') {
      if (depth === DEEPEST) return false;
      this.#at++;
      return this.#members(key, sign, start, memberStart, depth);
    }
    const text = sign === '"' || sign === "'" ? this.#string() : undefined;
    if (text !== undefined) {
      this.#leaf({ key, value: text, kind: 'string', start, end: this.#at, memberStart });
      return true;
    }
    const bare = /^[\w+.-]+/.exec(this.#text.slice(start, start + 400))?.[0];
    if (bare === undefined) return false;
    this.#at = start + bare.length;
    const kind = /^-?\d/.test(bare) ? 'number' : 'word';
    this.#leaf({ key, value: bare, kind, start, end: this.#at, memberStart });
    return true;
  }

  /** The text of a string, read to its end; undefined where it has none. */
  #string(): string | undefined {
    const start = this.#at;
    const quote = this.#text[start];
    for (let at = start + 1; at < this.#text.length; at++) {
      if (this.#text[at] === '\\') at++;
      else if (this.#text[at] === quote) {
        this.#at = at + 1;
        return unescaped(this.#text.slice(start + 1, at));
      }
    }
    return undefined;
  }

  #leaf(leaf: Leaf): void {
    if (leaf.key !== '') this.leaves.push(leaf);
  }

  #members(
    key: string,
    open: '{' | '[',
    start: number,
    memberStart: number,
    depth: number,
  ): boolean {
    const close = open === '{' ? '}' : ']';
    const prefix = key === '' ? '' : `${key}.`;
    if (prefix.length > LONGEST_WAY) return false;
    for (let count = 0; ; count++) {
      const end = this.#blank();
      if (count === 0 && this.#take(close)) {
        if (open === '{') this.holders.push({ prefix, end, empty: true });
        this.#leaf({
          key,
          value: `${open}${close}`,
          kind: 'empty',
          start,
          end: this.#at,
          memberStart,
        });
        return true;
      }
      const name =
        open === '['
          ? String(count)
          : /["']/.test(this.#text[end] ?? '')
            ? this.#string()
            : undefined;
      if (name === undefined || (open === '{' && !this.#take(':'))) return false;
      if (!this.#value(`${prefix}${name}`, end, depth + 1)) return false;
      const behind = this.#at;
      if (this.#take(',')) continue;
      if (!this.#take(close)) return false;
      if (open === '{') this.holders.push({ prefix, end: behind, empty: false });
      return true;
    }
  }
}

const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, hex?: string, letter = '') =>
    hex === undefined ? (LETTERS[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** The members of a JSON object, those of inner objects and lists with their way there: `file.driver`. */
export function jsonEntries(text: string): Entry[] {
  const scan = new Scan(text);
  scan.run();
  return scan.leaves.map(({ key, value }) => ({ key, value }));
}

/**
 * The same JSON with a member set, or without it where `value` is undefined; unchanged where it is no JSON.
 * `type`: QEMU's name of the member's type; a new member is a number or switch where its text looks it.
 */
export function withJsonEntry(
  text: string,
  key: string,
  value: string | undefined,
  type?: string,
): string {
  const scan = new Scan(text);
  if (!scan.run()) return text;
  const leaf = scan.leaves.find((one) => one.key === key);
  if (value === undefined) return leaf ? withoutMember(text, leaf) : text;
  if (leaf)
    return text.slice(0, leaf.start) + literal(key, value, type, leaf.kind) + text.slice(leaf.end);
  const holder = scan.holders
    .filter(({ prefix }) => key.startsWith(prefix))
    .reduce<Holder | undefined>(
      (best, one) => (best && best.prefix.length >= one.prefix.length ? best : one),
      undefined,
    );
  if (!holder) return text;
  const [name = '', ...inner] = key.slice(holder.prefix.length).split('.').reverse();
  const member = inner.reduce(
    (nested, outer) => `${JSON.stringify(outer)}:{${nested}}`,
    `${JSON.stringify(name)}:${literal(key, value, type, undefined)}`,
  );
  return `${text.slice(0, holder.end)}${holder.empty ? '' : ','}${member}${text.slice(holder.end)}`;
}

function withoutMember(text: string, { memberStart, end }: Leaf): string {
  const behind = /^\s*,\s*/.exec(text.slice(end))?.[0].length;
  if (behind !== undefined) return text.slice(0, memberStart) + text.slice(end + behind);
  let start = memberStart;
  const skipBlanks = (): void => {
    while (start > 0 && BLANKS.includes(text[start - 1] ?? 'x')) start--;
  };
  skipBlanks();
  if (text[start - 1] === ',') start--;
  skipBlanks();
  return text.slice(0, start) + text.slice(end);
}

/** A value as JSON: of the property's type, else of the kind that it replaces, else as it looks. */
function literal(
  key: string,
  value: string,
  type: string | undefined,
  old: Kind | undefined,
): string {
  const kinds: readonly Kind[] =
    type === undefined
      ? old === undefined && key !== 'addr'
        ? ['number', 'word']
        : [old ?? 'string']
      : [type === 'bool' ? 'word' : /^u?int|^size$/.test(type) ? 'number' : 'string'];
  if (kinds.includes('word')) {
    if (['on', 'yes', 'true', 'y'].includes(value)) return 'true';
    if (['off', 'no', 'false', 'n'].includes(value)) return 'false';
  }
  if (kinds.includes('number') && /^(?:-?\d+|0[xX][0-9a-fA-F]+)$/.test(value))
    return BigInt(value).toString();
  return JSON.stringify(value);
}
