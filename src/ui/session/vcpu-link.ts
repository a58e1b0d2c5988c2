import type { VcpuReply, VcpuRequest } from '../../protocol/messages.ts';
import type { WorkerPort } from './worker-port.ts';

/** How a run came to its end: by itself, or `lost`: its thread failed or had to be ended. */
export type VcpuEnd =
  | Extract<VcpuReply, { kind: 'ended' | 'failed' }>
  | { readonly kind: 'lost'; readonly message: string };
type Script = Omit<Extract<VcpuRequest, { kind: 'run' }>, 'kind'>;

/** Threads for the vCPU: one for each run, and the next one started in advance. */
export class VcpuLink {
  readonly #spawn: () => WorkerPort;
  #spare: WorkerPort | undefined;
  #endRun: ((end: VcpuEnd) => void) | undefined;
  /** Who waits for the spare thread's answers, the next first. */
  #asked: ((lines: readonly number[] | undefined) => void)[] = [];

  constructor(spawn: () => WorkerPort) {
    this.#spawn = spawn;
    this.#prepare();
  }

  /** Runs a script; resolves when it is over. Never rejects. One run at a time. */
  run(script: Script): Promise<VcpuEnd> {
    const worker = this.#spare ?? this.#spawn();
    this.#dismiss();
    return new Promise((resolve) => {
      const end = (end: VcpuEnd): void => {
        this.#endRun = undefined;
        // What the script left behind (promises, changed built-ins) must not reach the next run.
        close(worker);
        if (!this.#spare) this.#prepare();
        resolve(end);
      };
      this.#endRun = end;
      worker.onMessage = (message) => {
        const reply = message as VcpuReply;
        if (reply.kind === 'ended' || reply.kind === 'failed') end(reply);
      };
      worker.onError = (message) => end({ kind: 'lost', message });
      worker.post({ ...script, kind: 'run' } satisfies VcpuRequest);
    });
  }

  /** Lines of a script that have a statement; undefined where nobody can tell. Runs nothing. */
  lines(source: string): Promise<readonly number[] | undefined> {
    if (!this.#spare) this.#prepare();
    const worker = this.#spare;
    return new Promise((resolve) => {
      this.#asked.push(resolve);
      if (worker) {
        worker.onMessage = (message) => {
          const reply = message as VcpuReply;
          if (reply.kind === 'lines') this.#asked.shift()?.(reply.lines);
        };
        worker.post({ kind: 'lines', source } satisfies VcpuRequest);
      }
    });
  }

  /** Ends the thread of the run, if one runs. */
  kill(message: string): void {
    this.#endRun?.({ kind: 'lost', message });
  }

  close(): void {
    this.kill('the session has ended');
    if (this.#spare) close(this.#spare);
    this.#dismiss();
  }

  /** The spare thread has another job, or none any more: it answers nobody. */
  #dismiss(): void {
    this.#spare = undefined;
    for (const resolve of this.#asked.splice(0)) resolve(undefined);
  }

  #prepare(): void {
    const spare = this.#spawn();
    this.#spare = spare;
    // One that could not be loaded in advance is tried again when it is needed, and then reported.
    spare.onError = () => {
      if (this.#spare === spare) this.#dismiss();
      close(spare);
    };
  }
}

function close(worker: WorkerPort): void {
  worker.onMessage = () => {};
  worker.onError = () => {};
  worker.terminate();
}
