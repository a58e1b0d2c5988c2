import { ConfigError } from '../qom/errors.ts';
import { MonitorError, type MonitorTarget } from './target.ts';

/** Carries out a QMP command for the human monitor; returns what it returned. Throws MonitorError as people read it. */
export function ask(
  target: MonitorTarget,
  execute: string,
  args: Readonly<Record<string, unknown>> = {},
): unknown {
  const answer = target.qmp({ execute, arguments: args });
  if ('error' in answer) throw new MonitorError(`Error: ${answer.error.desc}`);
  return answer.return;
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
