import { useUi } from '../state/ui-store.ts';

/** The canvas's panel, or undefined while none is shown. */
export function canvasPane(): HTMLElement | undefined {
  return document.querySelector<HTMLElement>('[data-pane="topology"]') ?? undefined;
}

/** Where the focus goes after an act on the canvas: the chosen node, else the panel. */
export function focusCanvas(): HTMLElement | null {
  const pane = canvasPane();
  const { selected } = useUi.getState();
  const node = selected === undefined ? undefined : nodeElement(selected);
  return node ?? pane ?? null;
}

/** Leads those who build by key on to the node that was chosen; whoever is elsewhere stays there. */
export function focusChosen(): void {
  requestAnimationFrame(() => {
    const { activeElement } = document;
    if (activeElement === document.body || canvasPane()?.contains(activeElement))
      focusCanvas()?.focus({ preventScroll: true });
  });
}

/** What of a node of the graph takes the focus. */
export function nodeElement(id: string): HTMLElement | undefined {
  const node = document.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
  return node?.querySelector<HTMLElement>('button, [tabindex]') ?? undefined;
}

/** Whether keys belong to what has the focus: a field, the editor, the monitor. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, [contenteditable], .monaco-editor, .xterm') !== null
  );
}
