/** A text that is no command line: a quote is left open, a word is no option. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

/**
 * Splits a pasted command line into words as a shell does: blanks separate, quotes and backslashes
 * protect, a backslash at the end of a line joins it with the next, and `#` where a word could start
 * comments out the rest of its line. Nothing is expanded. Throws OptionsError where a quote is left open.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < text.length) {
    const char = text[at++] as string;
    if (char === "'" || char === '"') {
      const [inside, end] = quotedPart(text, at, char);
      word = (word ?? '') + inside;
      at = end;
    } else if (char === '\\') {
      const length = lineEnd(text, at);
      if (length > 0) at += length;
      else word = (word ?? '') + (text[at++] ?? '');
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === '#' && word === undefined) {
      while (at < text.length && text[at] !== '\n') at++;
    } else word = (word ?? '') + char;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** What stands between quotes that opened before `start`, and where the text goes on. */
function quotedPart(text: string, start: number, quote: string): [inside: string, end: number] {
  let inside = '';
  for (let at = start; at < text.length; at++) {
    const char = text[at] as string;
    if (char === quote) return [inside, at + 1];
    const escapes = quote === '"' && char === '\\' && '"\\$`\r\n'.includes(text[at + 1] ?? ' ');
    if (!escapes) inside += char;
    else {
      const length = lineEnd(text, at + 1);
      inside += length > 0 ? '' : text[at + 1];
      at += length > 0 ? length : 1;
    }
  }
  throw new OptionsError(`a quote (${quote}) is opened and never closed`);
}

/** Length of the line end at `at`: 0, 1 or 2. */
function lineEnd(text: string, at: number): number {
  if (text[at] === '\r' && text[at + 1] === '\n') return 2;
  return text[at] === '\n' ? 1 : 0;
}

/** Puts words back into one line that `splitWords` takes apart again. */
export function joinWords(words: readonly string[]): string {
  return words.map(quotedWord).join(' ');
}

/** A word as a shell has to be given it. */
export function quotedWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
