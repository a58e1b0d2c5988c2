import type { Moment } from '../fold/moment.ts';
import type { Names } from '../narration/narration-types.ts';
import { Spans } from '../spans/spans.ts';
import type { EventStore } from '../store.ts';

/** What an export is made of. */
export interface ExportSource {
  readonly store: EventStore;
  /** The fold, for where the journal does not begin at its beginning. */
  momentAt(at: number): Moment;
  readonly names: Names;
}

/** A piece of a file. Empty ones are pauses: whoever writes the file may let others work in between. */
export type Piece = string | Uint8Array;

/** Events between two pauses. */
const PAUSE_EVERY = 512;

/** Makes the spans of a whole journal, with pauses. */
export function* spansOf(source: ExportSource): Generator<string, Spans> {
  const spans = new Spans(source.store, { momentAt: (at) => source.momentAt(at) });
  while (spans.update(() => 0, 0) && !spans.complete) yield '';
  return spans;
}

/** Calls `piece` for each held event, and joins what it answers into pieces of some hundreds. */
export function* eachEvent(store: EventStore, piece: (event: number) => string): Generator<string> {
  let text = '';
  const end = store.length;
  for (let i = store.first; i < end; i++) {
    // What the store forgets meanwhile is not there to be told.
    if (i < store.first) continue;
    text += piece(i);
    if (i % PAUSE_EVERY !== 0) continue;
    yield text;
    text = '';
  }
  yield text;
}
