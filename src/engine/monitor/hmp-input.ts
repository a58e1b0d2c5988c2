import { isKeyName, KEY_CODES } from '../backends/key-codes.ts';
import type { Command } from './commands.ts';
import { ask } from './hmp-answer.ts';
import { MonitorError } from './target.ts';

/** A key as `sendkey` takes it: a name, `<` for a key between others, or a number. Throws MonitorError. */
function keyOf(text: string): { type: string; data: string | number } {
  const name = text === '<' ? 'less' : text;
  if (isKeyName(name)) return { type: 'qcode', data: name };
  const code = /^0x[0-9a-f]+$/i.test(text) ? Number(text) : undefined;
  if (code === undefined || ![...KEY_CODES.values()].includes(code))
    throw new MonitorError(`invalid parameter: ${text}`);
  return { type: 'number', data: code };
}

/** Commands that stand in for a person at the keyboard. */
export const INPUT_HMP: readonly Command[] = [
  {
    name: 'sendkey',
    params: 'keys [hold_ms]',
    help: "send keys to the VM (e.g. 'sendkey ctrl-alt-f1', default hold time=100 ms)",
    args: ['string', 'string?'],
    run(target, { strings: [keys = ''] }) {
      // A key's name holds no minus sign; behind the last one stands a key.
      ask(target, 'send-key', { keys: keys.split('-').map(keyOf) });
      return '';
    },
  },
];
