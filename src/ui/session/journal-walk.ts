import { isAction } from '../../journal/actions.ts';
import { BreakpointSearch, type EventBreakpoint } from '../../journal/breakpoints.ts';
import type { Moment } from '../../journal/fold/moment.ts';
import { EVENTS } from '../../journal/schema.ts';
import { type EventStore, recordAt } from '../../journal/store.ts';
import type { Stop, Walk } from './run-control.ts';

const LINE = EVENTS.scriptLine.code;
const LINE_AT = EVENTS.scriptLine.fields.line.at;

/** Finds in a journal where the picture is to stop. Places are counts of events; the records alone tell. */
export class JournalWalk implements Walk {
  readonly #store: EventStore;
  readonly #momentAt: (at: number) => Moment;
  #lines: ReadonlySet<number> = new Set();
  #events: BreakpointSearch | undefined;

  constructor(store: EventStore, momentAt: (at: number) => Moment) {
    this.#store = store;
    this.#momentAt = momentAt;
  }

  setLineBreakpoints(lines: readonly number[]): void {
    this.#lines = new Set(lines);
  }

  setEventBreakpoints(list: readonly EventBreakpoint[]): void {
    this.#events =
      list.length > 0 ? new BreakpointSearch(list, this.#store, this.#momentAt) : undefined;
  }

  nextBreak(from: number, to: number): Stop | undefined {
    const lines = this.#lines;
    const line =
      lines.size > 0
        ? this.#next(from, to, (words, at) => isLine(words, at) && lines.has(lineAt(words, at)))
        : undefined;
    const hit = this.#events?.first(from, line ?? to);
    if (hit) return { at: hit.event + 1, reason: { kind: 'event', ...hit } };
    if (line === undefined) return undefined;
    return { at: line + 1, reason: { kind: 'line', line: this.#store.word(line, LINE_AT) } };
  }

  nextLine(from: number, to: number, line?: number): number | undefined {
    const found = this.#next(
      from,
      to,
      (words, at) => isLine(words, at) && (line === undefined || lineAt(words, at) === line),
    );
    return found === undefined ? undefined : found + 1;
  }

  nextAction(from: number, to: number): number | undefined {
    return this.#next(from, to, isAction);
  }

  previousLine(before: number): number {
    const found = this.#previous(before - 1, isLine);
    return found === undefined ? this.#store.first : found + 1;
  }

  previousAction(before: number): number {
    return this.#previous(before, isAction) ?? this.#store.first;
  }

  /** The first event of `from` to before `to` whose record passes. */
  #next(from: number, to: number, test: Test): number | undefined {
    for (let i = from; i < to; i++) {
      const words = this.#store.words(i);
      if (words && test(words, recordAt(i))) return i;
    }
    return undefined;
  }

  /** The last event before `before` whose record passes. */
  #previous(before: number, test: Test): number | undefined {
    for (let i = before - 1; i >= this.#store.first; i--) {
      const words = this.#store.words(i);
      if (words && test(words, recordAt(i))) return i;
    }
    return undefined;
  }
}

type Test = (words: Uint32Array, at: number) => boolean;

function isLine(words: Uint32Array, at: number): boolean {
  return (words[at]! & 0xff) === LINE;
}

function lineAt(words: Uint32Array, at: number): number {
  return words[at + LINE_AT]!;
}
