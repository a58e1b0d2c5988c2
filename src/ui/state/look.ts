import { restoreView, type View, viewNow } from '../topology/last-view.ts';
import { REMEMBERED, recall, remember } from './storage.ts';
import { useUi } from './ui-store.ts';

/** Looks as it did at the end of the last visit: workspace, era, what is unfolded and selected, the view. */
export function recallLook(): void {
  try {
    const look: unknown = JSON.parse(recall(REMEMBERED.look) ?? 'null');
    if (typeof look !== 'object' || look === null) return;
    const { workspace, era, expanded, selection, selected, view } = look as Record<string, unknown>;
    useUi.setState({
      ...((workspace === 'watch' || workspace === 'build') && { workspace }),
      ...((era === 'before' || era === 'since') && { era }),
      expanded: new Set(texts(expanded)),
      selection: new Set(texts(selection)),
      selected: typeof selected === 'string' ? selected : undefined,
    });
    if (isView(view)) restoreView(view);
  } catch {
    // A record that cannot be read is none.
  }
}

/** Remembers how the page looks. */
export function rememberLook(): void {
  const { workspace, era, expanded, selection, selected } = useUi.getState();
  const look = {
    ...{ workspace, era, selected, view: viewNow() },
    expanded: [...expanded],
    selection: [...selection],
  };
  remember(REMEMBERED.look, JSON.stringify(look));
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function isView(value: unknown): value is View {
  if (typeof value !== 'object' || value === null) return false;
  const { x, y, zoom } = value as Record<string, unknown>;
  return [x, y, zoom].every(Number.isFinite) && Number(zoom) > 0.01 && Number(zoom) < 10;
}
