import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Subject, Turn } from './one-thread.worker.ts';

/** Buffers of one turn of a subject: a few milliseconds. */
const TURN_BUFFERS = 64 * 500;
/** Turns of each subject before the figures count, while V8 compiles. */
const WARM_UP = 20;

/** A subject in a thread of its own, so that V8 learns nothing about it from the others. */
export class Runner {
  readonly #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** Throws where the subject cannot be had. */
  static async start(subject: Subject): Promise<Runner> {
    const worker = new Worker(new URL('./one-thread.worker.js', import.meta.url), {
      workerData: subject,
    });
    await once(worker, 'message');
    return new Runner(worker);
  }

  /** Nanoseconds on the CPU for each buffer of a turn. */
  async turn(): Promise<number> {
    return (((await this.#ask({ count: TURN_BUFFERS })) as number) * 1e6) / TURN_BUFFERS;
  }

  /** Bytes that a buffer allocates, over a million of them. */
  async bytesPerBuffer(): Promise<number> {
    const count = 1_000_000;
    return ((await this.#ask({ count, heap: true })) as number) / count;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async #ask(turn: Turn): Promise<unknown> {
    this.#worker.postMessage(turn);
    const [answer] = await once(this.#worker, 'message');
    return answer;
  }
}

/** Nanoseconds a buffer of each subject, a column for each round: all take their turns in each of them. */
export async function compare<Name extends string>(
  subjects: Readonly<Record<Name, Runner>>,
  rounds: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(subjects) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    Name,
    number[]
  >;
  for (let round = -WARM_UP; round < rounds; round++)
    for (const name of names) {
      const time = await subjects[name].turn();
      if (round >= 0) times[name].push(time);
    }
  return times;
}
