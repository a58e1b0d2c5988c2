/** Cuts a stream of JSON values into the texts of the single ones, as they end. */
export class JsonStream {
  #text = '';
  #depth = 0;
  /** Quote that the string we are in began with, or ''. */
  #quote = '';
  #escaped = false;

  /** Takes a piece of the stream; returns the values that it ends. */
  push(piece: string): string[] {
    const values: string[] = [];
    for (const char of piece) {
      if (this.#text === '' && isBlank(char)) continue;
      if (this.#depth === 0 && this.#quote === '' && this.#text !== '' && isBlank(char))
        values.push(this.#take());
      else if (this.#ends(char)) values.push(this.#take());
    }
    return values;
  }

  /** Adds a character; whether it ends a value. */
  #ends(char: string): boolean {
    this.#text += char;
    if (this.#quote !== '') {
      if (this.#escaped) this.#escaped = false;
      else if (char === '\\') this.#escaped = true;
      // No string goes on behind a line end.
      else if (char === this.#quote || char === '\n') this.#quote = '';
      return false;
    }
    if (char === '"' || char === "'") this.#quote = char;
    else if (char === '{' || char === '[') this.#depth++;
    else if (char === '}' || char === ']') return --this.#depth <= 0;
    return false;
  }

  #take(): string {
    const text = this.#text;
    this.#text = '';
    this.#depth = 0;
    return text;
  }
}

function isBlank(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\r' || char === '\n';
}
