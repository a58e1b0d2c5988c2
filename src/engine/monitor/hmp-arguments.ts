import { readSize } from '../machine/numbers.ts';
import type { ArgumentKind, Arguments, Command } from './commands.ts';
import { ExpressionReader } from './expression.ts';
import { MonitorError, SyntaxComplaint } from './target.ts';
import type { MemoryFormat } from './xp.ts';

const SIZES: Readonly<Record<string, number>> = { b: 1, h: 2, w: 4, g: 8 };
const MAX_I64 = 2n ** 63n - 1n;
const MIB = 2n ** 20n;

/** Reads the arguments of one command from a line, in the order of its declaration. */
export class ArgumentReader {
  readonly #command: Command;
  readonly #line: string;
  #at: number;
  #format: MemoryFormat;
  readonly #strings: (string | undefined)[] = [];
  readonly #integers: number[] = [];
  readonly #addresses: bigint[] = [];
  readonly #flags = new Set<string>();

  /** `start` is where the command's name ends; `format` the last memory dump's. */
  constructor(command: Command, line: string, start: number, format: MemoryFormat) {
    this.#command = command;
    this.#line = line;
    this.#at = start;
    this.#format = format;
  }

  /** Throws SyntaxComplaint with QEMU's sentence. */
  read(): Arguments {
    for (const kind of this.#command.args) {
      this.#skip();
      this.#readOne(kind);
    }
    this.#skip();
    if (this.#at < this.#line.length) this.#complain('extraneous characters at the end of line');
    return {
      strings: this.#strings,
      integers: this.#integers,
      addresses: this.#addresses,
      flags: this.#flags,
      format: this.#format,
    };
  }

  #complain(text: string): never {
    throw new SyntaxComplaint(`${this.#command.name}: ${text}`);
  }

  #skip(): void {
    while (/\s/.test(this.#line[this.#at] ?? '')) this.#at++;
  }

  get #done(): boolean {
    return this.#at >= this.#line.length;
  }

  #readOne(kind: ArgumentKind): void {
    switch (kind) {
      case 'format?':
        this.#readFormat();
        return;
      case 'rest':
        if (this.#done) this.#complain('string expected');
        this.#strings.push(this.#line.slice(this.#at));
        this.#at = this.#line.length;
        return;
      case 'options': {
        const text = this.#done ? '' : this.#string();
        if (text === undefined) throw new SyntaxComplaint('');
        this.#strings.push(text);
        return;
      }
      case 'string':
      case 'string?':
      case 'block':
      case 'block?': {
        if (kind.endsWith('?') && this.#done) return;
        const what = kind.startsWith('block') ? 'block device name' : 'string';
        this.#strings.push(this.#string() ?? this.#complain(`${what} expected`));
        return;
      }
      case 'switch': {
        const word = this.#word();
        if (word !== 'on' && word !== 'off') throw new SyntaxComplaint("Expected 'on' or 'off'");
        this.#strings.push(word);
        return;
      }
      case 'size':
        this.#readSize();
        return;
      case 'address':
      case 'integer':
      case 'integer?':
      case 'mebibytes':
        if (kind === 'integer?' && this.#done) return;
        this.#readNumber(kind);
        return;
      default:
        this.#readFlag(kind[1] ?? '');
    }
  }

  #word(): string {
    const word = /^\S*/.exec(this.#line.slice(this.#at))?.[0] ?? '';
    this.#at += word.length;
    return word;
  }

  #readFlag(letter: string): void {
    if (this.#line[this.#at] !== '-') return;
    const given = this.#line[this.#at + 1] ?? '';
    if (given === letter) {
      this.#flags.add(letter);
      this.#at += 2;
    } else if (!this.#command.args.includes(`-${given}`))
      // QEMU's text ends at the character that is not there.
      throw new SyntaxComplaint(
        `${this.#command.name}: unsupported option -${given}`,
        given === '',
      );
  }

  #readSize(): void {
    const word = this.#word();
    const bare = /^\+?(?:0x[\da-f]+|[\d.]+)$/i.test(word);
    const size = readSize(bare ? `${word}M` : word);
    if (typeof size === 'string' || size.bytes > MAX_I64) throw new SyntaxComplaint('invalid size');
    this.#addresses.push(size.bytes);
  }

  #readNumber(kind: 'address' | 'integer' | 'integer?' | 'mebibytes'): void {
    const reader = new ExpressionReader(this.#line, this.#at);
    let value: bigint;
    try {
      value = reader.read();
    } catch (error) {
      throw error instanceof MonitorError ? new SyntaxComplaint(error.message) : error;
    }
    this.#at = reader.at;
    if (kind === 'address') this.#addresses.push(value);
    else if (kind === 'mebibytes') {
      if (value > MAX_I64) throw new SyntaxComplaint('enter a positive value');
      this.#addresses.push(BigInt.asIntN(64, value * MIB));
    } else {
      if (value > 0xffff_ffffn)
        throw new SyntaxComplaint(
          `'${this.#command.name}' has failed: integer is for 32-bit values`,
        );
      this.#integers.push(Number(value) | 0);
    }
  }

  /** Reads `/COUNT LETTER SIZE`; letter and size stay as they were where they are left out. */
  #readFormat(): void {
    this.#format = { ...this.#format, count: 1 };
    if (this.#line[this.#at] !== '/') return;
    const match = /^\/(\d*)([a-zA-Z]*)/.exec(this.#line.slice(this.#at)) as RegExpExecArray;
    const end = this.#at + match[0].length;
    let { letter, size } = this.#format;
    let sized = false;
    for (const char of match[2] ?? '')
      if ('xduoc'.includes(char)) letter = char;
      else if (Object.hasOwn(SIZES, char)) {
        size = SIZES[char] ?? 4;
        sized = true;
      } else throw new SyntaxComplaint(`invalid char in format: '${char}'`);
    const after = this.#line[end] ?? '';
    if (after !== '' && !/\s/.test(after))
      throw new SyntaxComplaint(`invalid char in format: '${after}'`);
    if (letter === 'c' && !sized) size = 1;
    const count = match[1] ? Math.min(Number(match[1]), Number.MAX_SAFE_INTEGER) : 1;
    this.#format = { count, letter, size };
    this.#at = end;
  }

  /** A word, or a text in quotes with C's escapes; undefined where there is none, or the quotes do not end. */
  #string(): string | undefined {
    const read = readQuoted(this.#line, this.#at);
    if (read) this.#at = read.end;
    return read?.value;
  }
}

/** A word, or a text in quotes with C's escapes, and where it ends; undefined where there is none or it is broken. */
export function readQuoted(
  line: string,
  start: number,
): { readonly value: string; readonly end: number } | undefined {
  if (line[start] === undefined) return undefined;
  if (line[start] !== '"') {
    const value = /^\S+/.exec(line.slice(start))?.[0] ?? '';
    return { value, end: start + value.length };
  }
  let value = '';
  for (let at = start + 1; at < line.length; at++) {
    const char = line[at] as string;
    if (char === '"') return { value, end: at + 1 };
    if (char !== '\\') value += char;
    else {
      const escaped = line[++at] ?? '';
      if (escaped === '' || !'nr\\\'"'.includes(escaped)) return undefined;
      value += escaped === 'n' ? '\n' : escaped === 'r' ? '\r' : escaped;
    }
  }
  return undefined;
}
