import { optionsOf } from '../../options/command.ts';
import { OPTIONS } from '../../options/option-table.ts';
import { programArch } from '../../options/programs.ts';
import { OpenQuote, ShellReader } from './shell.ts';
import { UNSET, type Value } from './unset.ts';

/** A call of QEMU in a text. */
export interface Call {
  /** As `qemu-system-ARCH` has it; it may be one that is not modelled. Undefined where the text has options only. */
  readonly arch: string | undefined;
  /** Behind the program's name, with the places of unset variables. */
  readonly words: readonly string[];
  /** Whether QEMU is called again further on. */
  readonly more: boolean;
  /** What stands between the options and is known by its name only. */
  readonly unknown: readonly string[];
}

/** Deepest nesting of commands that are arguments of commands. */
const DEEPEST = 3;
/** Programs whose arguments name QEMU and do not call it. */
const TALKERS = new Set(
  'apt apt-get aptitude dnf yum pacman zypper brew apk emerge port pkg nix-env snap which type command man whereis killall pkill pgrep modprobe rmmod lsmod echo printf grep cd ls chmod chown usermod adduser systemctl git make ./configure'.split(
    ' ',
  ),
);
const FRONT =
  /^(?:[$#%>!]|PS|sudo|doas|exec|nohup|time|env|nice|ionice|taskset|numactl|chrt|setsid|start|-.*|[\d,-]+|[A-Za-z_]\w*=.*)$/s;
const PLACEHOLDER = /^(?:\[.*\]|\.{3}|…)$/s;
const SURE = /qemu-system-\w+/;

/** The first call of QEMU in a shell's text that has options, or options alone. Undefined where there is none. */
export function findCall(text: string): Call | undefined {
  const clean = cleaned(text);
  let error: unknown;
  try {
    const found = callIn(new ShellReader(clean).read(), 0);
    if (found) return found;
  } catch (thrown) {
    if (!(thrown instanceof OpenQuote)) throw thrown;
    error = thrown;
  }
  // What stands before may be prose with an apostrophe, and `# ` may be the prompt.
  const at = clean.search(SURE);
  const start = at < 0 ? -1 : clean.lastIndexOf('\n', at) + 1;
  const rest = start < 0 ? '' : clean.slice(start).replace(/^[\s#>$%]+/, '');
  const found = rest === '' || rest === clean ? undefined : callIn(new ShellReader(rest).read(), 0);
  if (!found && error) throw error;
  return found;
}

/** The text without what word processors, web pages and mails make of a command. */
function cleaned(text: string): string {
  return text
    .replace(/[\uE000\uE001\u200B-\u200D\u2060\uFEFF\0]/g, '')
    .replace(/[“”„]/g, '"')
    .replace(/[‘’]/g, "'")
    .replace(/(^|\s)[–—](?=[A-Za-z])/g, '$1-')
    .replace(/^[ \t]*(?:```|~~~).*$/gm, '');
}

interface Candidate extends Call {
  readonly options: boolean;
}

function callIn(reader: ShellReader, depth: number): Call | undefined {
  const found = reader.commands.flatMap((words) => candidates(words, reader.variables, depth));
  const best = found.find(({ options }) => options) ?? found[0];
  if (best) return { ...best, more: found.filter(({ options }) => options).length > 1 };
  const bare = reader.commands.find(([word = '']) => isOption(word));
  return depth === 0 && bare ? { arch: undefined, ...tidy(bare), more: false } : undefined;
}

/** Whether a word is an option of QEMU's. */
function isOption(word: string): boolean {
  return word.startsWith('-') && OPTIONS.has(word.replace(/^--?(?=.)/, ''));
}

function candidates(
  words: readonly string[],
  variables: ReadonlyMap<string, Value>,
  depth: number,
): Candidate[] {
  const first = words.find((word) => !FRONT.test(word)) ?? '';
  if (TALKERS.has(first)) return [];
  for (const [at, word] of first === 'eval' ? [] : words.entries()) {
    // A service's file has `ExecStart=/usr/bin/qemu-system-x86_64 -m …`.
    const program = at === 0 ? word.replace(/^\w+=(?=.)/, '') : word;
    const arch = programArch(program);
    if (arch === undefined || (at === 0 && program !== word && words.length === 1)) continue;
    const sure = SURE.test(program) || program.includes('/');
    if (!sure && !words.slice(0, at).every((before) => FRONT.test(before))) continue;
    const rest = tidy(words.slice(at + 1));
    const options = rest.words.some((one) => one.startsWith('-'));
    return [{ arch, ...rest, more: false, options }];
  }
  if (depth >= DEEPEST) return [];
  // `sh -c 'qemu-system-x86_64 …'`, `eval "$CALL"`.
  const inner = words.find((word) => /qemu-system-\w+\s|^\S*qemu-kvm\s/.test(word));
  const text = first === 'eval' ? words.slice(1).join(' ') : inner;
  const call = text && callIn(new ShellReader(text, variables).read(), depth + 1);
  return call ? [{ ...call, options: call.words.length > 0 }] : [];
}

/** Without what a text says to mean “and so on”, and without words of which only the name is known. */
function tidy(words: readonly string[]): Pick<Call, 'words' | 'unknown'> {
  const unknown: string[] = [];
  const kept = words.filter((word, at) => {
    if (takesArgument(words[at - 1])) return true;
    if (word === '') return false;
    if (word.replace(UNSET, '') !== '') return !PLACEHOLDER.test(word);
    // What a script was called with is nothing where nobody called it.
    for (const [, name = ''] of word.matchAll(UNSET))
      if (!/^\$[@*\d]$/.test(name)) unknown.push(name);
    return false;
  });
  return { words: kept, unknown };
}

function takesArgument(word: string | undefined): boolean {
  return word?.startsWith('-') === true && optionsOf([word, ''])[0]?.info?.argument === true;
}
