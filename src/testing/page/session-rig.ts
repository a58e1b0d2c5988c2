import { Worker } from 'node:worker_threads';
import type { FrameSource } from '../../ui/session/frames.ts';
import { LiveSession } from '../../ui/session/live-session.ts';
import type { SessionState } from '../../ui/session/session.ts';
import type { WorkerPort } from '../../ui/session/worker-port.ts';
import { bundle } from '../threads/spawn.ts';

/** What the threads of a session run. */
export interface ThreadCode {
  readonly machine: string;
  readonly vcpu: string;
}

/** Threads with a `FakeMachine` and named programs, or with real machines and scripts. */
export async function threadCode(kind: 'fake' | 'real'): Promise<ThreadCode> {
  const [machine, vcpu] =
    kind === 'fake'
      ? await Promise.all([
          bundle(new URL('../threads/machine-service.thread.ts', import.meta.url)),
          bundle(new URL('../threads/vcpu.thread.ts', import.meta.url)),
        ])
      : await Promise.all([
          bundle(new URL('../threads/real-machine-service.thread.ts', import.meta.url)),
          bundle(new URL('../threads/real-vcpu.thread.ts', import.meta.url)),
        ]);
  return { machine, vcpu };
}

class TimerFrames implements FrameSource {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #callback: ((now: number) => void) | undefined;

  request(callback: (now: number) => void): void {
    if (this.#callback) return;
    this.#callback = callback;
    this.#timer = setTimeout(() => {
      this.#callback = undefined;
      callback(performance.now());
    }, 4);
  }

  get idle(): boolean {
    return this.#callback === undefined;
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}

/** A session on threads of Node, as the page has it on workers. */
export class SessionRig {
  readonly session: LiveSession;
  readonly #frames = new TimerFrames();
  readonly #workers: Worker[] = [];
  #seed = 0;

  constructor(code: ThreadCode) {
    this.session = new LiveSession({
      spawnMachine: () => this.#spawn(code.machine),
      spawnVcpu: () => this.#spawn(code.vcpu),
      frames: this.#frames,
      now: () => performance.now(),
      time: () => 1_000_000 + this.#seed,
      seed: () => ++this.#seed,
    });
  }

  /** Whether no frame is asked for. */
  get idle(): boolean {
    return this.#frames.idle;
  }

  /** The first state that `test` likes, now or later. */
  until(test: (state: SessionState) => boolean): Promise<SessionState> {
    const { session } = this;
    const now = session.getState();
    if (test(now)) return Promise.resolve(now);
    return new Promise((resolve) => {
      const remove = session.subscribe(() => {
        if (!test(session.getState())) return;
        remove();
        resolve(session.getState());
      });
    });
  }

  async dispose(): Promise<void> {
    this.session.dispose();
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #spawn(code: string): WorkerPort {
    const worker = new Worker(code, { eval: true });
    this.#workers.push(worker);
    const port: WorkerPort = {
      post: (message) => worker.postMessage(message),
      onMessage: () => {},
      onError: () => {},
      terminate: () => {
        void worker.terminate();
      },
    };
    worker.on('message', (message: unknown) => port.onMessage(message));
    worker.on('error', (error) => port.onError(String(error)));
    return port;
  }
}
