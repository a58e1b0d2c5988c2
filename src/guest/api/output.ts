import type { LogLevel } from '../../journal/schema.ts';
import type { Hal } from '../hal.ts';
import { format } from './format.ts';

/** What a script's `console` can do. */
export interface Console {
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  debug(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
}

/** Prints to the console panel. */
export interface Log {
  /** Prints values in one line, separated by spaces; numbers in base 10 (see `hex`). */
  (...values: unknown[]): void;
  /** Prints a warning. */
  warn(...values: unknown[]): void;
  /** Prints an error; the script goes on. */
  error(...values: unknown[]): void;
  /** @internal */
  readonly console: Console;
}

/** A `log` that prints through `hal`: one line of output for each line of the text. */
export function createLog(hal: Hal): Log {
  const printer =
    (level: LogLevel) =>
    (...values: unknown[]): void => {
      for (const line of format(values).replace(/\n$/, '').split('\n')) hal.log(level, line);
    };
  const [log, warn, error] = [printer('log'), printer('warn'), printer('error')];
  const console: Console = { log, info: log, debug: log, warn, error };
  return Object.assign(log, { warn, error, console });
}
