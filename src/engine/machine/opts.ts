import { ConfigError } from '../qom/errors.ts';

/** One `key=value` of an option's argument. */
export interface Entry {
  readonly key: string;
  readonly value: string;
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

/** A key at the start of an option: it ends at `=` or `,` and has no escape. */
const KEY = /[^=,]*/y;

/**
 * Parses `a,b=c,,d,flag`: a doubled comma stands for one, a key alone means `on` (`nokey` means `off`),
 * and a first value without key belongs to `implied`. Throws ConfigError for a malformed `id`, and for
 * a key alone where `flags` is false.
 */
export function parseOpts(text: string, implied?: string, flags = true): Opts {
  const entries: Entry[] = [];
  const warnings: string[] = [];
  let id: string | undefined;
  for (let at = 0; at < text.length; ) {
    KEY.lastIndex = at;
    const name = KEY.exec(text)?.[0] ?? '';
    let entry: Entry;
    if (!flags && name === '' && at > 0) throw new ConfigError("Invalid parameter ''");
    if (text[at + name.length] === '=') {
      const [value, end] = valueAt(text, at + name.length + 1);
      entry = { key: name, value };
      at = end;
    } else if (at === 0 && implied !== undefined) {
      const [value, end] = flags ? valueAt(text, 0) : [name, name.length + 1];
      entry = { key: implied, value };
      at = end;
    } else {
      if (!flags) throw new ConfigError(`Expected '=' after parameter '${name}'`);
      entry = flag(name, warnings);
      at += name.length + 1;
    }
    if (entry.key !== 'id') entries.push(entry);
    else id ??= checkedId(entry.value);
  }
  return { id, entries, warnings };
}

/** The value that starts at `start`, and where the next key starts. */
function valueAt(text: string, start: number): [value: string, next: number] {
  let value = '';
  let at = start;
  for (;;) {
    const comma = text.indexOf(',', at);
    if (comma < 0) return [value + text.slice(at), text.length];
    value += text.slice(at, comma);
    if (text[comma + 1] !== ',') return [value, comma + 1];
    value += ',';
    at = comma + 2;
  }
}

function flag(name: string, warnings: string[]): Entry {
  const negated = name.startsWith('no');
  const entry = { key: negated ? name.slice(2) : name, value: negated ? 'off' : 'on' };
  warnings.push(
    `short-form boolean option '${name}' deprecated\nPlease use ${entry.key}=${entry.value} instead`,
  );
  return entry;
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
