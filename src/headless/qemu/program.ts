import { randomFillSync } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import type { ByteLink } from '../../engine/backends/byte-link.ts';
import type { MonitorPort } from '../../engine/machine/back-ends.ts';
import type { Machine } from '../../engine/machine/machine.ts';
import { startMachine } from '../../engine/machine/start.ts';
import { silentJournal } from '../../journal/writer.ts';
import { optionsOf } from '../../options/command.ts';
import { fileKind, openImage } from '../files.ts';
import { DirectoryFiles } from '../shared-files.ts';
import { openLink, socketFault } from './connection.ts';
import { HmpSession } from './hmp-session.ts';
import { attachPeer, type Peer } from './peer.ts';
import { QmpSession } from './qmp-session.ts';
import { QtestServer } from './qtest-server.ts';

/** Signals that end the program, by number. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** Runs the program that `words` call, its name first; it ends when somebody tells it to. */
export function runQemu(words: readonly string[]): void {
  let program: Program | undefined;
  const links: ByteLink[] = [];
  const failed = (reason: string) => {
    program?.complain(reason);
    process.exit(1);
  };
  const result = startMachine(words, {
    journal: silentJournal(),
    allocateRam: (bytes) => new SharedArrayBuffer(bytes),
    openImage,
    fileKind,
    sharedFiles: (directory) => new DirectoryFiles(directory),
    socketFault,
    connect(outside, end) {
      const link = openLink(outside, end, failed);
      links.push(link);
      return link;
    },
    random: (into) => void randomFillSync(into),
    quit: () => program?.quit(),
  });
  if ('machine' in result) program = new Program(result.machine, words, links);
  else {
    writeAll(1, result.stdout);
    writeAll(2, result.stderr);
    process.exit(result.exit);
  }
}

/** A machine, and whoever talks to it from outside. Sockets keep the process alive. */
class Program {
  readonly #machine: Machine;
  readonly #links: readonly ByteLink[];
  readonly #sessions: QmpSession[] = [];
  /** Characters of the machine's stderr that were printed. */
  #printed = 0;

  constructor(machine: Machine, words: readonly string[], links: readonly ByteLink[]) {
    this.#machine = machine;
    this.#links = links;
    machine.onEvent = () => this.#tellEvents();
    // Nobody was there to hear of what happened while it started.
    machine.takeEvents();
    this.#printErrors();
    const { monitors, qtest } = machine.backEnds;
    const after = () => this.#printErrors();
    for (const monitor of monitors) attachPeer(monitor.chardev, this.#monitorPeer(monitor), after);
    if (qtest) attachPeer(qtest, this.#testPeer(words), after);
    for (const signal of Object.keys(SIGNALS) as (keyof typeof SIGNALS)[])
      process.on(signal, () => this.#terminate(signal, qtest !== undefined));
    // A machine that nobody talks to runs on.
    setInterval(() => {}, 2 ** 31 - 1);
  }

  /** Ends the process as soon as the answer to whoever asked for it is sent. */
  quit(): void {
    setImmediate(() => {
      let left = this.#links.length;
      const done = () => {
        if (--left <= 0) process.exit(0);
      };
      for (const link of this.#links) link.end(done);
      if (left === 0) process.exit(0);
    });
  }

  #terminate(signal: keyof typeof SIGNALS, quiet: boolean): void {
    if (!quiet) this.complain(`terminating on signal ${SIGNALS[signal]}`);
    this.#machine.emit('SHUTDOWN', { guest: false, reason: 'host-signal' });
    this.quit();
  }

  #monitorPeer({ mode, pretty }: MonitorPort): (send: (text: string) => void) => Peer {
    return (send) => {
      if (mode === 'readline') return new HmpSession(this.#machine, send);
      const now = () => Date.now() * 1000;
      const session = new QmpSession(this.#machine, { send, pretty, now });
      this.#sessions.push(session);
      return session;
    };
  }

  #testPeer(words: readonly string[]): (send: (text: string) => void) => Peer {
    const log = openLog(optionsOf(words.slice(1)).findLast(({ name }) => name === 'qtest-log'));
    return (send) =>
      new QtestServer(this.#machine, {
        send,
        clock: this.#machine.accelerator === 'qtest',
        ...(log && { log }),
      });
  }

  #tellEvents(): void {
    for (const event of this.#machine.takeEvents())
      for (const session of this.#sessions) session.event(event);
  }

  /** Prints a complaint as QEMU does. */
  complain(text: string): void {
    this.#printErrors();
    writeAll(2, `${this.#machine.program}: ${text}\n`);
  }

  #printErrors(): void {
    const { stderr } = this.#machine;
    if (stderr.length === this.#printed) return;
    writeAll(2, stderr.slice(this.#printed));
    this.#printed = stderr.length;
  }
}

/** Where the test protocol is recorded: stderr unless `-qtest-log` says otherwise; undefined for nowhere. */
function openLog(
  option: { readonly argument: string | undefined } | undefined,
): ((kind: 'R' | 'S' | 'I', text: string) => void) | undefined {
  const name = option?.argument;
  if (name === 'none' || name === '/dev/null') return undefined;
  const file = name === undefined ? 2 : openSync(name, 'w');
  const begin = performance.now();
  return (kind, text) => {
    const seconds = ((performance.now() - begin) / 1000).toFixed(6);
    writeAll(file, `[${kind} +${seconds}] ${text}`);
  };
}

/** Writes all of a text before it returns, also to a pipe that is full. */
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(file, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Whoever read this has gone.
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
    }
  }
}
