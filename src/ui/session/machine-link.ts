import type { MachineNotice, MachineReply, MachineRequest } from '../../protocol/messages.ts';
import type { WorkerPort } from './worker-port.ts';

/** A request without its number. */
type Body = MachineRequest extends infer R ? (R extends unknown ? Omit<R, 'id'> : never) : never;

/** How long the machine thread may take to answer, in ms, before the page says that it hangs. */
const PATIENCE_MS = 15_000;

/** Requests and answers between page and machine thread. */
export class MachineLink {
  readonly #worker: WorkerPort;
  readonly #onFault: (message: string) => void;
  readonly #pending = new Map<number, (reply: MachineReply) => void>();
  #lastId = 0;
  /** Why the thread answers nothing any more. */
  #dead: string | undefined;
  /** Called after each request, so that a sleeping machine looks at it. Set by the owner. */
  wake: () => void = () => {};

  constructor(
    worker: WorkerPort,
    onNotice: (notice: MachineNotice) => void,
    onFault: (message: string) => void,
  ) {
    this.#worker = worker;
    this.#onFault = onFault;
    worker.onMessage = (message) => {
      const reply = message as MachineReply | MachineNotice;
      if ('id' in reply) this.#settle(reply.id, reply);
      else onNotice(reply);
    };
    worker.onError = (message) => this.#fail(message);
  }

  /** The answer; `failed` where the thread failed or does not answer. Never rejects. */
  request(body: Body): Promise<MachineReply> {
    const id = ++this.#lastId;
    if (this.#dead !== undefined)
      return Promise.resolve({ id, kind: 'failed', message: this.#dead });
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#fail('the machine thread does not answer'), PATIENCE_MS);
      this.#pending.set(id, (reply) => {
        clearTimeout(timer);
        resolve(reply);
      });
      this.#worker.post({ ...body, id });
      this.wake();
    });
  }

  /** Ends the thread; what it has not answered yet is answered as failed. */
  close(): void {
    this.#worker.onMessage = () => {};
    this.#worker.onError = () => {};
    this.#worker.terminate();
    this.#die('the machine thread has ended');
  }

  #fail(message: string): void {
    if (this.#dead !== undefined) return;
    this.#die(message);
    this.#onFault(message);
  }

  #die(message: string): void {
    this.#dead = message;
    for (const id of [...this.#pending.keys()]) this.#settle(id, { id, kind: 'failed', message });
  }

  #settle(id: number, reply: MachineReply): void {
    const resolve = this.#pending.get(id);
    this.#pending.delete(id);
    resolve?.(reply);
  }
}
