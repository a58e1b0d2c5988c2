import type { EventBreakpoint } from '../../journal/breakpoints.ts';
import type { Session } from '../session/session.ts';
import { useBreakpoints } from '../state/breakpoints.ts';
import { textShown } from '../state/script-store.ts';
import { say } from '../state/ui-store.ts';
import { stopFor } from './move-lines.ts';

/**
 * Puts a breakpoint on a line of the script at hand, or takes it off. Where no statement begins on the line it goes
 * to the next line with one; a script that does not compile keeps it where it was put.
 */
export async function toggleLine(session: Session, line: number): Promise<void> {
  const has = (at: number): boolean =>
    useBreakpoints.getState().lines.some((one) => one.line === at);
  const stop = has(line) ? line : await stopOf(session, line);
  if (has(stop)) {
    dropLine(stop);
    say(`The breakpoint on line ${stop} is off.`);
    return;
  }
  const now = useBreakpoints.getState().lines.filter((one) => one.line !== stop);
  useBreakpoints.setState({ lines: inOrder([...now, { line: stop, on: true }]) });
  say(
    stop === line
      ? `The script stops before line ${line}.`
      : `Line ${line} has no statement: the script stops before line ${stop}.`,
  );
}

/** The line to stop at for one that was pointed at. */
export async function stopOf(session: Session, line: number): Promise<number> {
  const statements = await session.statementLines(textShown());
  return (statements && stopFor(line, statements)) ?? line;
}

/** Moves breakpoints that an edit left without a statement to where they stop. */
export async function settleLines(session: Session): Promise<void> {
  const source = textShown();
  const statements = await session.statementLines(source);
  if (!statements || source !== textShown()) return;
  moveLines((line) => stopFor(line, statements) ?? line);
}

/** Gives every line with a breakpoint another number; undefined takes it off. */
export function moveLines(moved: (line: number) => number | undefined): void {
  const { lines } = useBreakpoints.getState();
  const kept = new Map<number, boolean>();
  for (const { line, on } of lines) {
    const to = moved(line);
    if (to !== undefined) kept.set(to, on || kept.get(to) === true);
  }
  const next = inOrder([...kept].map(([line, on]) => ({ line, on })));
  const same = next.length === lines.length && next.every(({ line }, i) => line === lines[i]?.line);
  if (!same) useBreakpoints.setState({ lines: next });
}

export function dropLine(line: number): void {
  const { lines } = useBreakpoints.getState();
  useBreakpoints.setState({ lines: lines.filter((one) => one.line !== line) });
}

export function switchLine(line: number, on: boolean): void {
  const { lines } = useBreakpoints.getState();
  useBreakpoints.setState({ lines: lines.map((one) => (one.line === line ? { line, on } : one)) });
}

/** Stops on an event from now on; one that is there already is turned on. `path`: of the device that it is about. */
export function addEvent(what: EventBreakpoint, path: string | undefined): void {
  const { events } = useBreakpoints.getState();
  const there = events.find(
    (one) => one.path === path && JSON.stringify(one.what) === JSON.stringify(what),
  );
  if (there) {
    switchEvent(there.id, true);
    return;
  }
  const id = 1 + Math.max(0, ...events.map((one) => one.id));
  useBreakpoints.setState({ events: [...events, { id, on: true, what, path }] });
}

export function switchEvent(id: number, on: boolean): void {
  const { events } = useBreakpoints.getState();
  useBreakpoints.setState({ events: events.map((one) => (one.id === id ? { ...one, on } : one)) });
}

export function dropEvent(id: number): void {
  const { events } = useBreakpoints.getState();
  useBreakpoints.setState({ events: events.filter((one) => one.id !== id) });
}

function inOrder<T extends { readonly line: number }>(lines: readonly T[]): T[] {
  return lines.toSorted((a, b) => a.line - b.line);
}
