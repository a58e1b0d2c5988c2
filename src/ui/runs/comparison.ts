import { Folder } from '../../journal/fold/folder.ts';
import type { RunContent } from '../../journal/run-record.ts';
import type { Session } from '../session/session.ts';
import { namesOf } from '../state/names.ts';
import { Narrator } from '../story/narrator.ts';
import { type Counts, countsOf, firstDifference } from './compare.ts';

/** A run that is compared with another one, and what tells its events. */
export interface ComparedRun {
  readonly id: number;
  readonly name: string;
  readonly length: number;
  readonly counts: Counts;
  readonly narrator: Narrator;
}

/** Two runs laid side by side from where they part. */
export interface Comparison {
  readonly first: ComparedRun;
  readonly second: ComparedRun;
  /** Count of events that both have in common by their making. */
  readonly at: number;
  /** Event in which they differ first; undefined where they do not. */
  readonly difference: number | undefined;
}

/** Compares two runs as they are now; undefined where one of them is gone. */
export function compareRuns(
  session: Session,
  first: number,
  second: number,
): Comparison | undefined {
  const a = session.runContent(first);
  const b = session.runContent(second);
  if (!a || !b) return undefined;
  const branch = session.getState().runs.find(({ id }) => id === second)?.branch;
  const at = branch?.of === first ? branch.at : 0;
  return {
    first: comparedRun(first, a, at),
    second: comparedRun(second, b, at),
    at,
    difference: firstDifference(a.store, b.store, at),
  };
}

function comparedRun(id: number, { name, store, topologies }: RunContent, at: number): ComparedRun {
  const folder = new Folder(store);
  const names = namesOf(topologies.at(-1)?.topology);
  return {
    id,
    name,
    length: store.length,
    counts: countsOf(store, at, store.length),
    narrator: new Narrator(store, (count) => folder.momentAt(count), names),
  };
}
