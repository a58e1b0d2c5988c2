import { type Arguments, COMMANDS, type Command, INFO_COMMANDS } from './commands.ts';
import { ExpressionReader } from './expression.ts';
import { MonitorError, type MonitorTarget } from './target.ts';
import type { MemoryFormat } from './xp.ts';

const SIZES: Readonly<Record<string, number>> = { b: 1, h: 2, w: 4, g: 8 };
const HELP = { name: 'help|?', params: '[cmd]', help: 'show the help' };
const INFO = {
  name: 'info',
  params: '[subcommand]',
  help: 'show various information about the system state',
};
/** Longest line that is looked at. */
const MAX_LINE = 4096;

/** A command line that cannot be read; QEMU points to its help. */
class SyntaxComplaint extends MonitorError {}

/** The human monitor: QEMU's commands, as far as the machine has what they show. */
export class Monitor {
  readonly #target: MonitorTarget;
  /** Letter and size of the last memory dump, which the next one inherits. */
  #format: MemoryFormat = { count: 1, letter: 'x', size: 4 };

  constructor(target: MonitorTarget) {
    this.#target = target;
  }

  /** Executes one line; returns what it prints, with line ends. Never throws for what a person typed. */
  execute(text: string): string {
    const line = text.slice(0, MAX_LINE);
    const match = /^\s*(\S+)\s*/.exec(line);
    if (!match) return '';
    const name = match[1] ?? '';
    const rest = match[0].length;
    if (matches(HELP.name, name)) return help(line.slice(rest));
    if (name !== 'info') return this.#run(COMMANDS, name, name, line, nameEnd(line, 0));
    const sub = /^\S+/.exec(line.slice(rest))?.[0];
    if (sub === undefined) return helpInfo();
    return this.#run(INFO_COMMANDS, sub, `info ${sub}`, line, rest + sub.length);
  }

  #run(
    commands: readonly Command[],
    name: string,
    typed: string,
    line: string,
    at: number,
  ): string {
    // A format may follow its command without a blank: `xp/4x 0`.
    const bare = name.replace(/\/.*$/s, '');
    const command = commands.find((candidate) => matches(candidate.name, bare));
    if (!command) return `unknown command: '${typed.replace(name, bare)}'\n`;
    try {
      const args = this.#parse(command, line, at - (name.length - bare.length));
      return command.run(this.#target, args);
    } catch (error) {
      if (error instanceof SyntaxComplaint)
        return `${error.message}\nTry "help ${typed.replace(name, bare)}" for more information\n`;
      if (error instanceof MonitorError) return `${error.message}\n`;
      throw error;
    }
  }

  #parse(command: Command, line: string, start: number): Arguments {
    const strings: (string | undefined)[] = [];
    const integers: number[] = [];
    const addresses: bigint[] = [];
    let at = start;
    const skip = () => {
      while (/\s/.test(line[at] ?? '')) at++;
    };
    for (const kind of command.args) {
      skip();
      if (kind === 'format?') at = this.#readFormat(line, at);
      else if (kind === 'string' || kind === 'string?') {
        const word = readString(line, at);
        if (word === undefined && kind === 'string')
          throw new SyntaxComplaint(`${command.name}: string expected`);
        strings.push(word?.value);
        at = word?.end ?? at;
      } else {
        const reader = new ExpressionReader(line, at);
        const value = complain(() => reader.read());
        at = reader.at;
        if (kind === 'integer' && value > 0xffff_ffffn)
          throw new SyntaxComplaint(`'${command.name}' has failed: integer is for 32-bit values`);
        if (kind === 'integer') integers.push(Number(value) | 0);
        else addresses.push(value);
      }
    }
    skip();
    if (at < line.length)
      throw new SyntaxComplaint(`${command.name}: extraneous characters at the end of line`);
    return { strings, integers, addresses, format: this.#format };
  }

  /** Reads `/COUNT LETTER SIZE`; letter and size stay as they were where they are left out. */
  #readFormat(line: string, start: number): number {
    this.#format = { ...this.#format, count: 1 };
    if (line[start] !== '/') return start;
    const match = /^\/(\d*)([a-zA-Z]*)/.exec(line.slice(start)) as RegExpExecArray;
    const end = start + match[0].length;
    let { letter, size } = this.#format;
    let sized = false;
    for (const char of match[2] ?? '')
      if ('xduoc'.includes(char)) letter = char;
      else if (Object.hasOwn(SIZES, char)) {
        size = SIZES[char] ?? 4;
        sized = true;
      } else throw new SyntaxComplaint(`invalid char in format: '${char}'`);
    const after = line[end] ?? '';
    if (after !== '' && !/\s/.test(after))
      throw new SyntaxComplaint(`invalid char in format: '${after}'`);
    if (letter === 'c' && !sized) size = 1;
    const count = match[1] ? Math.min(Number(match[1]), Number.MAX_SAFE_INTEGER) : 1;
    this.#format = { count, letter, size };
    return end;
  }
}

/** End of the first word. */
function nameEnd(line: string, from: number): number {
  const match = /^\s*\S+/.exec(line.slice(from));
  return from + (match?.[0].length ?? 0);
}

function matches(names: string, name: string): boolean {
  return names.split('|').includes(name);
}

function complain<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof MonitorError ? new SyntaxComplaint(error.message) : error;
  }
}

/** A word, or a text in quotes with C's escapes; undefined at the end of the line. */
function readString(line: string, start: number): { value: string; end: number } | undefined {
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
      if (!'nr\\\'"'.includes(escaped))
        throw new SyntaxComplaint(`unsupported escape code: '\\${escaped}'`);
      value += escaped === 'n' ? '\n' : escaped === 'r' ? '\r' : escaped;
    }
  }
  throw new SyntaxComplaint('unterminated string');
}

interface Helped {
  readonly name: string;
  readonly params: string;
  readonly help: string;
}

function helpLine({ name, params, help: text }: Helped, prefix = ''): string {
  return `${prefix}${name} ${params} -- ${text}\n`;
}

function helpInfo(): string {
  return INFO_COMMANDS.map((command) => helpLine(command, 'info ')).join('');
}

/** `help [cmd]`: the commands that there are, or one of them. */
function help(rest: string): string {
  const words = rest.split(/\s+/).filter((word) => word !== '');
  const [name, sub] = words;
  const all: Helped[] = [...COMMANDS, HELP, INFO].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (name === undefined) return all.map((command) => helpLine(command)).join('');
  if (name === 'info') {
    if (sub === undefined) return helpInfo();
    const command = INFO_COMMANDS.find((candidate) => matches(candidate.name, sub));
    return command ? helpLine(command, 'info ') : `unknown command: '${sub}'\n`;
  }
  const command = all.find((candidate) => matches(candidate.name, name));
  return command ? helpLine(command) : `unknown command: '${name}'\n`;
}
