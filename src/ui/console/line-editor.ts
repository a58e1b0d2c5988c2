/** Where a line editor writes to and what it does with a finished line. */
export interface LineEditorPort {
  readonly prompt: string;
  write(text: string): void;
  run(line: string): Promise<void>;
  /** Words that may replace what stands at the end of the line, from `start` on. */
  complete(
    line: string,
  ): Promise<{ readonly start: number; readonly candidates: readonly string[] }>;
}

/** A key as a terminal sends it: an escape sequence, or one character. */
const ESCAPE = '\x1b';
const KEY = new RegExp(`${ESCAPE}(?:\\[[0-9;]*[A-Za-z~]|O[A-Z])|[^]`, 'gu');

/**
 * One-line editing for a terminal that sends keys and shows text: cursor, history, the usual
 * control keys. Knows no terminal library and no DOM.
 */
export class LineEditor {
  readonly #port: LineEditorPort;
  #line = '';
  #at = 0;
  #busy = false;
  #waiting: string[] = [];
  readonly #history: string[] = [];
  /** Place in the history; its length while a fresh line is typed. */
  #recalled = 0;
  #fresh = '';

  constructor(port: LineEditorPort) {
    this.#port = port;
  }

  /** Shows the prompt. */
  begin(): void {
    this.#port.write(this.#port.prompt);
  }

  /** Whether anything stands before the cursor, which Tab could complete. */
  get typing(): boolean {
    return this.#line.slice(0, this.#at).trim() !== '';
  }

  /** Takes what the terminal sent: keys, escape sequences, pasted text. */
  type(keys: string): void {
    for (const key of keys.match(KEY) ?? []) this.#key(key);
  }

  #key(key: string): void {
    if (this.#busy) {
      this.#waiting.push(key);
      return;
    }
    switch (key) {
      case '\r':
      case '\n':
        this.#enter();
        break;
      case '\x7f':
      case '\b':
        if (this.#at > 0) this.#set(this.#line.slice(0, this.#at - 1) + this.#tail(), this.#at - 1);
        break;
      case '\x1b[3~':
      case '\x04':
        this.#set(this.#line.slice(0, this.#at) + this.#line.slice(this.#at + 1), this.#at);
        break;
      case '\x1b[D':
      case '\x02':
        this.#set(this.#line, Math.max(0, this.#at - 1));
        break;
      case '\x1b[C':
      case '\x06':
        this.#set(this.#line, Math.min(this.#line.length, this.#at + 1));
        break;
      case '\x1b[H':
      case '\x1bOH':
      case '\x01':
        this.#set(this.#line, 0);
        break;
      case '\x1b[F':
      case '\x1bOF':
      case '\x05':
        this.#set(this.#line, this.#line.length);
        break;
      case '\x1b[A':
      case '\x10':
        this.#recall(this.#recalled - 1);
        break;
      case '\x1b[B':
      case '\x0e':
        this.#recall(this.#recalled + 1);
        break;
      case '\x15':
        this.#set(this.#tail(), 0);
        break;
      case '\x0b':
        this.#set(this.#line.slice(0, this.#at), this.#at);
        break;
      case '\t':
        this.#complete();
        break;
      case '\x03':
        this.#port.write('^C\n');
        this.#line = '';
        this.#at = 0;
        this.begin();
        break;
      default:
        if (key >= ' ' && key !== '\x7f' && !key.startsWith('\x1b'))
          this.#set(this.#line.slice(0, this.#at) + key + this.#tail(), this.#at + key.length);
    }
  }

  #tail(): string {
    return this.#line.slice(this.#at);
  }

  /** Draws the line again from its first character on, and puts the cursor. */
  #set(line: string, at: number): void {
    const back = this.#at > 0 ? `\x1b[${this.#at}D` : '';
    const home = line.length > at ? `\x1b[${line.length - at}D` : '';
    this.#port.write(`${back}\x1b[K${line}${home}`);
    this.#line = line;
    this.#at = at;
  }

  /** Completes the word before the cursor as far as it is certain; where it is not, lists what it may be. */
  #complete(): void {
    const typed = this.#line.slice(0, this.#at);
    this.#pause(
      this.#port.complete(typed).then(({ start, candidates }) => {
        const common = commonPrefix(candidates);
        if (common.length > typed.length - start) {
          const certain = candidates.length === 1 && !/[=/]$/.test(common) ? `${common} ` : common;
          const head = typed.slice(0, start) + certain;
          this.#set(head + this.#tail(), head.length);
        } else if (candidates.length > 1) {
          const line = this.#line;
          this.#port.write(`\n${candidates.join('  ')}\n${this.#port.prompt}`);
          const at = this.#at;
          this.#line = '';
          this.#at = 0;
          this.#set(line, at);
        }
      }),
    );
  }

  /** Keeps keys back until `work` is done. */
  #pause(work: Promise<void>): void {
    this.#busy = true;
    void work.finally(() => {
      this.#busy = false;
      const keys = this.#waiting;
      this.#waiting = [];
      for (const key of keys) this.#key(key);
    });
  }

  #recall(place: number): void {
    if (place < 0 || place > this.#history.length) return;
    if (this.#recalled === this.#history.length) this.#fresh = this.#line;
    this.#recalled = place;
    const line = this.#history[place] ?? this.#fresh;
    this.#set(line, line.length);
  }

  #enter(): void {
    const line = this.#line.trim();
    this.#port.write('\n');
    this.#line = '';
    this.#at = 0;
    if (line !== '' && this.#history.at(-1) !== line) this.#history.push(line);
    this.#recalled = this.#history.length;
    if (line === '') {
      this.begin();
      return;
    }
    this.#pause(this.#port.run(line).finally(() => this.begin()));
  }
}

/** What all words begin with; '' where there are none. */
function commonPrefix(words: readonly string[]): string {
  const [first = '', ...rest] = words;
  let length = first.length;
  for (const word of rest) while (!word.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}
