import { useUi } from '../state/ui-store.ts';

/** Goes to one of the machine's two texts: it stands in the Build workspace, and marks what is chosen. */
export function lookAtText(pane: 'command-line' | 'qtree'): void {
  useUi.setState({ workspace: 'build' });
  // The workspace may have to be loaded first.
  let tries = 60;
  const look = () => {
    const element = document.querySelector<HTMLElement>(`[data-pane="${pane}"]`);
    if (element) element.focus();
    else if (--tries > 0) setTimeout(look, 50);
  };
  setTimeout(look);
}
