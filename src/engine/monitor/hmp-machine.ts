import { lastValue, type Opts, parseOpts } from '../machine/opts.ts';
import { ConfigError } from '../qom/errors.ts';
import type { Command } from './commands.ts';
import { answerTo, ask, attempt, isHelp } from './hmp-answer.ts';
import { type MonitorTarget, SyntaxComplaint } from './target.ts';

/** Reads a command's `key=value`s as QEMU reads an option; a complaint goes to stderr, and the monitor to its help. */
export function readOptions(target: MonitorTarget, text: string, implied: string): Opts {
  try {
    const opts = parseOpts(text, implied);
    for (const warning of opts.warnings) target.printError(`warning: ${warning}`);
    return opts;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    target.printError(error.message);
    throw new SyntaxComplaint('');
  }
}

/** Commands about the machine as a whole and its devices. */
export const MACHINE_HMP: readonly Command[] = [
  {
    name: 'cont|c',
    params: '',
    help: 'resume emulation',
    args: [],
    run(target) {
      ask(target, 'cont');
      return '';
    },
  },
  {
    name: 'device_add',
    params: 'driver[,prop=value][,...]',
    help: 'add device, like -device on the command line',
    args: ['options'],
    complete: ['device-options'],
    run(target, { strings }) {
      const opts = readOptions(target, strings[0] ?? '', 'driver');
      const driver = lastValue(opts.entries, 'driver');
      if (isHelp(driver)) return answerTo(target, 'device');
      if (driver !== undefined && opts.entries.some(({ key }) => isHelp(key)))
        return answerTo(target, 'device', driver);
      return attempt(() => target.addDevice(opts));
    },
  },
  {
    name: 'device_del',
    params: 'device',
    help: 'remove device',
    args: ['string'],
    complete: ['device-id'],
    run: (target, { strings }) => attempt(() => target.removeDevice(strings[0] ?? '')),
  },
  {
    name: 'quit|q',
    params: '',
    help: 'quit the emulator',
    args: [],
    run(target) {
      ask(target, 'quit');
      return '';
    },
  },
  {
    name: 'stop|s',
    params: '',
    help: 'stop emulation',
    args: [],
    run(target) {
      ask(target, 'stop');
      return '';
    },
  },
  {
    name: 'system_reset',
    params: '',
    help: 'reset the system',
    args: [],
    run(target) {
      ask(target, 'system_reset');
      return '';
    },
  },
];
