import { ConfigError } from '../qom/errors.ts';
import { valueAt } from './keyval.ts';
import { readSize, readU64 } from './numbers.ts';

/** One `key=value` of an option's argument. */
export interface Entry {
  readonly key: string;
  readonly value: string;
}

/** The same as a record has. */
export function entriesOf(values: Readonly<Record<string, string>>): Entry[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}

/** An option's argument, taken apart. */
export interface Opts {
  /** The user's `id=`, or undefined. */
  readonly id: string | undefined;
  /** Everything but `id`, in the order of the line. */
  readonly entries: readonly Entry[];
  /** Sentences about deprecated forms, without prefix. */
  readonly warnings: readonly string[];
}

/** How a value is checked while its option is read. */
export type OptKind = 'str' | 'bool' | 'number' | 'size';

/** An option's keys where not every key goes. */
export type OptKeys = Readonly<Record<string, OptKind>>;

/** Rules of one option. */
export interface OptsRules {
  /** Key of a first value without key. */
  readonly implied?: string;
  /** The keys there are; absent where any goes. */
  readonly keys?: OptKeys;
  /** Whether the option has no id, since all its occurrences are one. */
  readonly merged?: boolean;
}

/** Reads what `keys` says about `key=value`. Throws ConfigError with QEMU's sentence. */
export function checkEntry(keys: OptKeys, { key, value }: Entry): void {
  const kind = Object.hasOwn(keys, key) ? keys[key] : undefined;
  if (!kind) throw new ConfigError(`Invalid parameter '${key}'`);
  if (kind === 'bool') switchValue(key, value, false);
  if (kind === 'number') optNumber(key, value);
  if (kind === 'size') optSize(key, value);
}

/** A number as options have them. Throws ConfigError with QEMU's sentence. */
export function optNumber(key: string, value: string): bigint {
  const number = readU64(value);
  if (number === 'range')
    throw new ConfigError(`Value '${value}' is too large for parameter '${key}'`);
  if (number === 'malformed') throw new ConfigError(`Parameter '${key}' expects a number`);
  return number;
}

/** A size in bytes as options have it. Throws ConfigError with QEMU's sentence. */
export function optSize(key: string, value: string): bigint {
  const size = readSize(value);
  if (size === 'range')
    throw new ConfigError(`Value '${value}' is out of range for parameter '${key}'`);
  if (size === 'malformed')
    throw new ConfigError(
      `Parameter '${key}' expects a non-negative number below 2^64\nOptional suffix k, M, G, T, P or E means kilo-, mega-, giga-, tera-, peta-\nand exabytes, respectively.`,
    );
  return size.bytes;
}

function isDeprecatedSize(text: string): boolean {
  const size = readSize(text);
  return typeof size !== 'string' && size.deprecated;
}

/** What QEMU warns of where a size is hexadecimal and has a suffix. */
export function deprecatedSize(text: string): string {
  return `Using a multiplier suffix on hex numbers is deprecated: ${text}`;
}

/** What an option's argument brings, one key after the other; `fault` where it ends badly. */
export interface OptsReading extends Opts {
  readonly fault: ConfigError | undefined;
}

/**
 * Reads `a,b=c,,d,flag`: a doubled comma stands for one, a key alone means `on` (`nokey` means `off`),
 * and a first value without key belongs to the implied key. What went wrong is returned, since warnings
 * come before it.
 */
export function readOpts(text: string, { implied, keys, merged }: OptsRules): OptsReading {
  const entries: Entry[] = [];
  const warnings: string[] = [];
  const id = optsId(text);
  try {
    if (merged && id !== undefined) throw new ConfigError("Invalid parameter 'id'");
    if (id !== undefined) checkedId(id);
    for (let at = 0; at < text.length; ) {
      const [entry, next, flag] = entryAt(text, at, at === 0 ? implied : undefined);
      at = next;
      if (flag !== undefined && !isHelp(entry.key)) warnings.push(flagWarning(entry, flag));
      if (entry.key === 'id') continue;
      if (keys) checkEntry(keys, entry);
      if (keys?.[entry.key] === 'size' && isDeprecatedSize(entry.value))
        warnings.push(deprecatedSize(entry.value));
      entries.push(entry);
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { id, entries, warnings, fault: error };
  }
  return { id, entries, warnings, fault: undefined };
}

/** As `readOpts`, for an argument of any keys. Throws ConfigError with QEMU's sentence. */
export function parseOpts(text: string, implied?: string): Opts {
  const { fault, ...opts } = readOpts(text, implied === undefined ? {} : { implied });
  if (fault) throw fault;
  return opts;
}

/** One key with its value, where the next begins, and how it was written where it stood alone. */
function entryAt(
  text: string,
  at: number,
  implied: string | undefined,
): [entry: Entry, next: number, flag?: string] {
  const end = keyEnd(text, at);
  const name = text.slice(at, end);
  if (text[end] === '=') {
    const [value, next] = valueAt(text, end + 1);
    return [{ key: name, value }, next];
  }
  if (implied !== undefined) {
    const [value, next] = valueAt(text, at);
    return [{ key: implied, value }, next];
  }
  const negated = name.startsWith('no');
  const entry = { key: negated ? name.slice(2) : name, value: negated ? 'off' : 'on' };
  return [entry, end + 1, name];
}

function keyEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && text[end] !== '=' && text[end] !== ',') end++;
  return end;
}

/** The id of an option: the first `id=` counts, wherever it stands. */
export function optsId(text: string): string | undefined {
  for (let at = 0; at < text.length; ) {
    const [{ key, value }, next] = entryAt(text, at, undefined);
    if (key === 'id') return value;
    at = next;
  }
  return undefined;
}

function isHelp(key: string): boolean {
  return key === 'help' || key === '?';
}

function flagWarning({ key, value }: Entry, written: string): string {
  // A socket's `delay` is the odd one out: its opposite is an option of its own.
  const instead = key === 'delay' ? `nodelay=${value === 'off' ? 'on' : 'off'}` : `${key}=${value}`;
  return `short-form boolean option '${written}' deprecated\nPlease use ${instead} instead`;
}

/** Whether `id` may name a device, drive or object. */
export function isWellFormedId(id: string): boolean {
  return /^[A-Za-z][A-Za-z0-9._-]*$/.test(id);
}

/** Returns `id`; throws ConfigError where QEMU would not have it. */
export function checkedId(id: string): string {
  if (!isWellFormedId(id))
    throw new ConfigError(
      "Parameter 'id' expects an identifier\nIdentifiers consist of letters, digits, '-', '.', '_', starting with a letter.",
    );
  return id;
}

/** The last value of `key`, or undefined. */
export function lastValue(entries: readonly Entry[], key: string): string | undefined {
  return entries.findLast((entry) => entry.key === key)?.value;
}

/** Reads an `on`/`off` value; absent is `otherwise`. Throws ConfigError with QEMU's sentence. */
export function switchValue(name: string, value: string | undefined, otherwise: boolean): boolean {
  if (value === undefined) return otherwise;
  if (['on', 'yes', 'true', 'y'].includes(value)) return true;
  if (['off', 'no', 'false', 'n'].includes(value)) return false;
  throw new ConfigError(`Parameter '${name}' expects 'on' or 'off'`);
}
