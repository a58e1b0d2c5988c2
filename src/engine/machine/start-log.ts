import { ConfigError } from '../qom/errors.ts';
import { Answered, Asked } from './answered.ts';

/** Where something stands on a command line. */
export interface Place {
  /** As QEMU's messages name it: `-device virtio-rng-pci`; '' where they name none. */
  readonly text: string;
  /** Which of the line's options it is, counted from 0; undefined where no option asked for it. */
  readonly option: number | undefined;
}

/** The place of what no option asked for. */
export const NOWHERE: Place = { text: '', option: undefined };

/** What QEMU would print on stderr while it starts, and what ours adds in plain words. */
export class StartLog {
  /** Architecture that the program is for. */
  arch = 'x86_64';
  /** What stands in front of every message: `qemu-system-` and what the program was called by. */
  program = 'qemu-system-x86_64';
  /** QEMU's own lines, in order. */
  readonly #lines: string[] = [];
  readonly #notes: string[] = [];
  /** Option that is being worked on. */
  #place = NOWHERE;
  #heir: ((text: string) => void) | undefined;

  /** Everything that was said, QEMU's lines first. */
  get warnings(): readonly string[] {
    return [...this.#lines, ...this.#notes];
  }

  /** QEMU's own lines, as they stand on stderr. */
  get stderr(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  /** Whether the machine stands. */
  get closed(): boolean {
    return this.#heir !== undefined;
  }

  /** Number of the option that is being worked on, or undefined. */
  get option(): number | undefined {
    return this.#place.option;
  }

  /** Runs `work` on behalf of the option at `place`; a ConfigError gets its text in front. */
  at<T>({ text, option }: Place, work: () => T): T {
    const outer = this.#place;
    this.#place = { text, option: option ?? outer.option };
    try {
      return work();
    } catch (error) {
      throw error instanceof ConfigError ? this.refuse(error) : error;
    } finally {
      this.#place = outer;
    }
  }

  /** Runs `work`, whose complaints are about an option that messages do not name. */
  about<T>(option: number | undefined, work: () => T): T {
    return this.at({ text: this.#place.text, option }, work);
  }

  /** Runs `work` on behalf of no option that messages would name. */
  unplaced<T>(work: () => T): T {
    return this.at(NOWHERE, work);
  }

  /** The machine stands: what is said from now on goes to `heir`, without prefix. */
  close(heir: (text: string) => void): void {
    this.#heir = heir;
  }

  /** A warning of QEMU's: `text` without prefix. */
  warn(text: string): void {
    this.print(`warning: ${text}`);
  }

  /** A complaint of a device's, which may call itself a warning. */
  print(text: string): void {
    if (this.#heir) this.#heir(text);
    else this.#lines.push(this.#prefixed(text));
  }

  /** A line of QEMU's that has no prefix. */
  line(text: string): void {
    this.#lines.push(text);
  }

  /** A remark of ours: what of the command line this machine does not model. */
  note(text: string): void {
    if (!this.#notes.includes(text)) this.#notes.push(text);
  }

  /** The error that ends the start: all that QEMU printed so far, then the reason. */
  refuse(error: ConfigError): ConfigError {
    if (error instanceof StartRefused || error instanceof Answered || error instanceof Asked)
      return error;
    return new StartRefused(
      [...this.#lines, this.#prefixed(error.message)].join('\n'),
      this.#place.option,
    );
  }

  /** An error that ends the start, whose text stands without prefix. */
  bare(text: string): ConfigError {
    return new StartRefused([...this.#lines, text].join('\n'), this.#place.option);
  }

  #prefixed(text: string): string {
    return [this.program, ...(this.#place.text === '' ? [] : [this.#place.text]), text].join(': ');
  }
}

/** A refusal whose message is complete. */
export class StartRefused extends ConfigError {
  /** Which of the line's options it is about, counted from 0, where it is about one. */
  readonly option: number | undefined;

  constructor(message: string, option: number | undefined) {
    super(message);
    this.option = option;
  }
}
