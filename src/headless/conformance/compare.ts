/** First difference of two texts, for one line of a report; undefined where they are equal. */
export function firstTextDifference(actual: string, expected: string): string | undefined {
  if (actual === expected) return undefined;
  const ours = actual.split('\n');
  const theirs = expected.split('\n');
  const at = theirs.findIndex((line, i) => line !== ours[i]);
  const line = at < 0 ? theirs.length : at;
  return `line ${line + 1}: expected ${show(theirs[line])}, got ${show(ours[line])}`;
}

/** First difference of two JSON values: members of objects in any order, elements of arrays in theirs. */
export function firstJsonDifference(
  actual: unknown,
  expected: unknown,
  path = '$',
): string | undefined {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    for (let i = 0; i < Math.max(actual.length, expected.length); i++) {
      const found = firstJsonDifference(actual[i], expected[i], `${path}[${i}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (isRecord(expected) && isRecord(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const found = firstJsonDifference(actual[key], expected[key], `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  // A number beyond 2^53 is exact here and was rounded when the file was read.
  if (typeof actual === 'bigint') return firstJsonDifference(Number(actual), expected, path);
  if (actual === expected) return undefined;
  return `${path}: expected ${show(expected)}, got ${show(actual)}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SHOWN = 160;

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? 'nothing');
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
