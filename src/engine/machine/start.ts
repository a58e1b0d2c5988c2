import { ConfigError } from '../qom/errors.ts';
import { Answered } from './answered.ts';
import type { Host } from './host.ts';
import { Machine } from './machine.ts';

/** What became of a command line: a machine, or what the program printed before it left. */
export type StartResult =
  | { readonly machine: Machine }
  | { readonly exit: number; readonly stdout: string; readonly stderr: string };

/** Starts the program that a command line calls. Text ends with a line end; never throws for what a person typed. */
export function startMachine(commandLine: string | readonly string[], host: Host): StartResult {
  try {
    return { machine: Machine.build(commandLine, host) };
  } catch (error) {
    if (error instanceof Answered) return { exit: 0, stdout: error.text, stderr: error.stderr };
    if (error instanceof ConfigError) return { exit: 1, stdout: '', stderr: `${error.message}\n` };
    throw error;
  }
}
