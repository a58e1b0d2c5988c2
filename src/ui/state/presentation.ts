import { REMEMBERED, recall, remember } from './storage.ts';
import { useUi } from './ui-store.ts';

/** Puts large type on the document while it is asked for; it was, if the last visit ended so. */
export function startPresentation(): void {
  if (recall(REMEMBERED.presentation) === 'on') useUi.setState({ presentation: true });
  const apply = () => {
    document.documentElement.toggleAttribute('data-presentation', useUi.getState().presentation);
  };
  apply();
  useUi.subscribe(apply);
}

/** Turns presentation mode on or off, also for the next visit. */
export function setPresentation(on: boolean): void {
  remember(REMEMBERED.presentation, on ? 'on' : undefined);
  useUi.setState({ presentation: on });
}

/** How many times as large as usual is what letters itself (editor, terminal): the style sheets' `--room`. */
export function useRoom(): number {
  const on = useUi((ui) => ui.presentation);
  if (!on) return 1;
  return Number(getComputedStyle(document.documentElement).getPropertyValue('--room')) || 1;
}
