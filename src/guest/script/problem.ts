/** What is wrong with a script, for the person who wrote it. Places count from 1, in their source. */
export interface ScriptProblem {
  /** `compile`: nothing of it ran; `run`: it ran up to `line`. */
  readonly phase: 'compile' | 'run';
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** A script that cannot be run as it is. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  /** 1-based, in the user's source. */
  readonly line: number;
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    super(message);
    this.line = line;
    this.column = column;
  }
}
