/**
 * What a snapshot keeps of one object: whatever has moved since the object was made, as plain
 * values that nobody else holds. Numbers, texts, booleans, typed arrays, and arrays and records of such.
 */
export type State = Readonly<Record<string, unknown>>;

/** Copies of the fields of `object` by their names, for `saveState`. */
export function fieldsOf<T extends object>(object: T, names: readonly (keyof T)[]): State {
  return Object.fromEntries(names.map((name) => [name, copied(object[name])]));
}

/** Puts fields back that `fieldsOf` has copied. */
export function setFields<T extends object>(
  object: T,
  names: readonly (keyof T)[],
  state: State,
): void {
  for (const name of names) object[name] = copied(state[name as string]) as T[keyof T];
}

/** A copy that shares nothing with the value. */
export function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copied);
  if (ArrayBuffer.isView(value)) return (value as Uint8Array).slice();
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, copied(inner)]));
  return value;
}
