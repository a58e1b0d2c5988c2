import type { ExitServer } from './exit-server.ts';
import { SPIN_TURNS } from './exit-server.ts';

/** What the loop needs of the thread that it runs in. */
export interface Thread {
  /** Runs `turn` once, after the messages that wait in the thread's event loop now. */
  next(turn: () => void): void;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
}

/** How long one turn keeps the thread from its event loop, in ms, as long as no single access takes longer. */
const TURN_MS = 4;
/** The same while the vCPU rests: whoever ends its rest bumps the wake-up word. */
const REST_MS = 20;
/** Accesses between two looks at the clock. */
const BATCH = 256;

/**
 * Serves a vCPU from an event loop: polls briefly, sleeps on the wake-up word briefly, and lets
 * messages through between turns, so that neither waits for the other. Does nothing at all while
 * no vCPU runs.
 */
export class ServeLoop {
  readonly #thread: Thread;
  readonly #afterTurn: () => void;
  #server: ExitServer | undefined;
  #scheduled = false;

  /** `afterTurn` is called before messages are let through. */
  constructor(thread: Thread, afterTurn: () => void = () => {}) {
    this.#thread = thread;
    this.#afterTurn = afterTurn;
  }

  /** Serves `server` from now on, instead of the one before. */
  start(server: ExitServer): void {
    this.#server = server;
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#thread.next(this.#turn);
  }

  stop(): void {
    this.#server = undefined;
  }

  readonly #turn = (): void => {
    const server = this.#server;
    this.#scheduled = server !== undefined;
    if (!server) return;
    const end = this.#thread.now() + TURN_MS;
    for (;;) {
      const served = server.serve(server.vcpuRests ? 1 : SPIN_TURNS, BATCH);
      const left = end - this.#thread.now();
      if (left <= 0) break;
      if (served === BATCH) continue;
      // One sleep a turn unless the guest ended it: whoever else bumps the wake-up word has sent a message.
      if (!server.sleep(server.vcpuRests ? REST_MS : left)) break;
    }
    this.#afterTurn();
    this.#thread.next(this.#turn);
  };
}
