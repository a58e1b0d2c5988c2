import type { Command } from './commands.ts';
import { ask } from './hmp-answer.ts';

const MIB = 2 ** 20;

/** `balloon`: asks the guest for memory back. */
export const BALLOON_HMP: Command = {
  name: 'balloon',
  params: 'target',
  help: 'request VM to change its memory allocation (in MB)',
  args: ['mebibytes'],
  run(target, { addresses: [value] }) {
    ask(target, 'balloon', { value });
    return '';
  },
};

/** `info balloon`. */
export const BALLOON_INFO: Command = {
  name: 'balloon',
  params: '',
  help: 'show balloon information',
  args: [],
  run(target) {
    const { actual } = ask(target, 'query-balloon') as { actual: number };
    return `balloon: actual=${Math.floor(actual / MIB)}\n`;
  },
};
