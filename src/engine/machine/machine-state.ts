import type { JournalWriter } from '../../journal/writer.ts';
import type { InputHandler, InputRouter } from '../backends/input.ts';
import type { RunState } from '../monitor/target.ts';
import type { QObject } from '../qom/object.ts';
import type { State } from '../qom/state.ts';

/** A part of a machine that is no object of its tree, and whose state has names of its own. */
interface Part {
  saveState(): State;
  loadState(state: State): void;
}

/** What of a machine itself moves, beside its parts. */
interface Moving {
  runState: RunState;
  readonly bounce: { busy: boolean };
  readonly journal: JournalWriter;
  readonly input: InputRouter;
  readonly root: QObject;
}

/** All that moves in a machine but the objects of its tree, and RAM. */
export class MachineState {
  readonly #machine: Moving;
  readonly #parts: readonly Part[];

  constructor(machine: Moving, ...parts: readonly Part[]) {
    this.#machine = machine;
    this.#parts = parts;
  }

  saveState(): State {
    const { runState, bounce, journal, input } = this.#machine;
    return {
      runState,
      bounce: bounce.busy,
      clock: journal.clock,
      inputs: input.handlers.map((handler) => (handler as unknown as QObject).path),
      ...Object.assign({}, ...this.#parts.map((part) => part.saveState())),
    };
  }

  /** Objects of the tree have theirs again. */
  loadState(state: State): void {
    const { bounce, journal, input, root } = this.#machine;
    this.#machine.runState = state.runState as RunState;
    bounce.busy = state.bounce as boolean;
    journal.receive(state.clock as number);
    for (const part of this.#parts) part.loadState(state);
    for (const path of (state.inputs as string[]).toReversed())
      input.activate(root.at(path) as unknown as InputHandler);
  }
}
