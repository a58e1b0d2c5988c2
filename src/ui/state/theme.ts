import { useSyncExternalStore } from 'react';
import { REMEMBERED, recall, remember } from './storage.ts';
import { type Theme, useUi } from './ui-store.ts';

const system = (): MediaQueryList => window.matchMedia('(prefers-color-scheme: dark)');

/** Whether a choice means dark on this system. */
function isDark(theme: Theme): boolean {
  return theme === 'auto' ? system().matches : theme === 'dark';
}

/** Puts the chosen look on the document, now and whenever choice or system change. */
export function startTheme(): void {
  const kept = recall(REMEMBERED.theme);
  if (kept === 'light' || kept === 'dark') useUi.setState({ theme: kept });
  const apply = () => {
    document.documentElement.dataset.theme = isDark(useUi.getState().theme) ? 'dark' : 'light';
  };
  apply();
  useUi.subscribe(apply);
  system().addEventListener('change', apply);
}

/** The next look in turn: as the system, light, dark. */
export function turnTheme(): void {
  const { theme } = useUi.getState();
  const next: Theme = theme === 'auto' ? 'light' : theme === 'light' ? 'dark' : 'auto';
  remember(REMEMBERED.theme, next === 'auto' ? undefined : next);
  useUi.setState({ theme: next });
}

function subscribeDark(listener: () => void): () => void {
  const media = system();
  media.addEventListener('change', listener);
  const unsubscribe = useUi.subscribe(listener);
  return () => {
    media.removeEventListener('change', listener);
    unsubscribe();
  };
}

/** Whether the page is dark now. */
export function useDark(): boolean {
  return useSyncExternalStore(subscribeDark, () => isDark(useUi.getState().theme));
}
