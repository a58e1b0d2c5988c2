import { ConfigError } from '../qom/errors.ts';

/** A JSON value. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
/** A JSON object; one that was parsed has no prototype. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** What QEMU calls the JSON type of a value: `integer`, `string`, … */
export function jsonTypeOf(value: unknown): string {
  return typeof value === 'bigint' || Number.isInteger(value) ? 'integer' : typeof value;
}

/** The JSON type in which a property of QEMU's type `type` is given. */
export function jsonTypeFor(type: string): 'boolean' | 'integer' | 'string' {
  if (type === 'bool') return 'boolean';
  return /^u?int|^size$/.test(type) ? 'integer' : 'string';
}

/** A piece of JSON text: punctuation and keywords are themselves. */
interface Token {
  readonly kind: 'mark' | 'word' | 'string' | 'number';
  readonly text: string;
}

const SPACE = /[ \t\r\n]*/y;
const MARK = /[{}[\]:,]/y;
const WORD = /[a-z]+/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** What a number begins with that is none. */
const BAD_NUMBER = /-[^\d]?|-?0\d|-?\d+\.[^\d]?|-?\d+(?:\.\d+)?[eE][+-]?[^\d]?/y;
const DEEPEST = 1024;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

function fault(reason: string): ConfigError {
  return new ConfigError(`JSON parse error, ${reason}`);
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** The token at `at`. Throws ConfigError where there is none. */
function tokenAt(text: string, at: number): Token {
  const mark = match(MARK, text, at);
  if (mark !== undefined) return { kind: 'mark', text: mark };
  const word = match(WORD, text, at);
  if (word !== undefined) return { kind: 'word', text: word };
  const number = match(NUMBER, text, at);
  const bad = match(BAD_NUMBER, text, at);
  if (bad !== undefined && (number === undefined || bad.length > number.length))
    throw fault(`stray '${bad}'`);
  if (number !== undefined) return { kind: 'number', text: number };
  return { kind: 'string', text: stringAt(text, at) };
}

/** The string at `at`, with its quotes. Throws ConfigError where there is none, or it does not end well. */
function stringAt(text: string, at: number): string {
  const quote = text[at] ?? '';
  if (quote !== '"' && quote !== "'") throw fault(`stray '${quote}'`);
  let end = at + 1;
  while (end < text.length && text[end] !== quote) {
    // A backslash takes its neighbour along; control characters stand in no string.
    if (text[end] === '\\') end++;
    if (text.charCodeAt(end) < 0x20) break;
    end++;
  }
  const string = text.slice(at, end + 1);
  if (text[end] !== quote) throw fault(`stray '${string}'`);
  return string;
}

/** Parses an option's argument that is a JSON object, as QEMU does. Throws ConfigError with its sentence. */
export function parseJson(text: string): JsonObject {
  const tokens: Token[] = [];
  let [braces, brackets] = [0, 0];
  let at = match(SPACE, text, 0)?.length ?? 0;
  while (at < text.length) {
    const token = tokenAt(text, at);
    tokens.push(token);
    at += token.text.length;
    at += match(SPACE, text, at)?.length ?? 0;
    if (token.kind === 'mark') {
      braces += token.text === '{' ? 1 : token.text === '}' ? -1 : 0;
      brackets += token.text === '[' ? 1 : token.text === ']' ? -1 : 0;
    }
    if (braces < 0 || brackets < 0 || (braces === 0 && brackets === 0)) break;
    if (braces + brackets > DEEPEST) throw fault('JSON nesting depth limit exceeded');
  }
  const value = new Parser(tokens).value();
  if (at < text.length) throw new ConfigError('Expecting at most one JSON value');
  return value as JsonObject;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  value(): JsonValue {
    const { kind, text } = this.#next();
    if (kind === 'string') return unquote(text);
    if (kind === 'number') return Number(text);
    if (kind === 'word') {
      if (text === 'null') return null;
      if (text === 'true' || text === 'false') return text === 'true';
      throw fault(`invalid keyword '${text}'`);
    }
    if (text === '{') return this.#object();
    if (text === '[') return this.#array();
    throw fault('expecting value');
  }

  #next(): Token {
    const token = this.#tokens[this.#at++];
    if (!token) throw fault('premature EOI');
    return token;
  }

  /** Whether the next token is `text`; it stays. */
  #isNext(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (!token) throw fault('premature EOI');
    return token.kind === 'mark' && token.text === text;
  }

  #object(): JsonObject {
    const object: Record<string, JsonValue> = Object.create(null);
    if (this.#isNext('}')) this.#at++;
    else
      do {
        const key = this.value();
        if (typeof key !== 'string') throw fault('key is not a string in object');
        if (this.#next().text !== ':') throw fault('missing : in object pair');
        const value = this.value();
        if (object[key] !== undefined) throw fault('duplicate key');
        object[key] = value;
      } while (this.#goesOn('}', 'dict'));
    return object;
  }

  #array(): JsonValue[] {
    const list: JsonValue[] = [];
    if (this.#isNext(']')) this.#at++;
    else
      do list.push(this.value());
      while (this.#goesOn(']', 'list'));
    return list;
  }

  /** Takes a separator or the end. */
  #goesOn(end: string, what: string): boolean {
    const { kind, text } = this.#next();
    if (kind === 'mark' && text === end) return false;
    if (kind === 'mark' && text === ',') return true;
    throw fault(`expected separator in ${what}`);
  }
}

function unquote(text: string): string {
  let result = '';
  for (let at = 1; at < text.length - 1; at++) {
    const char = text[at] as string;
    if (char !== '\\') {
      result += char;
      continue;
    }
    const letter = text[++at] ?? '';
    if (letter === 'u') {
      const hex = text.slice(at + 1, at + 5);
      if (!/^[0-9a-fA-F]{4}$/.test(hex) || hex === '0000')
        throw fault(`\\u${hex} is not a valid Unicode character`);
      result += String.fromCharCode(Number.parseInt(hex, 16));
      at += 4;
      continue;
    }
    const plain = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (plain === undefined) throw fault('invalid escape sequence in string');
    result += plain;
  }
  return result;
}
