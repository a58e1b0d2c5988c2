import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Access, Subject } from './access.ts';

/** How long QEMU may think about one thing, in ms. */
const PATIENCE = 10_000;

/** Inputs that move with the clock: those of the timer and the clock itself. */
const TICKS = new Set(['0', '8']);

/** Turns of its loop that QEMU is given after a batch. */
const TURNS = 3;

/** QEMU has died or does not answer; what it printed. */
export class RealMachineGone extends Error {}

/** Lines that come from a socket, one at a time. */
class Lines {
  readonly #ready: string[] = [];
  #rest = '';
  #waiting: ((line: string) => void) | undefined;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const lines = (this.#rest + data).split('\n');
      this.#rest = lines.pop() ?? '';
      this.#ready.push(...lines);
      this.#serve();
    });
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  /** The next line; undefined when none comes. */
  next(): Promise<string | undefined> | string {
    const line = this.#ready.shift();
    if (line !== undefined) return line;
    return new Promise((resolve) => {
      const give = (value?: string) => {
        clearTimeout(timer);
        this.#socket.off('close', closed);
        this.#waiting = undefined;
        resolve(value);
      };
      const closed = () => give();
      const timer = setTimeout(closed, PATIENCE);
      this.#socket.once('close', closed);
      this.#waiting = give;
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #serve(): void {
    const line = this.#waiting && this.#ready.shift();
    if (line !== undefined) this.#waiting?.(line);
  }
}

/** A real QEMU, driven through its qtest socket while its CPU stands still. Serves one session after another. */
export class RealMachine implements Subject {
  readonly #child: ChildProcess;
  readonly #qmp: Lines;
  readonly #qtest: Lines;
  #said = '';
  /** Interrupt lines that moved since the last settling. */
  #moves: string[] = [];

  private constructor(child: ChildProcess, qmp: Lines, qtest: Lines) {
    this.#child = child;
    this.#qmp = qmp;
    this.#qtest = qtest;
  }

  /**
   * Starts a program with `words`; `intercept` is the interrupt controller whose inputs are watched,
   * `folder` a place for sockets.
   */
  static async start(
    program: string,
    words: readonly string[],
    intercept: string,
    folder: string,
  ): Promise<RealMachine> {
    const paths = [join(folder, 'qmp'), join(folder, 'qtest')] as const;
    const [qmp, qtest] = await Promise.all(paths.map((path) => Door.open(path)));
    if (!qmp || !qtest) throw new RealMachineGone('no sockets');
    const child = spawn(
      program,
      [
        ...words,
        ...['-S', '-nodefaults', '-display', 'none', '-accel', 'tcg'],
        ...['-qmp', `unix:${paths[0]}`, '-qtest', `unix:${paths[1]}`, '-qtest-log', 'none'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    const ended = new Promise<never>((_, reject) => {
      child.on('error', reject);
      child.on('exit', () => reject(new RealMachineGone(said)));
    });
    ended.catch(() => {});
    child.stderr?.on('data', (data) => {
      said += data;
    });
    const machine = new RealMachine(
      child,
      new Lines(await Promise.race([qmp.guest, ended])),
      new Lines(await Promise.race([qtest.guest, ended])),
    );
    child.stderr?.on('data', (data) => {
      machine.#said = (machine.#said + data).slice(-4000);
    });
    qmp.close();
    qtest.close();
    await machine.#answer();
    await machine.#ask('qmp_capabilities');
    machine.#qtest.send(`irq_intercept_in ${intercept}\n`);
    await machine.#ok();
    return machine;
  }

  async session(accesses: readonly Access[]): Promise<readonly string[]> {
    await this.#reset();
    const answers: string[] = [];
    let batch: string[] = [];
    for (const access of accesses) {
      if (access.op !== 'settle') {
        batch.push(lineOf(access));
        continue;
      }
      answers.push(...(await this.#run(batch)));
      batch = [];
      // Each answer of the monitor's is a turn of QEMU's loop, in which notifications are heard.
      for (let turn = 0; turn < TURNS; turn++) await this.#ask('query-status');
      // To stop a machine that stands still waits for its disks, and does nothing else.
      await this.#ask('stop');
      await this.#run(['endianness']);
      answers.push(this.#moves.splice(0).join(' '));
    }
    answers.push(...(await this.#run(batch)));
    return answers;
  }

  /** Ends the program. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#qmp.close();
    this.#qtest.close();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await ended;
  }

  async #reset(): Promise<void> {
    // The answer comes before the deed, or after it.
    let wanted = 2;
    this.#qmp.send('{"execute":"system_reset"}\n');
    while (wanted > 0) {
      const { event, return: done } = await this.#answer();
      if (event === 'RESET' || done) wanted--;
    }
    await this.#ask('query-status');
    await this.#run(['endianness']);
    this.#moves = [];
  }

  async #run(lines: readonly string[]): Promise<string[]> {
    if (lines.length === 0) return [];
    this.#qtest.send(`${lines.join('\n')}\n`);
    const answers: string[] = [];
    for (const _ of lines) answers.push(await this.#ok());
    return answers;
  }

  /** The value of the next answer; a number without leading zeros. */
  async #ok(): Promise<string> {
    for (;;) {
      const line = await this.#qtest.next();
      if (line === undefined) throw new RealMachineGone(`QEMU is gone: ${this.#said}`);
      const [word = '', ...rest] = line.split(' ');
      if (word === 'IRQ') {
        if (!TICKS.has(rest[1] ?? '')) this.#moves.push(rest.join(' '));
      } else if (word === 'OK') return plain(rest.join(' '));
      else throw new Error(`qtest: ${line}`);
    }
  }

  async #ask(execute: string): Promise<void> {
    this.#qmp.send(`{"execute":"${execute}"}\n`);
    for (;;) {
      const answer = await this.#answer();
      if ('return' in answer) return;
      if ('error' in answer) throw new Error(JSON.stringify(answer));
    }
  }

  async #answer(): Promise<{ event?: string; return?: unknown; error?: unknown }> {
    const line = await this.#qmp.next();
    if (line === undefined) throw new RealMachineGone(`QEMU is gone: ${this.#said}`);
    return JSON.parse(line);
  }
}

/** A socket that waits for one guest. */
class Door {
  readonly guest: Promise<Socket>;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.guest = new Promise((resolve) => server.once('connection', resolve));
  }

  static open(path: string): Promise<Door> {
    const server = createServer();
    const door = new Door(server);
    return new Promise((resolve) => server.listen(path, () => resolve(door)));
  }

  close(): void {
    this.#server.close();
  }
}

/** Digits of the widest number, with its prefix. */
const NUMBER = 18;

/** An answer as ours has it: numbers without leading zeros, bytes with all of them. */
function plain(answer: string): string {
  return answer.replace(answer.length <= NUMBER ? /^0x0*(?=.)/ : /^0x/, '');
}

const SUFFIX = { 1: 'b', 2: 'w', 4: 'l', 8: 'q' } as const;

function lineOf(access: Exclude<Access, { op: 'settle' }>): string {
  const address = `0x${access.address.toString(16)}`;
  switch (access.op) {
    case 'read':
      return `${access.space === 'io' ? 'in' : 'read'}${SUFFIX[access.width]} ${address}`;
    case 'write': {
      const name = access.space === 'io' ? 'out' : 'write';
      return `${name}${SUFFIX[access.width]} ${address} 0x${access.value.toString(16)}`;
    }
    case 'peek':
      return `read ${address} 0x${access.length.toString(16)}`;
    case 'clear':
      return `memset ${address} 0x${access.length.toString(16)} 0`;
    case 'poke': {
      const hex = Buffer.from(access.bytes).toString('hex');
      return `write ${address} 0x${access.bytes.length.toString(16)} 0x${hex}`;
    }
  }
}
