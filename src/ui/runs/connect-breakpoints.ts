import type { Session } from '../session/session.ts';
import { useBreakpoints } from '../state/breakpoints.ts';
import { useScript } from '../state/script-store.ts';
import { REMEMBERED, recall, remember } from '../state/storage.ts';
import { moveLines, settleLines } from './edit-breakpoints.ts';
import { decodeBreakpoints, encodeBreakpoints } from './kept-breakpoints.ts';
import { lineMover } from './move-lines.ts';

/** Quiet after the last keystroke before lines are looked at for statements, in ms. */
const SETTLE_AFTER = 400;

/**
 * Tells the session of the person's breakpoints, lets them follow the text of the script, and keeps them for the
 * next visit. Another example has none. Answers how to stop.
 */
export function connectBreakpoints(session: Session): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    const { lines, events } = useBreakpoints.getState();
    session.setLineBreakpoints(lines.filter(({ on }) => on).map(({ line }) => line));
    session.setEventBreakpoints(events.filter(({ on }) => on).map(({ what }) => what));
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
    useScript.subscribe((now, before) => {
      if (now.source === before.source || useBreakpoints.getState().lines.length === 0) return;
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
