import { redo, undo } from '../document/undo.ts';
import type { Session } from '../session/session.ts';
import { selectNodes, toggleSelected, useUi } from '../state/ui-store.ts';
import {
  connectSelected,
  deleteSelected,
  duplicateSelected,
  paste,
  selectedText,
} from './actions.ts';
import { useBuild } from './build-store.ts';
import { nodeIdOf } from './drag.ts';
import { canvasPane, isTyping } from './focus.ts';

/** What keys on the canvas need beyond the session. */
export interface CanvasHands {
  /** All nodes that can be chosen. */
  readonly all: () => readonly string[];
}

/** Listens for the keys and the clipboard of those who build by hand. Answers how to stop. */
export function listenToHands(session: Session, hands: CanvasHands): () => void {
  const key = (event: KeyboardEvent) => onKey(event, session, hands);
  const released = (event: KeyboardEvent) => {
    // A button is pressed when Space goes up; here Space chose the node already.
    if (event.key === ' ' && nodeUnder(event) !== undefined) event.preventDefault();
  };
  const copy = (event: ClipboardEvent) => onCopy(event, session, false);
  const cut = (event: ClipboardEvent) => onCopy(event, session, true);
  const pasted = (event: ClipboardEvent) => {
    if (isTyping(event.target) || event.defaultPrevented || isModal()) return;
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (text.trim() === '') return;
    event.preventDefault();
    void paste(session, text);
  };
  window.addEventListener('keydown', key);
  window.addEventListener('keyup', released);
  document.addEventListener('copy', copy);
  document.addEventListener('cut', cut);
  document.addEventListener('paste', pasted);
  return () => {
    window.removeEventListener('keydown', key);
    window.removeEventListener('keyup', released);
    document.removeEventListener('copy', copy);
    document.removeEventListener('cut', cut);
    document.removeEventListener('paste', pasted);
  };
}

function onKey(event: KeyboardEvent, session: Session, hands: CanvasHands): void {
  if (event.defaultPrevented || event.altKey || isTyping(event.target) || isModal()) return;
  const chord = event.ctrlKey || event.metaKey;
  const did = chord
    ? onChord(event, session, hands)
    : isOnCanvas(event) && onPlainKey(event, session);
  if (!did) return;
  event.preventDefault();
  event.stopPropagation();
}

function onChord(event: KeyboardEvent, session: Session, hands: CanvasHands): boolean {
  const key = event.key.toLowerCase();
  if (key === 'z') void (event.shiftKey ? redo(session) : undo(session));
  else if (key === 'y') void redo(session);
  else if (!isOnCanvas(event)) return false;
  else if (key === 'a') selectNodes(hands.all());
  else if (key === 'd') void duplicateSelected(session);
  else if (key === 'f') useBuild.setState({ searching: true });
  else return false;
  return true;
}

function onPlainKey(event: KeyboardEvent, session: Session): boolean {
  const { selection, selected } = useUi.getState();
  const node = nodeUnder(event);
  switch (event.key) {
    case 'Delete':
    case 'Backspace':
      void deleteSelected(session);
      return true;
    case 'Escape':
      if (selection.size === 0) return false;
      selectNodes([]);
      return true;
    case ' ':
      if (node === undefined) return false;
      toggleSelected(node);
      return true;
    case '/':
      useBuild.setState({ searching: true });
      return true;
    case 'a':
    case 'Insert':
      useBuild.setState({ adding: true });
      return true;
    case 'c':
      chooseUnlessChosen(node);
      connectSelected(session);
      return true;
    case 'Enter':
      // The first Enter chooses a node, as a click does; the next one connects it.
      if (node === undefined || node !== selected) return false;
      connectSelected(session);
      return true;
    default:
      return false;
  }
}

/** An act by key is about the node with the focus, unless it belongs to what was chosen. */
function chooseUnlessChosen(node: string | undefined): void {
  if (node !== undefined && !useUi.getState().selection.has(node)) selectNodes([node]);
}

function onCopy(event: ClipboardEvent, session: Session, cut: boolean): void {
  if (isTyping(event.target) || event.defaultPrevented || isModal()) return;
  // Text that was marked on the page is what the person means.
  if (!document.getSelection()?.isCollapsed) return;
  const text = selectedText(session);
  if (text === '') return;
  event.clipboardData?.setData('text/plain', text);
  event.preventDefault();
  if (cut) void deleteSelected(session);
}

/** Id of the node that has the focus. */
function nodeUnder(event: KeyboardEvent): string | undefined {
  return event.target instanceof Element ? nodeIdOf(event.target) : undefined;
}

/** The canvas's keys count on its panel, and where nothing has the focus. */
function isOnCanvas(event: KeyboardEvent): boolean {
  const { target } = event;
  if (target === document.body) return true;
  if (!(target instanceof Element) || !canvasPane()?.contains(target)) return false;
  // A button of the panel's head keeps its own Space and Enter.
  return !(target.closest('.pane-head') && ['Enter', ' '].includes(event.key));
}

/** Whether a dialog or a menu has the keys. */
function isModal(): boolean {
  return document.querySelector('[role="dialog"], [role="menu"]') !== null;
}
