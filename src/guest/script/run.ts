import { format } from '../api/format.ts';
import { createGuestModule } from '../api/guest-module.ts';
import type { Hal } from '../hal.ts';
import { type Chance, chanceStandIns } from './chance.ts';
import { compileScript } from './compile.ts';
import { CompileError, type ScriptProblem } from './problem.ts';
import { standIns } from './sandbox.ts';
import { isStackOverflow, lineIn, linesBefore, makeFunction } from './stack.ts';
import { StopRun } from './stop-run.ts';

/** How the run of a script ended. */
export type ScriptOutcome =
  | { readonly kind: 'ended' }
  /** The user stopped it. */
  | { readonly kind: 'stopped' }
  | ({ readonly kind: 'failed' } & ScriptProblem);

/** Where nobody says what chance brings. */
const NO_CHANCE: Chance = { seed: 0, time: 0 };
/** Frames that must still fit on the stack when a function of the script is entered. */
const RESERVE = 64;
/** Frames that are enough to find the script's own below those of the guest library. */
const FRAMES = 100;
/** Chromium and Safari keep as many frames as this says; Firefox keeps them all. */
const ERROR = Error as ErrorConstructor & { stackTraceLimit?: number | undefined };

/**
 * Compiles a script and runs it to its end, synchronously. Everything it does goes through `hal`;
 * each statement passes `hal.line`, so that a loop without end can be stopped. Never throws for
 * what the script did. The same `chance` gives the same run on the same machine.
 */
export function runScript(source: string, hal: Hal, chance = NO_CHANCE): ScriptOutcome {
  const guest = createGuestModule(hal);
  try {
    const script = compileScript(source, new Set(Object.keys(guest)));
    const run = new ScriptRun(hal);
    const values = standIns(script.mentioned);
    for (const [name, value] of chanceStandIns(chance))
      if (script.mentioned.has(name)) values.set(name, value);
    if (script.mentioned.has('console')) values.set('console', guest.log.console);
    values.set(script.names.line, run.line);
    values.set(script.names.enter, run.enter);
    values.set(script.names.guest, guest);
    const program = makeFunction([...values.keys()], script.body);
    return run.run(() => (program(...values.values()) as () => unknown)());
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const { message, line, column } = error;
    return { kind: 'failed', phase: 'compile', message, line, column };
  }
}

class ScriptRun {
  readonly #hal: Hal;
  /** Asked before the script runs, which may change how stacks look. */
  readonly #linesBefore = linesBefore();
  #lastLine = 0;

  constructor(hal: Hal) {
    this.#hal = hal;
  }

  readonly line = (line: number): void => {
    this.#lastLine = line;
    this.#hal.line(line);
  };

  /** Uses the stack up here, if it must be, and not in the middle of an access to the machine. */
  readonly enter = (): void => {
    reserve(RESERVE);
  };

  run(program: () => unknown): ScriptOutcome {
    const { stackTraceLimit } = ERROR;
    ERROR.stackTraceLimit = FRAMES;
    this.#record('start', 0, '');
    try {
      program();
      this.#record('end', this.#lastLine, '');
      return { kind: 'ended' };
    } catch (error) {
      if (isStop(error)) {
        this.#record('end', this.#lastLine, 'the run was stopped');
        return { kind: 'stopped' };
      }
      return this.#failed(error);
    } finally {
      ERROR.stackTraceLimit = stackTraceLimit;
      this.#hal.ram.journal.handOver();
    }
  }

  #failed(error: unknown): ScriptOutcome {
    const { message, stack } = told(error);
    const at = lineIn(stack);
    const line = at === undefined ? this.#lastLine : at - this.#linesBefore;
    this.#record('fail', line, message);
    return { kind: 'failed', phase: 'run', message, line };
  }

  #record(step: 'start' | 'end' | 'fail', line: number, text: string): void {
    const { journal } = this.#hal.ram;
    if (journal.on) journal.script(step, line, text);
  }
}

function reserve(frames: number): number {
  return frames === 0 ? 0 : reserve(frames - 1) + 1;
}

function isStop(error: unknown): boolean {
  try {
    return error instanceof StopRun;
  } catch {
    return false;
  }
}

/** What an error says of itself. What a script throws may be anything, even something that throws. */
function told(error: unknown): { message: string; stack?: unknown } {
  try {
    if (!(error instanceof Error)) return { message: `uncaught ${format([error])}` };
    const { name, message, stack } = error;
    if (isStackOverflow(error))
      return { message: 'the stack is full: a function calls itself without an end', stack };
    return { message: name === 'Error' ? `${message}` : `${name}: ${message}`, stack };
  } catch {
    return { message: 'uncaught [a value that cannot be shown]' };
  }
}
