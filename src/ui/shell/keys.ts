import type { Session } from '../session/session.ts';
import { setPresentation } from '../state/presentation.ts';
import { chooseSpeed, reset, runOrPause, step, stepLine, stepOver } from '../state/run.ts';
import { say, turnTo, useUi } from '../state/ui-store.ts';
import { nextSpeed, speedText } from '../toolbar/speed-scale.ts';

const runs = () => import('../runs/acts.ts');

/** What the keys of run control do, by modifiers and key. */
const RUN_KEYS: Readonly<Record<string, (session: Session) => void>> = {
  F8: runOrPause,
  'Shift F8': (session) => void reset(session),
  'Ctrl F8': (session) => void runs().then(({ runToCaret }) => runToCaret(session)),
  'Ctrl Shift F8': (session) => void runs().then(({ continueHere }) => continueHere(session)),
  F9: (session) => session.stepBack(),
  'Ctrl F9': (session) => session.stepBackLine(),
  'Ctrl Shift F9': (session) => session.stepBackOver(),
  'Shift F9': (session) => void runs().then(({ toggleAtCaret }) => toggleAtCaret(session)),
  F10: step,
  'Ctrl F10': stepLine,
  'Ctrl Shift F10': stepOver,
  'Alt +': (session) => changeSpeed(session, 1),
  'Alt =': (session) => changeSpeed(session, 1),
  'Alt -': (session) => changeSpeed(session, -1),
};
/** They act once, however long they are held. */
const ONCE = new Set(['F8', 'Shift F8', 'Ctrl F8', 'Ctrl Shift F8', 'Shift F9']);

/** Acts on a key of the page's own; leaves all others alone. */
export function onKey(event: KeyboardEvent, session: Session): void {
  if (event.metaKey) return;
  const name = nameOf(event);
  const act = RUN_KEYS[name];
  if (act) {
    if (!event.repeat || !ONCE.has(name)) act(session);
  } else if (name === 'Ctrl Enter') {
    // What is typed into goes first: there it builds what was typed.
    if (event.target instanceof Element && event.target.closest('[data-own-enter]')) return;
    runOrPause(session);
  } else if (event.altKey || event.ctrlKey) return;
  else if (event.key === 'F6') cyclePanes(event.shiftKey ? -1 : 1);
  else if (event.key === 'F4') turnWorkspace();
  else if (event.key === 'F7') setPresentation(!useUi.getState().presentation);
  else if (event.key === 'F1') useUi.setState({ helpOpen: true });
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** `Ctrl Shift F8`; what a key writes needs no Shift. */
function nameOf({ key, ctrlKey, altKey, shiftKey }: KeyboardEvent): string {
  const words = [ctrlKey && 'Ctrl', altKey && 'Alt', shiftKey && key.length > 1 && 'Shift', key];
  return words.filter(Boolean).join(' ');
}

function changeSpeed(session: Session, way: 1 | -1): void {
  const choice = nextSpeed(session.getState(), way);
  chooseSpeed(session, choice);
  say(`Speed: ${speedText(choice).replace('/s', ' events a second')}.`);
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
