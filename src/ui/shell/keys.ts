import type { Session } from '../session/session.ts';
import { setPresentation } from '../state/presentation.ts';
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
  ['F7', 'Presentation: large type for a projector, and back'],
  ['F1', 'This help'],
  ['Ctrl M', 'In the editor: Tab moves the focus instead of indenting'],
  ['← →', 'On the timeline: one event; Page Up, Page Down a tenth; + − 0 zoom'],
  [
    'N P',
    'On the timeline: next request, the one before; 1 to 6 go to its steps; V the next violation; F folds',
  ],
];

/** The canvas's keys, for the help: they count while it has the focus; see `ui/build/keys.ts`. */
export const CANVAS_KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['← ↑ → ↓', 'From part to part; Enter or Space chooses one'],
  ['A', 'Add a device or a back end, onto the chosen bus where one is'],
  ['C', 'Connect to…: another bus, another back end'],
  ['Delete', 'Delete what is chosen, and what hangs on it'],
  ['Ctrl D', 'Duplicate; Ctrl C, X and V copy, cut and paste as a command line'],
  ['Ctrl Z', 'Undo, from anywhere; Ctrl Y does it again'],
  ['Ctrl A', 'Choose all; Shift and a drag choose with a box'],
  ['/', 'Search the machine (also Ctrl F)'],
  ['+ − 0', 'Zoom; 0 shows the whole machine'],
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
  else if (event.key === 'F7') setPresentation(!useUi.getState().presentation);
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
