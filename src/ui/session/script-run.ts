import type { Doing } from '../../journal/run-making.ts';
import type { HeldRun, LiveMachine } from './held-run.ts';
import type { ScriptProblem } from './session.ts';
import type { VcpuEnd, VcpuLink } from './vcpu-link.ts';

/** A script on a machine, from its start to the moment when the machine has let go of it. */
export class ScriptRun {
  readonly #run: HeldRun;
  readonly #machine: LiveMachine;
  #stopped = false;
  /** Its thread was ended from outside. */
  lost = false;
  /** Resolves when it is over. */
  over: Promise<void> = Promise.resolve();

  constructor(run: HeldRun, machine: LiveMachine) {
    this.#run = run;
    this.#machine = machine;
  }

  /** Runs it; `ended` tells the machine that it is over. */
  follow(
    vcpu: VcpuLink,
    { source, chance }: Extract<Doing, { kind: 'script' }>,
    ended: () => Promise<void>,
  ): void {
    this.over = (async () => {
      this.#end(await vcpu.run({ source, chance, memory: this.#machine.memory }));
      await ended();
    })();
  }

  /** Asks it to end; how it ends is nobody's news then. */
  stop(): void {
    this.#stopped = true;
    this.#machine.gate.stop();
  }

  #end(end: VcpuEnd): void {
    this.#machine.gate.markOff();
    const { control } = this.#run;
    // A run that was kept shows what it was when its machine went.
    if (this.#run.machine !== this.#machine) return;
    if (this.#stopped) control.abandon();
    else {
      this.#run.problem = problemOf(end);
      control.end(end.kind === 'ended' ? 'ended' : 'failed');
    }
  }
}

function problemOf(end: VcpuEnd): ScriptProblem | undefined {
  if (end.kind === 'ended') return undefined;
  if (end.kind === 'lost') return { phase: 'run', message: end.message };
  const { phase, message, line, column } = end;
  return {
    phase,
    message,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
}
