/** One comparison: what it is called, and how it went. */
export interface Check {
  /** Kind of entry, for the count: `qtree`, `help`, … */
  readonly kind: string;
  /** `dumps/pc/none/qtree.txt`. */
  readonly id: string;
  /** First difference, or undefined where engine and file agree. */
  readonly difference: string | undefined;
}

/** Chooses which entries are looked at. */
export type Wanted = (kind: string, id: string) => boolean;

/** Runs a comparison; what it throws is its difference, since a crash is a mismatch too. */
export function attempt(kind: string, id: string, compare: () => string | undefined): Check {
  try {
    return { kind, id, difference: compare() };
  } catch (error) {
    const { stack = String(error) } = error as Error;
    return { kind, id, difference: `threw ${stack.split('\n').slice(0, 3).join(' ')}` };
  }
}
