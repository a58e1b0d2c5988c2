import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How long a program may think about one question, in ms; some types make it spin for ever. */
const PATIENCE = 4000;

/** An answer of QMP's. */
export interface Answer {
  readonly return?: unknown;
  readonly error?: { readonly class: string; readonly desc: string };
}

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

/** An installed `qemu-system-ARCH` that is asked over QMP. Starts on the first question, and again after it died. */
export class Qemu {
  readonly #program: string;
  readonly #args: readonly string[];
  #process: ChildProcessWithoutNullStreams | undefined;
  #lines: string[] = [];
  #waiting: (() => void) | undefined;
  #ended: Ended | undefined;

  constructor(arch: string, args: readonly string[]) {
    this.#program = `qemu-system-${arch}`;
    this.#args = [...args, '-S', '-display', 'none', '-monitor', 'none', '-qmp', 'stdio'];
  }

  /** Sends one request; how the program ended where it did so instead of answering. */
  async ask(execute: string, args: object = {}): Promise<Answer | Ended> {
    if (!this.#process) await this.#start();
    this.#process?.stdin.write(`${JSON.stringify({ execute, arguments: args })}\n`);
    return this.#answer();
  }

  /** What the human monitor prints for a line. */
  async hmp(line: string): Promise<string> {
    const answer = await this.ask('human-monitor-command', { 'command-line': line });
    if (!('return' in answer)) throw new Error(`${line}: ${JSON.stringify(answer)}`);
    return String(answer.return).replaceAll('\r\n', '\n');
  }

  /** Ends the program; the next question starts it afresh. */
  async stop(): Promise<void> {
    const process = this.#process;
    if (!process) return;
    process.stdin.end();
    process.kill();
    while (!this.#ended) await this.#wait();
    this.#process = undefined;
  }

  async #start(): Promise<void> {
    const child = spawn(this.#program, this.#args);
    let stderr = '';
    this.#process = child;
    this.#lines = [];
    this.#ended = undefined;
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child.stdin.on('error', () => {});
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#lines.push(line);
      this.#waiting?.();
    });
    child.on('close', (code) => {
      this.#ended = { code, stderr };
      this.#waiting?.();
    });
    await this.#answer();
    await this.ask('qmp_capabilities');
  }

  async #answer(): Promise<Answer | Ended> {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) {
        // A failing assertion prints beside the answers.
        if (!line.startsWith('{')) continue;
        // Numbers beyond 2^53 would be rounded.
        const message = JSON.parse(line.replace(/: (-?\d{16,})/g, ': "$1"')) as Answer;
        if (!('event' in message)) return message;
      } else if (this.#ended) {
        this.#process = undefined;
        return this.#ended;
      } else if (!(await this.#wait())) this.#process?.kill('SIGKILL');
    }
  }

  /** Waits for something to happen; false where nothing did. */
  #wait(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), PATIENCE);
      this.#waiting = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}

/** What a program prints before it leaves. */
export function printed(arch: string, args: readonly string[]): string {
  const { stdout } = spawnSync(`qemu-system-${arch}`, [...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return stdout;
}
