import { MonitorError } from './target.ts';

const MASK = (1n << 64n) - 1n;

/** Most brackets and signs that may be open at once; deeper is a mistake, or malice. */
const MAX_DEPTH = 64;

/** Reads one value as the monitor does: C numbers, characters, brackets, `+ - * / % & | ^ ~`, in 64 bits. */
export class ExpressionReader {
  readonly #text: string;
  /** Position of the next character. */
  at: number;
  #depth = 0;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  /** The value that starts here, unsigned. Throws MonitorError. */
  read(): bigint {
    this.#skip();
    return this.#sum() & MASK;
  }

  #skip(): void {
    while (/\s/.test(this.#text[this.at] ?? '')) this.at++;
  }

  #next(): string {
    return this.#text[this.at] ?? '';
  }

  #take(): void {
    this.at++;
    this.#skip();
  }

  #sum(): bigint {
    let value = this.#logic();
    for (let op = this.#next(); op === '+' || op === '-'; op = this.#next()) {
      this.#take();
      const right = this.#logic();
      value = (op === '+' ? value + right : value - right) & MASK;
    }
    return value;
  }

  /** `& | ^` bind tighter than `+ -` here, as in QEMU. */
  #logic(): bigint {
    let value = this.#product();
    for (let op = this.#next(); op !== '' && '&|^'.includes(op); op = this.#next()) {
      this.#take();
      const right = this.#product();
      value = op === '&' ? value & right : op === '|' ? value | right : value ^ right;
    }
    return value;
  }

  #product(): bigint {
    let value = this.#unary();
    for (let op = this.#next(); op !== '' && '*/%'.includes(op); op = this.#next()) {
      this.#take();
      const right = this.#unary();
      if (op !== '*' && right === 0n) throw new MonitorError('division by zero');
      value = (op === '*' ? value * right : op === '/' ? value / right : value % right) & MASK;
    }
    return value;
  }

  #unary(): bigint {
    const char = this.#next();
    if (char === '+' || char === '-' || char === '~' || char === '(') return this.#nested(char);
    if (char === "'") return this.#character();
    if (char === '$') throw new MonitorError('unknown register');
    if (char === '') throw new MonitorError('unexpected end of expression');
    return this.#number();
  }

  #nested(char: string): bigint {
    if (++this.#depth > MAX_DEPTH) throw new MonitorError('expression is nested too deeply');
    this.#take();
    let value: bigint;
    if (char === '(') {
      value = this.#sum();
      if (this.#next() !== ')') throw new MonitorError("')' expected");
      this.#take();
    } else {
      const right = this.#unary();
      value = char === '-' ? -right & MASK : char === '~' ? ~right & MASK : right;
    }
    this.#depth--;
    return value;
  }

  #character(): bigint {
    const code = this.#text.charCodeAt(this.at + 1);
    if (Number.isNaN(code)) throw new MonitorError('character constant expected');
    if (this.#text[this.at + 2] !== "'") throw new MonitorError("missing terminating ' character");
    this.at += 2;
    this.#take();
    return BigInt(code);
  }

  #number(): bigint {
    const digits = /^(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)/.exec(
      this.#text.slice(this.at, this.at + 80),
    )?.[0];
    if (digits === undefined)
      throw new MonitorError(`invalid char '${this.#next()}' in expression`);
    const value = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
    if (value > MASK) throw new MonitorError('number too large');
    this.at += digits.length;
    this.#skip();
    return value;
  }
}
