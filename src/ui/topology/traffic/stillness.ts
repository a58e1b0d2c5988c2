const query = '(prefers-reduced-motion: reduce)';

/** Whether the person asked for a page that does not move. */
export function prefersStillness(): boolean {
  return window.matchMedia(query).matches;
}
