import { DocumentError } from '../document.ts';
import { plainValue, substitute } from './substitution.ts';
import { MOST_TEXT, unset, type Value } from './unset.ts';

/** Variables that every shell has. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  HOME: '/home/user',
  USER: 'user',
  LOGNAME: 'user',
  UID: '1000',
  PWD: '.',
  TMPDIR: '/tmp',
  HOSTNAME: 'host',
  RANDOM: '4711',
  XDG_RUNTIME_DIR: '/run/user/1000',
  '0': 'script',
};

const KEYWORDS = new Set('then do else elif if while until ! { } fi done esac'.split(' '));
const DECLARE = new Set(['export', 'local', 'declare', 'readonly', 'typeset']);
const ASSIGNMENT = /^([A-Za-z_]\w*)(\+?)=([\s\S]*)$/;
const ASSIGNS = /^[A-Za-z_]\w*\+?=/;
const CONTINUED = /[ \t]*\r?\n(?:[ \t]*>[ \t])?/y;
const PLACEHOLDER = /<([A-Za-z](?:[\w./ -]{0,60}\w)?)>/y;
const REDIRECTION = /&>>?|[<>]{1,3}[&|]?-?/y;
const HEREDOC = /[ \t]*(["'\\]?)([\w-]+)\1/y;
const OPTION_FOLLOWS = /\s*(?=-{1,2}[A-Za-z])/y;

/** A quote that nothing closes, which may as well be an apostrophe. */
export class OpenQuote extends DocumentError {}

/**
 * Reads a shell's text and puts its variables in: `commands` are words a command, in their order. Conditions are
 * not looked at, and nothing is run.
 */
export class ShellReader {
  readonly commands: string[][] = [];
  readonly #text: string;
  /** A backslash is part of a path. */
  readonly #windows: boolean;
  readonly #variables: Map<string, string | string[]>;
  #at = 0;
  #words: string[] = [];
  /** Whether all words so far are assignments, or what may stand before one. */
  #atFront = true;
  #word: string | undefined;
  #array: { readonly name: string; readonly outer: string[]; readonly append: boolean } | undefined;
  /** The next word is a redirection's target. */
  #skip = false;
  /** Delimiters of here-documents that begin on the next line. */
  #documents: string[] = [];
  #size = 0;

  constructor(text: string, variables?: ReadonlyMap<string, Value>) {
    this.#text = text;
    this.#windows = /(?:^|[\s"'=])[A-Za-z]:\\/.test(text);
    const known = [...(variables ?? new Map<string, Value>(Object.entries(ENVIRONMENT)))];
    this.#variables = new Map(
      known.map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
    );
  }

  /** Variables as they are behind the text. */
  get variables(): ReadonlyMap<string, Value> {
    return this.#variables;
  }

  /** Throws DocumentError where a quote is left open or the words grow too long. */
  read(): this {
    while (this.#at < this.#text.length) this.#step(this.#text[this.#at] as string);
    this.#endCommand();
    return this;
  }

  #step(char: string): void {
    switch (char) {
      case "'":
        this.#add(this.#quoted(1));
        return;
      case '"':
        this.#at++;
        this.#double();
        return;
      case '\\':
        this.#escape();
        return;
      case '^':
      case '`':
        if (this.#matches(CONTINUED, this.#at + 1)) this.#endWord();
        else if (char === '^') this.#plain(char);
        else this.#expand(false);
        return;
      case '$':
        this.#dollar(false);
        return;
      case '\n':
        this.#newline();
        return;
      case ';':
      case '|':
        this.#at++;
        this.#endCommand();
        return;
      case '&':
        if (!this.#redirection()) {
          this.#at++;
          this.#endCommand();
        }
        return;
      case '<':
      case '>':
        this.#angle();
        return;
      case '(':
      case ')':
        this.#parenthesis(char);
        return;
      case '#':
        if (this.#word === undefined) this.#at = this.#lineEnd();
        else this.#plain(char);
        return;
      default:
        if (/\s/.test(char)) {
          this.#at++;
          this.#endWord();
        } else this.#plain(char);
    }
  }

  #plain(char: string): void {
    this.#at++;
    this.#add(char);
  }

  #add(text: string): void {
    this.#size += text.length;
    if (this.#size > MOST_TEXT)
      throw new DocumentError('The text grows too long once its variables are put in.');
    this.#word = (this.#word ?? '') + text;
  }

  #matches(pattern: RegExp, at: number): RegExpExecArray | null {
    pattern.lastIndex = at;
    const found = pattern.exec(this.#text);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  #lineEnd(): number {
    const end = this.#text.indexOf('\n', this.#at);
    return end < 0 ? this.#text.length : end;
  }

  /** What stands between single quotes that open `skip - 1` characters from here. */
  #quoted(skip: number): string {
    const start = this.#at + skip;
    const end = this.#text.indexOf("'", start);
    if (end < 0) throw new OpenQuote("A quote (') is opened and never closed.");
    this.#at = end + 1;
    return this.#text.slice(start, end);
  }

  #double(): void {
    this.#add('');
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) throw new OpenQuote('A quote (") is opened and never closed.');
      if (char === '"') {
        this.#at++;
        return;
      }
      if (char === '$' || char === '`') this.#dollar(true);
      else if (char === '\\' && this.#matches(/\r?\n/y, this.#at + 1)) continue;
      else if (char === '\\' && '"\\$`'.includes(this.#text[this.#at + 1] ?? ' ')) {
        this.#add(this.#text[this.#at + 1] ?? '');
        this.#at += 2;
      } else this.#plain(char);
    }
  }

  #escape(): void {
    // Blanks behind the backslash are a slip that the eye does not see.
    if (this.#matches(CONTINUED, this.#at + 1)) {
      this.#endWord();
      return;
    }
    const next = this.#text[this.#at + 1] ?? '';
    this.#add(this.#windows && /\w/.test(next) ? `\\${next}` : next);
    this.#at += 2;
  }

  #newline(): void {
    this.#at++;
    this.#endWord();
    for (const delimiter of this.#documents.splice(0)) this.#skipDocument(delimiter);
    if (this.#array) return;
    // Lines that begin with a dash go on, though the backslash was lost.
    if (this.#words.length === 0 || !this.#matches(OPTION_FOLLOWS, this.#at)) this.#endCommand();
  }

  #skipDocument(delimiter: string): void {
    while (this.#at < this.#text.length) {
      const end = this.#lineEnd();
      const line = this.#text.slice(this.#at, end).trim();
      this.#at = end + 1;
      if (line === delimiter) return;
    }
  }

  #angle(): void {
    const found = this.#matches(PLACEHOLDER, this.#at);
    if (found) this.#add(unset(found[1] ?? ''));
    else this.#redirection();
  }

  #redirection(): boolean {
    const found = this.#matches(REDIRECTION, this.#at);
    if (!found) return false;
    if (this.#word !== undefined && /^\d+$/.test(this.#word)) this.#word = undefined;
    this.#endWord();
    if (found[0].startsWith('<<') && found[0] !== '<<<') {
      const delimiter = this.#matches(HEREDOC, this.#at)?.[2];
      if (delimiter !== undefined) this.#documents.push(delimiter);
    } else this.#skip = !found[0].endsWith('-');
    return true;
  }

  #parenthesis(char: string): void {
    this.#at++;
    const [, name, append] = /^(\w+)(\+?)=$/.exec(this.#word ?? '') ?? [];
    if (char === '(' && name !== undefined && !this.#array) {
      this.#array = { name, outer: this.#words, append: append === '+' };
      this.#words = [];
      this.#word = undefined;
    } else if (char === ')' && this.#array) {
      this.#endWord();
      const { name, outer, append } = this.#array;
      const before = append ? this.#variables.get(name) : undefined;
      // In place: a script may add to an array word by word.
      if (Array.isArray(before)) for (const word of this.#words) before.push(word);
      else this.#variables.set(name, before === undefined ? this.#words : [before, ...this.#words]);
      this.#words = outer;
      this.#array = undefined;
    } else this.#endCommand();
  }

  #dollar(quoted: boolean): void {
    if (!quoted && this.#text.startsWith("$'", this.#at)) this.#add(this.#quoted(2));
    else this.#expand(quoted);
  }

  /** Puts the value of what begins here in: `$NAME`, `${…}`, `$(…)` or backticks. */
  #expand(quoted: boolean): void {
    const found = substitute(this.#text, this.#at, this.#variables);
    if (!found) {
      this.#plain(this.#text[this.#at] as string);
      return;
    }
    this.#at = found.end;
    const { value } = found;
    const assigns = !this.#array && this.#atFront && ASSIGNS.test(this.#word ?? '');
    if (typeof value !== 'string') {
      value.forEach((one, i) => {
        if (i > 0) this.#endWord();
        this.#add(one);
      });
    } else if (quoted || assigns) this.#add(value);
    else {
      const parts = value.split(/\s+/);
      parts.forEach((one, i) => {
        if (i > 0) this.#endWord();
        if (one !== '') this.#add(one);
      });
    }
  }

  #endWord(): void {
    if (this.#word !== undefined && !this.#skip) {
      this.#words.push(this.#word);
      this.#atFront &&= ASSIGNS.test(this.#word) || DECLARE.has(this.#word);
    }
    if (this.#word !== undefined) this.#skip = false;
    this.#word = undefined;
  }

  #endCommand(): void {
    this.#endWord();
    this.#skip = false;
    if (this.#array) {
      // It was never closed, or was none.
      this.#words = [...this.#array.outer, ...this.#words];
      this.#array = undefined;
    }
    let words = this.#words;
    this.#words = [];
    this.#atFront = true;
    const first = words.findIndex((word) => !KEYWORDS.has(word));
    words = first < 0 ? [] : words.slice(first);
    if (words[0] === 'for' && words[2] === 'in') words = [`${words[1]}=${words[3] ?? ''}`];
    if (DECLARE.has(words[0] ?? '')) words = words.slice(1).filter((word) => !/^-\w+$/.test(word));
    if (words.every((word) => ASSIGNS.test(word))) for (const word of words) this.#assign(word);
    else this.commands.push(words);
  }

  #assign(word: string): void {
    const [, name = '', plus, value = ''] = ASSIGNMENT.exec(word) ?? [];
    const before = plus ? this.#variables.get(name) : undefined;
    this.#variables.set(name, plus ? plainValue(before) + value : value);
  }
}
