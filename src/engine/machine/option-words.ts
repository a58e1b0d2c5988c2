import { optionsOf } from '../../options/command.ts';
import type { OptionInfo } from '../../options/option-table.ts';
import { OptionsError, splitWords } from '../../options/words.ts';
import { ConfigError } from '../qom/errors.ts';
import { ARCHES, type Arch } from './boards/board.ts';
import type { Place, StartLog } from './start-log.ts';

/** One option of the line, with its argument. */
export interface Word {
  readonly name: string;
  readonly info: OptionInfo;
  /** Text as it stands on the line: `-m 64`. */
  readonly location: Place;
  readonly argument: string;
}

function fail(message: string): never {
  throw new ConfigError(message);
}

/** The architecture of a program's name: `x86_64` of `qemu-system-x86_64`. Throws ConfigError. */
export function architecture(name: string): Arch {
  const arch = ARCHES.find((known) => known === name);
  if (!arch)
    throw new ConfigError(
      `machines of architecture ${name} are not modelled; there are ${ARCHES.join(', ')}`,
    );
  return arch;
}

/** Takes a line apart. Throws ConfigError with QEMU's sentence where a word is no option, or lacks its argument. */
export function wordsOf(words: readonly string[], log: StartLog): Word[] {
  return optionsOf(words).map(({ name, argument, word, info }, option) => {
    if (!info) throw log.at({ text: word, option }, () => fail('invalid option'));
    if (info.argument && argument === undefined)
      throw log.at({ text: word, option }, () => fail('requires an argument'));
    const text = argument === undefined || argument === word ? word : `${word} ${argument}`;
    return { name, info, location: { text, option }, argument: argument ?? '' };
  });
}

/** Splits a text into words as a shell does. Throws ConfigError where it cannot. */
export function shellWords(text: string): string[] {
  try {
    return splitWords(text);
  } catch (error) {
    throw error instanceof OptionsError ? new ConfigError(error.message) : error;
  }
}
