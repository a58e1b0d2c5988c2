/** What a command line of `npm run guest` asks for. */
export interface GuestOptions {
  readonly script: string;
  /** QEMU's options; undefined for the default machine. */
  readonly machine: readonly string[] | undefined;
  /** Where the journal goes, if anywhere. */
  readonly journal: string | undefined;
  /** Where the run goes, to be opened in the page. */
  readonly save: string | undefined;
  /** Files that the run goes to when it is over, each with the name of its format. */
  readonly exports: readonly { readonly format: string; readonly file: string }[];
}

const EXPORT = '--export-';

/** A command line that makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Reads `[--journal FILE] [--save FILE] [--export-FORMAT FILE]... SCRIPT [-- QEMU-ARGS]`; 'help' where that is
 * asked for. `formats`: those that there are. Throws UsageError.
 */
export function parseOptions(
  words: readonly string[],
  formats: readonly string[] = [],
): GuestOptions | 'help' {
  const end = words.indexOf('--');
  const own = end < 0 ? words : words.slice(0, end);
  const machine = end < 0 ? undefined : words.slice(end + 1);
  if (own.includes('--help') || own.includes('-h')) return 'help';
  let script: string | undefined;
  const files: { journal: string | undefined; save: string | undefined } = {
    journal: undefined,
    save: undefined,
  };
  const exports: { format: string; file: string }[] = [];
  const fileAfter = (i: number): string => {
    const file = own[i + 1];
    if (file === undefined) throw new UsageError(`${own[i]} needs the name of a file`);
    return file;
  };
  for (let i = 0; i < own.length; i++) {
    const word = own[i] as string;
    if (word === '--journal' || word === '--save') {
      files[word === '--save' ? 'save' : 'journal'] = fileAfter(i++);
    } else if (word.startsWith(EXPORT)) {
      const format = word.slice(EXPORT.length);
      if (!formats.includes(format))
        throw new UsageError(`unknown format ${format}; there are ${formats.join(', ')}`);
      exports.push({ format, file: fileAfter(i++) });
    } else if (word.startsWith('-')) {
      throw new UsageError(`unknown option ${word}; QEMU's options come after SCRIPT --`);
    } else if (script !== undefined) {
      throw new UsageError(`one script at a time: ${script} or ${word}?`);
    } else script = word;
  }
  if (script === undefined) throw new UsageError('no script was given');
  return { script, machine, ...files, exports };
}
