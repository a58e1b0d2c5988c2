/** Entries of an option in their order; those without a value are left out. */
export type Entries = Readonly<Record<string, string | undefined>>;

/** An option's argument: its first word and `key=value` after it, commas in values doubled. */
export function argumentOf(first: string, entries: Entries): string {
  const escaped = (text: string): string => text.replaceAll(',', ',,');
  const rest = Object.entries(entries).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${escaped(value)}`],
  );
  return [...(first === '' ? [] : [escaped(first)]), ...rest].join(',');
}
