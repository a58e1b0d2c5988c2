import type { Session } from '../session/session.ts';
import { reset, runOrPause, step } from '../state/run.ts';
import { turnTo, useUi } from '../state/ui-store.ts';

/** The page's keys, for the help. Function keys, so that they never collide with typing. */
export const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['F8', 'Run or pause (also Ctrl Enter)'],
  ['F10', 'Step: one event forward'],
  ['F9', 'One event back'],
  ['Shift F8', 'Reset'],
  ['F6', 'Next panel; Shift F6 the one before'],
  ['F4', 'Watch a guest, or build its machine'],
  ['F1', 'This help'],
  ['Ctrl M', 'In the editor: Tab moves the focus instead of indenting'],
  ['← →', 'On the timeline: one event; Page Up, Page Down a tenth; + − 0 zoom'],
];

/** Acts on a key of the page's own; leaves all others alone. */
export function onKey(event: KeyboardEvent, session: Session): void {
  if (event.altKey || event.metaKey) return;
  if (event.ctrlKey) {
    if (event.key !== 'Enter') return;
    // What is typed into goes first: there it builds what was typed.
    if (event.target instanceof Element && event.target.closest('[data-own-enter]')) return;
    runOrPause(session);
  } else if (event.key === 'F8') {
    if (event.shiftKey) void reset(session);
    else runOrPause(session);
  } else if (event.key === 'F10' && !event.shiftKey) step(session);
  else if (event.key === 'F9') session.stepBack();
  else if (event.key === 'F6') cyclePanes(event.shiftKey ? -1 : 1);
  else if (event.key === 'F4') turnWorkspace();
  else if (event.key === 'F1') useUi.setState({ helpOpen: true });
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function turnWorkspace(): void {
  const { workspace } = useUi.getState();
  turnTo(workspace === 'watch' ? 'build' : 'watch');
}

/** Moves the focus to the next panel in document order, round and round. */
function cyclePanes(direction: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')];
  const inside = panes.findIndex((pane) => pane.contains(document.activeElement));
  const start = inside < 0 && direction < 0 ? 0 : inside;
  panes[(start + direction + panes.length) % panes.length]?.focus();
}
