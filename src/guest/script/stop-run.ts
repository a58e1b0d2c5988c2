/** Thrown by a Hal to unwind a guest that the user stopped: never an error of the script. */
export class StopRun extends Error {
  override readonly name = 'StopRun';

  constructor() {
    super('the run was stopped');
  }
}
