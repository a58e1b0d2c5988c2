/**
 * What a snapshot keeps of one object: whatever has moved since the object was made, as plain values that can
 * be posted between threads: numbers, texts, booleans, typed arrays, and arrays, maps, sets and records of such.
 * Whoever saves and loads makes copies, so that an object may hand out, and take over, what it has.
 */
export type State = Readonly<Record<string, unknown>>;

/** The fields of `object` by their names, for `saveState`. */
export function fieldsOf<T extends object>(object: T, names: readonly (keyof T)[]): State {
  return Object.fromEntries(names.map((name) => [name, object[name]]));
}

/** Puts fields back that `fieldsOf` has named. */
export function setFields<T extends object>(
  object: T,
  names: readonly (keyof T)[],
  state: State,
): void {
  for (const name of names) object[name] = state[name as string] as T[keyof T];
}

/** Makes a map hold what another one holds. */
export function refill<K, V>(map: Map<K, V>, content: unknown): void {
  map.clear();
  for (const [key, value] of content as ReadonlyMap<K, V>) map.set(key, value);
}

/** A copy that shares nothing with the value. */
export function copied<T>(value: T): T {
  return copyOf(value) as T;
}

function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return (value as Uint8Array).slice();
  if (Array.isArray(value)) return value.map(copyOf);
  if (value instanceof Map) return new Map([...value].map(([key, inner]) => [key, copyOf(inner)]));
  if (value instanceof Set) return new Set(value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, copyOf(inner)]));
}
