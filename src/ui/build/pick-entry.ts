/** A line of a list that a person picks from. */
export interface PickEntry {
  /** Unique within the list. */
  readonly id: string;
  /** A name of the field's: a type, a bus. */
  readonly label: string;
  /** In plain words, or ''. */
  readonly note: string;
  /** Drawn back: it can be picked, and there are better ones. */
  readonly dim?: boolean;
}

/** Lines under one heading. */
export type PickGroup<T extends PickEntry> = {
  readonly value: string;
  readonly items: readonly T[];
};

/** Whether every word of a query is found in a line or its heading. */
export function matches({ label, note }: PickEntry, heading: string, query: string): boolean {
  const text = `${label} ${note} ${heading}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
