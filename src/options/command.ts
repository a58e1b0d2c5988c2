import { OPTIONS, type OptionInfo } from './option-table.ts';
import { ARCHES } from './programs.ts';

/** One option of a command line, with its argument. */
export interface CommandOption {
  /** Without dashes; `hda` for a bare word, which is the first disk's image. */
  readonly name: string;
  /** Undefined where it takes none, or the line ends before it. */
  readonly argument: string | undefined;
  /** The word that names it: `-m`, or `disk.img`. */
  readonly word: string;
  /** Undefined where QEMU has no such option. */
  readonly info: OptionInfo | undefined;
}

const IMAGE: OptionInfo = { argument: true, fate: 'used', arches: ARCHES };

/**
 * Takes the words behind a program's name apart, as QEMU does. Nothing is refused: an option that there is
 * not takes the next word along unless that is an option itself.
 */
export function optionsOf(words: readonly string[]): CommandOption[] {
  const options: CommandOption[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (!word.startsWith('-')) {
      options.push({ name: 'hda', argument: word, word, info: IMAGE });
      continue;
    }
    const name = word.replace(/^--?(?=.)/, '');
    const info = OPTIONS.get(name);
    const next = words[at + 1];
    const takes = info ? info.argument : next !== undefined && !next.startsWith('-');
    const argument = takes ? next : undefined;
    if (argument !== undefined) at++;
    options.push({ name, argument, word, info });
  }
  return options;
}

/** The words that `optionsOf` reads as an option of this name and argument. */
export function wordsOfOption(name: string, argument: string | undefined): string[] {
  // A dash too many would be taken for the long spelling.
  const word = name.startsWith('-') ? `--${name}` : `-${name}`;
  return argument === undefined ? [word] : [word, argument];
}
