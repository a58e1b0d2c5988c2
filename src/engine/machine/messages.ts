import type { JournalWriter } from '../../journal/writer.ts';
import type { State } from '../qom/state.ts';
import type { StartLog } from './start-log.ts';

/** Characters of stderr that are kept: a guest can make devices complain for ever. */
const MAX_STDERR = 2 ** 18;

/**
 * Who hears what a machine says: while it is built, whoever reads the command line's complaints; while a command is
 * carried out, whoever gave it; else it stands on stderr and in the journal.
 */
export class Messages {
  /** All that was printed once the machine stood, building included, with line ends; cut short. */
  stderr = '';
  readonly #log: StartLog;
  readonly #journal: JournalWriter;
  #hear: ((message: string) => void) | undefined;

  constructor(log: StartLog, journal: JournalWriter) {
    this.#log = log;
    this.#journal = journal;
  }

  /** The machine stands. */
  start(): void {
    this.stderr = this.#log.stderr;
    this.#log.close((text) => this.report(text));
  }

  /** Runs `work`; complaints on the way are for `hear`, else for who hears them already, else for stderr. */
  during<T>(hear: ((message: string) => void) | undefined, work: () => T): T {
    const outer = this.#hear;
    this.#hear = hear ?? outer ?? ((message) => this.printError(message));
    try {
      return work();
    } finally {
      this.#hear = outer;
    }
  }

  /** A complaint, without the program's name. */
  report(message: string): void {
    if (!this.#log.closed) this.#log.print(message);
    else if (this.#hear) this.#hear(message);
    else {
      this.#print(`${this.#log.program}: ${message}\n`);
      this.note(message);
    }
  }

  /** A line on stderr as it is. */
  printError(line: string): void {
    this.#print(`${line}\n`);
    this.note(line);
  }

  /** A remark that only the journal has. */
  note(message: string): void {
    if (this.#journal.on) this.#journal.log('device', 'device', message);
  }

  saveState(): State {
    return { stderr: this.stderr };
  }

  loadState({ stderr }: State): void {
    this.stderr = stderr as string;
  }

  #print(text: string): void {
    if (this.stderr.length < MAX_STDERR) this.stderr += text;
  }
}
