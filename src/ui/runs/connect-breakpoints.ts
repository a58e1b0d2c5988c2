import type { EventBreakpoint } from '../../journal/breakpoints.ts';
import type { Session } from '../session/session.ts';
import { useBreakpoints } from '../state/breakpoints.ts';
import { begins } from '../state/run.ts';
import { type ScriptState, textShown, useScript } from '../state/script-store.ts';
import { REMEMBERED, recall, remember } from '../state/storage.ts';
import { machineOf, meantIn } from './device-breakpoints.ts';
import { moveLines, settleLines } from './edit-breakpoints.ts';
import { decodeBreakpoints, encodeBreakpoints } from './kept-breakpoints.ts';
import { lineMover } from './move-lines.ts';
import { sameLines } from './same-lines.ts';

/** Quiet after the last keystroke before lines are looked at for statements, in ms. */
const SETTLE_AFTER = 400;

/**
 * Tells the session of the person's breakpoints, lets them follow the text of the script, and keeps them for the
 * next visit. Another example has none. Answers how to stop.
 */
export function connectBreakpoints(session: Session): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The text that breakpoints are about to stop: of the run that is shown, or of the one that Run begins. */
  const runs = () => (begins(session) ? undefined : session.getState().source) ?? textShown();
  let text = runs();
  let machine = machineOf(session.getState());
  const told: { lines: readonly number[]; events: readonly EventBreakpoint[] } = {
    lines: [],
    events: [],
  };
  const tell = () => {
    const { lines, events } = useBreakpoints.getState();
    text = runs();
    machine = machineOf(session.getState());
    const moved = sameLines(textShown(), text);
    const on = lines.filter((one) => one.on).map(({ line }) => moved(line));
    const stops = on.filter((line) => line !== undefined);
    if (!sameItems(stops, told.lines)) session.setLineBreakpoints(stops);
    told.lines = stops;
    const meant = events.filter((one) => one.on).map((one) => meantIn(one, machine));
    const there = meant.filter((what) => what !== undefined);
    if (!sameItems(there, told.events)) session.setEventBreakpoints(there);
    told.events = there;
  };
  const { lines, events } = useBreakpoints.getState();
  if (lines.length + events.length === 0)
    useBreakpoints.setState(decodeBreakpoints(recall(REMEMBERED.breakpoints)));
  tell();
  const stops = [
    useBreakpoints.subscribe((state) => {
      tell();
      remember(REMEMBERED.breakpoints, encodeBreakpoints(state));
    }),
    session.subscribe(() => {
      if (runs() !== text || machineOf(session.getState()) !== machine) tell();
    }),
    useScript.subscribe((now, before) => {
      if (now.look !== before.look) putAside(now, before);
      if (now.source === before.source || useBreakpoints.getState().lines.length === 0) return;
      // The person has taken over what was looked at, with its breakpoints.
      if (now.source === before.look?.source) return;
      if (now.example !== before.example) moveLines(() => undefined);
      else moveLines(lineMover(before.source, now.source));
      clearTimeout(timer);
      timer = setTimeout(() => void settleLines(session), SETTLE_AFTER);
    }),
  ];
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}

const sameItems = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i]);

/** Breakpoints are on the text that is shown: the person's own stay with their text. */
function putAside(now: ScriptState, before: ScriptState): void {
  const { lines, aside } = useBreakpoints.getState();
  const own = aside ?? lines;
  if (now.look) {
    const moved = sameLines(now.source, now.look.source);
    const there = own.flatMap(({ line, on }) => {
      const to = moved(line);
      return to === undefined ? [] : [{ line: to, on }];
    });
    useBreakpoints.setState({ lines: there, aside: own });
  } else if (now.source === before.look?.source) useBreakpoints.setState({ aside: undefined });
  else useBreakpoints.setState({ lines: own, aside: undefined });
}
