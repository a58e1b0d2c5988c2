import { ConfigError } from '../qom/errors.ts';
import { ARCHES, type Arch } from './boards/board.ts';
import { OPTIONS, type OptionInfo } from './option-table.ts';
import type { StartLog } from './start-log.ts';

/** One option of the line, with its argument. */
export interface Word {
  readonly name: string;
  readonly info: OptionInfo;
  /** As it stands on the line: `-m 64`. */
  readonly location: string;
  readonly argument: string;
}

function fail(message: string): never {
  throw new ConfigError(message);
}

/** The architecture of a program's name: `x86_64` of `qemu-system-x86_64`. Throws ConfigError. */
export function architecture(name: string): Arch {
  const arch = ARCHES.find((known) => known === (name === 'i386' ? 'x86_64' : name));
  if (!arch)
    throw new ConfigError(
      `machines of architecture ${name} are not modelled; there are ${ARCHES.join(', ')}`,
    );
  return arch;
}

const IMAGE: OptionInfo = { argument: true, fate: 'used', arches: ARCHES };

/** Takes a line apart. Throws ConfigError with QEMU's sentence where a word is no option, or lacks its argument. */
export function wordsOf(words: readonly string[], log: StartLog): Word[] {
  const options: Word[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    // A word that is no option is the first disk's image.
    if (!word.startsWith('-')) {
      options.push({ name: 'hda', info: IMAGE, location: word, argument: word });
      continue;
    }
    const name = word.replace(/^--?(?=.)/, '');
    const info = OPTIONS.get(name);
    if (!info) throw log.at(word, () => fail('invalid option'));
    if (info.argument && at + 1 >= words.length)
      throw log.at(word, () => fail('requires an argument'));
    const argument = info.argument ? (words[++at] as string) : '';
    const location = info.argument ? `${word} ${argument}` : word;
    options.push({ name, info, location, argument });
  }
  return options;
}
