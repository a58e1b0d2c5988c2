import { COMMANDS, INFO_COMMANDS } from './commands.ts';
import { readQuoted } from './hmp-arguments.ts';

interface Helped {
  readonly name: string;
  readonly params: string;
  readonly help: string;
}

/** The command that explains the others. */
export const HELP: Helped = { name: 'help|?', params: '[cmd]', help: 'show the help' };
const INFO: Helped = {
  name: 'info',
  params: '[subcommand]',
  help: 'show various information about the system state',
};

/** Whether `name` is one of a command's names, which `|` separates. */
export function isCalled(names: string, name: string): boolean {
  return names.split('|').includes(name);
}

function helpLine({ name, params, help: text }: Helped, prefix = ''): string {
  return `${prefix}${name} ${params} -- ${text}\n`;
}

/** Help on every `info` command. */
export function helpInfo(): string {
  return INFO_COMMANDS.map((command) => helpLine(command, 'info ')).join('');
}

/** `help [cmd]`: the commands that there are, or one of them. */
export function help(rest: string): string {
  const words = wordsOf(rest);
  if (!words) return '';
  const [name, sub] = words;
  const all: Helped[] = [...COMMANDS, HELP, INFO].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (name === undefined) return all.map((command) => helpLine(command)).join('');
  if (name === 'info') {
    if (sub === undefined) return helpInfo();
    const command = INFO_COMMANDS.find((candidate) => isCalled(candidate.name, sub));
    return command ? helpLine(command, 'info ') : `unknown command: 'info ${sub}'\n`;
  }
  const command = all.find((candidate) => isCalled(candidate.name, name));
  return command ? helpLine(command) : `unknown command: '${name}'\n`;
}

/** Words, quotes taken off; undefined where quotes do not end. */
function wordsOf(text: string): string[] | undefined {
  const words: string[] = [];
  for (let at = 0; ; ) {
    while (/\s/.test(text[at] ?? '')) at++;
    if (at >= text.length) return words;
    const read = readQuoted(text, at);
    if (!read) return undefined;
    words.push(read.value);
    at = read.end;
  }
}
