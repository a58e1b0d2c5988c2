import type { Question } from '../machine/answered.ts';
import { answer } from '../machine/help/answer.ts';
import { NOWHERE } from '../machine/start-log.ts';
import { ConfigError } from '../qom/errors.ts';
import { runQmp } from './qmp/qmp.ts';
import { MonitorError, type MonitorTarget } from './target.ts';

/** Carries out a QMP command for the human monitor; returns what it returned. Throws MonitorError as people read it. */
export function ask(
  target: MonitorTarget,
  execute: string,
  args: Readonly<Record<string, unknown>> = {},
): unknown {
  try {
    return runQmp(target, { execute, arguments: args });
  } catch (error) {
    if (!(error instanceof MonitorError || error instanceof ConfigError)) throw error;
    throw new MonitorError(`Error: ${error.message}`);
  }
}

/** Runs `work`; what it refuses is printed as the monitor prints errors. Returns no text. */
export function attempt(work: () => void): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) throw new MonitorError(`Error: ${error.message}`);
    throw error;
  }
  return '';
}

/** Whether a word asks for help. */
export function isHelp(word: string | undefined): boolean {
  return word === 'help' || word === '?';
}

/** What the program knows of its types; of `name`, or of all of a kind. */
export function answerTo(target: MonitorTarget, about: Question['about'], name?: string): string {
  const { types, root, type } = target;
  const program = { arch: type.arch, registry: root.registry, types };
  try {
    return answer(program, { about, name, location: NOWHERE, display: true }).text;
  } catch (error) {
    if (error instanceof ConfigError) throw new MonitorError(error.message);
    throw error;
  }
}
