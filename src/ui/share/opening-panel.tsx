import { useShare } from '../state/share-store.ts';

/** How far the reading of a file is. */
export function OpeningPanel() {
  const opening = useShare((share) => share.opening);
  if (!opening) return null;
  const { title, part, cancel } = opening;
  return (
    <section className="report" aria-label={title}>
      <header>
        <h2 role="status">{title}</h2>
        <button type="button" className="button button-small" onClick={cancel}>
          Cancel
        </button>
      </header>
      <progress className="share-progress" max={1} value={part} aria-label={title} />
    </section>
  );
}
