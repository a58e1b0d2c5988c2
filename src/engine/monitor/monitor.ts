import { COMMANDS, type Command, INFO_COMMANDS } from './commands.ts';
import { ArgumentReader } from './hmp-arguments.ts';
import { HELP, help, helpInfo, isCalled } from './hmp-help.ts';
import { MonitorError, type MonitorTarget, SyntaxComplaint } from './target.ts';
import type { MemoryFormat } from './xp.ts';

/** Longest line that is looked at. */
const MAX_LINE = 4096;

/** The human monitor: QEMU's commands, as far as the machine has what they show. */
export class Monitor {
  readonly #target: MonitorTarget;
  /** Letter and size of the last memory dump, which the next one inherits. */
  format: MemoryFormat = { count: 1, letter: 'x', size: 4 };

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
    if (isCalled(HELP.name, name)) return help(line.slice(rest));
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
    const command = commands.find((candidate) => isCalled(candidate.name, bare));
    if (!command) return `unknown command: '${typed.replace(name, bare)}'\n`;
    try {
      const start = at - (name.length - bare.length);
      const args = new ArgumentReader(command, line, start, this.format).read();
      this.format = args.format;
      return command.run(this.#target, args);
    } catch (error) {
      if (error instanceof SyntaxComplaint)
        return `${error.message}${error.message === '' || error.unended ? '' : '\n'}Try "help ${typed.replace(name, bare)}" for more information\n`;
      if (error instanceof MonitorError) return `${error.message}\n`;
      throw error;
    }
  }
}

/** End of the first word. */
function nameEnd(line: string, from: number): number {
  const match = /^\s*\S+/.exec(line.slice(from));
  return from + (match?.[0].length ?? 0);
}
