import { DocumentError } from '../document.ts';
import { MOST_TEXT, unset, type Value } from './unset.ts';

/** What a `$…` stands for, and where the text goes on. */
interface Substituted {
  readonly value: Value;
  readonly end: number;
}

/** Deepest nesting of what is put in. */
const DEEPEST = 8;
/** Longest name of something unknown, in characters. */
const LONGEST = 40;

const NAME = /\$([A-Za-z_]\w*|[0-9@*#?!$-])/y;
const BRACED = /^([A-Za-z_]\w*|[0-9@*])(\[[^\]]*\])?(?:(:?[-=+?])([\s\S]*)|[%#:/^,@][\s\S]*)?$/;

/** A variable's value as one text. */
export function plainValue(value: Value | undefined): string {
  return typeof value === 'string' ? value : (value ?? []).join(' ');
}

/** What begins at `at` with `$` or a backtick; undefined where that is only a sign. */
export function substitute(
  text: string,
  at: number,
  variables: ReadonlyMap<string, Value>,
  depth = 0,
): Substituted | undefined {
  if (text[at] === '`') {
    const end = text.indexOf('`', at + 1);
    return end < 0
      ? undefined
      : { value: ofCommand(text.slice(at + 1, end), variables, depth), end: end + 1 };
  }
  const sum = text.startsWith('$((', at) ? text.indexOf('))', at) : -1;
  if (sum >= 0) return { value: ofArithmetic(text.slice(at + 3, sum), variables), end: sum + 2 };
  if (text.startsWith('$(', at)) {
    const end = closing(text, at + 1, '(', ')');
    return { value: ofCommand(text.slice(at + 2, end), variables, depth), end: end + 1 };
  }
  if (text.startsWith('${', at)) {
    const end = closing(text, at + 1, '{', '}');
    return { value: ofBraces(text.slice(at + 2, end), variables, depth), end: end + 1 };
  }
  NAME.lastIndex = at;
  const name = NAME.exec(text)?.[1];
  return name === undefined ? undefined : { value: ofName(name, variables), end: NAME.lastIndex };
}

/** Where what opens at `at` is closed, nested ones counted; the text's end where it never is. */
function closing(text: string, at: number, open: string, close: string): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === open) depth++;
    else if (text[i] === close && --depth === 0) return i;
  }
  return text.length;
}

function ofName(name: string, variables: ReadonlyMap<string, Value>): Value {
  return variables.get(name) ?? unset(`$${name}`);
}

function ofBraces(inside: string, variables: ReadonlyMap<string, Value>, depth: number): Value {
  const [, name, index, operator, rest = ''] = BRACED.exec(inside) ?? [];
  if (name === undefined) return unset(`\${${shortened(inside)}}`);
  const value = variables.get(name);
  const set = value !== undefined && (value.length > 0 || !operator?.startsWith(':'));
  if (operator?.endsWith('+')) return set ? expanded(rest, variables, depth) : '';
  if (!set) {
    const given = operator?.endsWith('-') || operator?.endsWith('=');
    return given ? expanded(rest, variables, depth) : ofName(name, variables);
  }
  if (index === '[@]') return value;
  if (index !== undefined && /^\[\d+\]$/.test(index) && typeof value !== 'string')
    return value[Number(index.slice(1, -1))] ?? '';
  return plainValue(value);
}

/** A text with what it names put in. */
function expanded(text: string, variables: ReadonlyMap<string, Value>, depth: number): string {
  if (depth >= DEEPEST) return '';
  let result = '';
  for (let at = 0; at < text.length; ) {
    const char = text[at] as string;
    const found =
      char === '$' || char === '`' ? substitute(text, at, variables, depth + 1) : undefined;
    if (!found && char !== '"') result += char;
    if (found) result += plainValue(found.value);
    if (result.length > MOST_TEXT)
      throw new DocumentError('The text grows too long once its variables are put in.');
    at = found?.end ?? at + 1;
  }
  return result;
}

/** What some commands print anywhere; of the others only the name is known. */
function ofCommand(command: string, variables: ReadonlyMap<string, Value>, depth: number): string {
  const text = expanded(command, variables, depth).trim();
  const [program = '', ...words] = text.split(/\s+/);
  const last = (words.filter((word) => !word.startsWith('-')).at(-1) ?? '').replace(/['"]/g, '');
  switch (program) {
    case 'nproc':
      return '2';
    case 'pwd':
    case 'dirname':
      return '.';
    case 'uname':
      return words.includes('-m') ? 'x86_64' : 'Linux';
    case 'whoami':
      return 'user';
    case 'id':
      return words.some((word) => /n/.test(word)) ? 'user' : '1000';
    case 'which':
    case 'type':
    case 'command':
    case 'realpath':
    case 'readlink':
      return last;
    case 'echo':
      return words
        .filter((word) => word !== '-n')
        .join(' ')
        .replace(/['"]/g, '');
    case 'basename':
      return last.slice(last.lastIndexOf('/') + 1);
    default:
      return unset(`$(${shortened(program)}…)`);
  }
}

const shortened = (text: string): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;

/** Sums and products of whole numbers. */
function ofArithmetic(text: string, variables: ReadonlyMap<string, Value>): string {
  const unknown = unset(`$((${shortened(text)}))`);
  if (text.length > 200) return unknown;
  const tokens = text.match(/\d+|\$?\{?[A-Za-z_]\w*\}?|[-+*/%()]|\S/g) ?? [];
  let at = 0;
  const atom = (): number => {
    const token = tokens[at++] ?? '';
    if (token === '(') {
      const value = sum();
      return tokens[at++] === ')' ? value : Number.NaN;
    }
    if (token === '-') return -atom();
    if (/^\d+$/.test(token)) return Number(token);
    const value = variables.get(token.replace(/^\$?\{?|\}$/g, ''));
    return typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : Number.NaN;
  };
  const product = (): number => {
    let value = atom();
    while (/^[*/%]$/.test(tokens[at] ?? '')) {
      const operator = tokens[at++];
      const other = atom();
      if (operator === '*') value *= other;
      else value = Math.trunc(operator === '/' ? value / other : value % other);
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (/^[-+]$/.test(tokens[at] ?? '')) value += tokens[at++] === '+' ? product() : -product();
    return value;
  };
  const value = sum();
  return at === tokens.length && Number.isFinite(value) ? String(value) : unknown;
}
