import { optionsOf, wordsOfOption } from '../options/command.ts';
import { programArch } from '../options/programs.ts';
import { joinWords, OptionsError, splitWords } from '../options/words.ts';
import { DocumentError, type DocumentOption, type MachineDocument } from './document.ts';
import { pairOptions } from './pair.ts';

/** The program that a line without one calls, and that `lineOf` leaves out. */
const USUAL = 'qemu-system-x86_64';
/** Longest text that is read, in characters. */
const LONGEST = 2 ** 20;
/** Most options of a line. */
const MOST = 10_000;
/** What people's lines have in front of the program. */
const IN_FRONT = /^(?:\$|sudo|exec|nohup|time|env|taskset|\w+=.*)$/s;

/**
 * Reads a command line, with or without the program's name. Options that `before` has too keep their keys,
 * wherever the text was edited. Throws DocumentError.
 */
export function readDocument(text: string, before?: MachineDocument): MachineDocument {
  if (text.length > LONGEST)
    throw new DocumentError(`The command line is longer than ${LONGEST} characters.`);
  const words = shellWords(text);
  const at = words.findIndex((word) => !IN_FRONT.test(word));
  const arch = programArch(words[at] ?? '');
  const read = optionsOf(arch === undefined ? words : words.slice(at + 1));
  if (read.length > MOST)
    throw new DocumentError(`The command line has more than ${MOST} options.`);
  const old = before?.options ?? [];
  const pairs = pairOptions(old, read);
  let next = nextKey(old);
  const options = read.map(
    ({ name, argument }, i): DocumentOption => ({ key: pairs[i] ?? next++, name, argument }),
  );
  return { program: arch === undefined ? USUAL : `qemu-system-${arch}`, options };
}

/** A key that none of `options` has. */
export function nextKey(options: readonly DocumentOption[]): number {
  return options.reduce((most, { key }) => Math.max(most, key + 1), 1);
}

/** The document as one line, quoted as a shell needs it; without the program's name where it is the usual one. */
export function lineOf({ program, options }: MachineDocument): string {
  const words = options.flatMap(({ name, argument }) => wordsOfOption(name, argument));
  return joinWords(program === USUAL ? words : [program, ...words]);
}

/** One option as a shell needs it: `-device virtio-rng-pci`. */
export function optionText({ name, argument }: DocumentOption): string {
  return joinWords(wordsOfOption(name, argument));
}

function shellWords(text: string): string[] {
  try {
    return splitWords(text);
  } catch (error) {
    throw error instanceof OptionsError ? new DocumentError(`${error.message}.`) : error;
  }
}
