import type { Session } from '../session/session.ts';
import { chooseRequest, useRequest } from '../state/request-store.ts';
import { choose, neighbour, nextViolation } from './choice.ts';
import { requestSteps } from './request-words.ts';
import type { StripView } from './strip-view.ts';

/** Acts on a key that was pressed on the strip; whether it was one of its own. */
export function onStripKey(event: React.KeyboardEvent, session: Session, view: StripView): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey) return false;
  const { cursor, first, length } = session.getState();
  const { range } = view;
  const page = Math.max(1, Math.round((range.to - range.from) / 10));
  const seek = (to: number): void => session.seek(Math.min(length, Math.max(first, to)));
  const acts: Record<string, () => void> = {
    // Keys repeat faster than frames come: this one counts from where the session is.
    ArrowLeft: () => session.stepBack(),
    ArrowRight: () => seek(cursor + 1),
    ArrowDown: () => (event.shiftKey ? view.scrollBy(24) : seek(cursor - 1)),
    ArrowUp: () => (event.shiftKey ? view.scrollBy(-24) : seek(cursor + 1)),
    PageDown: () => seek(cursor - page),
    PageUp: () => seek(cursor + page),
    Home: () => seek(first),
    End: () => seek(length),
    '0': () => view.showAll(),
    '+': () => view.scale(0.6, cursor),
    '=': () => view.scale(0.6, cursor),
    '-': () => view.scale(1 / 0.6, cursor),
    n: () => go(session, view, 1),
    p: () => go(session, view, -1),
    v: () => {
      const next = nextViolation(view.spans, cursor);
      if (next !== undefined) seek(next + 1);
    },
    Escape: () => chooseRequest(undefined),
  };
  const { chosen } = useRequest.getState();
  for (const step of chosen ? requestSteps(chosen) : [])
    if (step.event !== undefined) acts[step.key] = () => seek((step.event ?? 0) + 1);
  const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act || (event.key === 'Escape' && !chosen)) return false;
  act();
  return true;
}

/** Chooses the next request, or the one before, and goes to where it begins. */
function go(session: Session, view: StripView, direction: 1 | -1): void {
  const next = neighbour(view.spans, session.getState().cursor, direction);
  if (!next) return;
  choose(session, next);
  view.show(next.begun, (next.used ?? next.popped ?? next.begun) + 1);
  session.seek(next.begun + 1);
}
