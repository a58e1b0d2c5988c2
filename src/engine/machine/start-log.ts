import { ConfigError } from '../qom/errors.ts';
import { Answered, Asked } from './answered.ts';

/** What QEMU would print on stderr while it starts, and what ours adds in plain words. */
export class StartLog {
  /** Names the program that stands in front of every message: `qemu-system-ARCH`. */
  arch = 'x86_64';
  /** QEMU's own lines, in order. */
  readonly #lines: string[] = [];
  readonly #notes: string[] = [];
  /** Option that is being worked on, as it stands on the line, or ''. */
  #location = '';
  #heir: ((text: string) => void) | undefined;

  /** Everything that was said, QEMU's lines first. */
  get warnings(): readonly string[] {
    return [...this.#lines, ...this.#notes];
  }

  /** QEMU's own lines, as they stand on stderr. */
  get stderr(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  /** Runs `work` on behalf of the option `location`; a ConfigError gets it in front. */
  at<T>(location: string, work: () => T): T {
    const outer = this.#location;
    this.#location = location;
    try {
      return work();
    } catch (error) {
      throw error instanceof ConfigError ? this.refuse(error) : error;
    } finally {
      this.#location = outer;
    }
  }

  /** Runs `work` on behalf of no option. */
  unplaced<T>(work: () => T): T {
    return this.at('', work);
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
    return new StartRefused([...this.#lines, this.#prefixed(error.message)].join('\n'));
  }

  /** An error that ends the start, whose text stands without prefix. */
  bare(text: string): ConfigError {
    return new StartRefused([...this.#lines, text].join('\n'));
  }

  #prefixed(text: string): string {
    return [
      `qemu-system-${this.arch}`,
      ...(this.#location === '' ? [] : [this.#location]),
      text,
    ].join(': ');
  }
}

/** A refusal whose message is complete. */
class StartRefused extends ConfigError {}
