import { impliedKey, isJsonArgument } from '../../options/entries.ts';
import { OPTIONS } from '../../options/option-table.ts';
import { programArch } from '../../options/programs.ts';

/** What a part of a command line is, for its colour. */
export type TokenKind =
  /** `-device`, or a bare image. */
  | 'option'
  /** `virtio-blk-pci`: what the first entry names. */
  | 'type'
  | 'key'
  | 'value'
  /** The id that the option gives. */
  | 'id'
  /** An id that another option gives. */
  | 'reference'
  | 'program'
  | 'comment'
  /** Blanks, commas, quotes, line ends. */
  | 'mark';

/** A piece of a command line's text. The pieces of a line follow one another without a gap. */
export interface Token {
  readonly text: string;
  readonly kind: TokenKind;
  /** The id that it gives or names. */
  readonly id?: string;
  /** The option it belongs to, counted from 0; -1 before the first. */
  readonly option: number;
}

/** A character as the shell hands it on, and where it stands in the text. */
interface Char {
  readonly char: string;
  readonly at: number;
}

/** A word of the text: from `start` to `end`, and what is left of it without quotes. */
interface Word {
  readonly start: number;
  readonly end: number;
  readonly chars: readonly Char[];
}

/** Keys whose value names the option's own object. */
const OWN_ID: ReadonlySet<string> = new Set(['id', 'node-name']);

/**
 * Takes the text of a command line apart for colouring; never throws, whatever was typed. The pieces
 * together are the text.
 */
export function tokensOf(text: string): Token[] {
  const { words, comments } = wordsOf(text);
  const spans: Span[] = comments.map(([start, end]) => ({ start, end, kind: 'comment' }));
  const starts: number[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as Word;
    const value = cooked(word.chars);
    if (i === 0 && programArch(value) !== undefined) {
      spans.push({ ...word, kind: 'program' });
      continue;
    }
    starts.push(word.start);
    spans.push({ start: word.start, end: word.end, kind: 'option' });
    const name = value.replace(/^--?(?=.)/, '');
    const next = words[i + 1];
    if (!value.startsWith('-') || !next || !takesArgument(name, next)) continue;
    i++;
    spans.push(...argumentSpans(name, next));
  }
  return pieces(text, spans, starts);
}

/** Whether the next word is an option's argument; as `options/command.ts` decides it. */
function takesArgument(option: string, next: Word): boolean {
  return OPTIONS.get(option)?.argument ?? next.chars[0]?.char !== '-';
}

/** The ids that a line gives. */
function givenIds(tokens: readonly Token[]): ReadonlySet<string> {
  return new Set(tokens.flatMap(({ kind, id }) => (kind === 'id' && id !== undefined ? [id] : [])));
}

/** Marks values that name an id which the line gives: `drive=disk0`, `bus=scsi0.0`. */
export function withReferences(tokens: readonly Token[], ids = givenIds(tokens)): Token[] {
  let key = '';
  return tokens.map((token) => {
    if (token.kind === 'key') key = token.text;
    if (token.kind === 'option') key = '';
    if (token.kind !== 'value' || !namesObjects(key)) return token;
    const id = named(token.text, ids);
    return id === undefined ? token : { ...token, kind: 'reference', id };
  });
}

/** Whether a key's value may be an id: all but those whose value is the person's own text. */
function namesObjects(key: string): boolean {
  return (
    key !== '' && !/^(?:serial|name|mount_tag|path|type|driver|filename|format|if|media)$/.test(key)
  );
}

/** The id that a value names: itself, or that of the device whose bus it names. */
function named(text: string, ids: ReadonlySet<string>): string | undefined {
  const value = text.replace(/^['"]|['"]$/g, '');
  if (ids.has(value)) return value;
  const owner = value.replace(/\.\d+$/, '');
  return ids.has(owner) ? owner : undefined;
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: TokenKind;
  readonly id?: string;
}

const cooked = (chars: readonly Char[]): string => chars.map(({ char }) => char).join('');

/** Words and comments, with quotes and backslashes heeded as a shell heeds them. */
function wordsOf(text: string): { words: Word[]; comments: (readonly [number, number])[] } {
  const words: Word[] = [];
  const comments: (readonly [number, number])[] = [];
  let chars: Char[] = [];
  let start = -1;
  let quote = '';
  const close = (end: number): void => {
    if (start >= 0) words.push({ start, end, chars });
    chars = [];
    start = -1;
  };
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote !== '') {
      if (char === quote) quote = '';
      else if (quote === '"' && char === '\\' && '"\\$`'.includes(text.charAt(at + 1) || ' ')) {
        at++;
        chars.push({ char: text.charAt(at), at });
      } else chars.push({ char, at });
    } else if (/\s/.test(char)) close(at);
    else if (char === '#' && start < 0) {
      const end = text.indexOf('\n', at);
      comments.push([at, end < 0 ? text.length : end]);
      at = (end < 0 ? text.length : end) - 1;
    } else {
      const lineEnd = char === '\\' && /^\r?\n/.exec(text.slice(at + 1, at + 3));
      if (lineEnd) {
        at += lineEnd[0].length;
        continue;
      }
      if (start < 0) start = at;
      if (char === '"' || char === "'") quote = char;
      else if (char === '\\' && at + 1 < text.length) {
        at++;
        chars.push({ char: text.charAt(at), at });
      } else chars.push({ char, at });
    }
  }
  close(text.length);
  return { words, comments };
}

function argumentSpans(option: string, word: Word): Span[] {
  const whole: Span = { start: word.start, end: word.end, kind: 'value' };
  if (impliedKey(option) === undefined) return [whole];
  if (isJsonArgument(option, cooked(word.chars))) return jsonSpans(word);
  const spans: Span[] = [];
  for (const [i, chars] of entries(word.chars).entries()) {
    const equals = chars.findIndex(({ char }) => char === '=');
    const key = cooked(equals < 0 ? chars : chars.slice(0, equals));
    if (equals < 0) {
      push(spans, chars, i === 0 ? 'type' : 'key');
      continue;
    }
    push(spans, chars.slice(0, equals), 'key');
    const value = chars.slice(equals + 1);
    if (OWN_ID.has(key)) push(spans, value, 'id', cooked(value));
    else push(spans, value, TYPE_KEYS.has(key) ? 'type' : 'value');
  }
  return spans;
}

/** Keys that say what is made, as the first entry does without one. */
const TYPE_KEYS: ReadonlySet<string> = new Set(['driver', 'qom-type']);

/** Entries of an argument; a doubled comma stands for itself. */
function entries(chars: readonly Char[]): Char[][] {
  const found: Char[][] = [[]];
  for (let i = 0; i < chars.length; i++) {
    const one = chars[i] as Char;
    if (one.char !== ',') found.at(-1)?.push(one);
    else if (chars[i + 1]?.char === ',') {
      found.at(-1)?.push(one, chars[i + 1] as Char);
      i++;
    } else found.push([]);
  }
  return found;
}

function push(spans: Span[], chars: readonly Char[], kind: TokenKind, id?: string): void {
  const first = chars[0];
  const last = chars.at(-1);
  if (first && last)
    spans.push({ start: first.at, end: last.at + 1, kind, ...(id !== undefined && { id }) });
}

/** Strings of JSON: keys, ids, other values. */
function jsonSpans(word: Word): Span[] {
  const text = cooked(word.chars);
  const spans: Span[] = [];
  let key = '';
  for (const match of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[\w.+-]+/g)) {
    const chars = word.chars.slice(match.index, match.index + (match[1] ?? match[0]).length);
    const bare = (match[1] ?? match[0]).replace(/^"|"$/g, '');
    if (match[2] !== undefined) {
      key = bare;
      push(spans, chars, 'key');
    } else if (OWN_ID.has(key)) push(spans, chars, 'id', bare);
    else push(spans, chars, TYPE_KEYS.has(key) ? 'type' : 'value');
  }
  return spans;
}

/** The text cut at the spans, what lies between them as marks. */
function pieces(text: string, spans: readonly Span[], starts: readonly number[]): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let option = -1;
  const mark = (end: number): void => {
    if (end > at) tokens.push({ text: text.slice(at, end), kind: 'mark', option });
    at = end;
  };
  for (const { start, end, kind, id } of spans.toSorted((a, b) => a.start - b.start)) {
    mark(start);
    while ((starts[option + 1] ?? Number.POSITIVE_INFINITY) <= start) option++;
    tokens.push({ text: text.slice(start, end), kind, option, ...(id !== undefined && { id }) });
    at = end;
  }
  mark(text.length);
  return tokens;
}
