import { argumentEntries, type Entry, withArgumentEntry } from '../options/entries.ts';
import type { DocumentOption } from './document.ts';

/**
 * What an option's argument says, in its order: the implied first key by its name, `id` included, members of
 * JSON objects with their way there (`file.driver`). Empty where the option has no `key=value`.
 */
export function entriesOf({ name, argument }: DocumentOption): Entry[] {
  return argument === undefined ? [] : argumentEntries(name, argument);
}

/** The value of `key` that counts, or undefined. */
export function entryOf(option: DocumentOption, key: string): string | undefined {
  const same = entriesOf(option).filter((entry) => entry.key === key);
  return (key === 'id' ? same[0] : same.at(-1))?.value;
}

/**
 * The option with `key` set, or without it where `value` is undefined; notation and order stay. `type`: QEMU's
 * name of the property's type, which only JSON notation needs.
 */
export function withEntry(
  option: DocumentOption,
  key: string,
  value: string | undefined,
  type?: string,
): DocumentOption {
  const argument = withArgumentEntry(option.name, option.argument ?? '', key, value, type);
  return argument === option.argument ? option : { ...option, argument };
}

/** What others call what the option makes: its `id=`, a `-blockdev`'s `node-name=`. */
export function optionIdOf(option: DocumentOption): string | undefined {
  return entryOf(option, idKey(option));
}

/** The key that names what an option makes. */
export function idKey({ name }: DocumentOption): string {
  return name === 'blockdev' ? 'node-name' : 'id';
}
