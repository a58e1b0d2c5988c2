/** What a command line of `npm run guest` asks for. */
export interface GuestOptions {
  readonly script: string;
  /** QEMU's options; undefined for the default machine. */
  readonly machine: readonly string[] | undefined;
  /** Where the journal goes, if anywhere. */
  readonly journal: string | undefined;
  /** Where the run goes, to be opened in the page. */
  readonly save: string | undefined;
}

/** A command line that makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reads `[--journal FILE] [--save FILE] SCRIPT [-- QEMU-ARGS]`; 'help' where that is asked for. Throws UsageError. */
export function parseOptions(words: readonly string[]): GuestOptions | 'help' {
  const end = words.indexOf('--');
  const own = end < 0 ? words : words.slice(0, end);
  const machine = end < 0 ? undefined : words.slice(end + 1);
  if (own.includes('--help') || own.includes('-h')) return 'help';
  let script: string | undefined;
  const files: { journal: string | undefined; save: string | undefined } = {
    journal: undefined,
    save: undefined,
  };
  for (let i = 0; i < own.length; i++) {
    const word = own[i] as string;
    if (word === '--journal' || word === '--save') {
      const file = own[++i];
      if (file === undefined) throw new UsageError(`${word} needs the name of a file`);
      files[word === '--save' ? 'save' : 'journal'] = file;
    } else if (word.startsWith('-')) {
      throw new UsageError(`unknown option ${word}; QEMU's options come after SCRIPT --`);
    } else if (script !== undefined) {
      throw new UsageError(`one script at a time: ${script} or ${word}?`);
    } else script = word;
  }
  if (script === undefined) throw new UsageError('no script was given');
  return { script, machine, ...files };
}
