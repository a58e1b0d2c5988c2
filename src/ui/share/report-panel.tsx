import { useEffect, useRef } from 'react';
import { useDocument } from '../document/document-store.ts';
import { CloseIcon, WarnIcon } from '../kit/icons.tsx';
import { type Report, useShare } from '../state/share-store.ts';

const close = () => useShare.setState({ report: undefined });

/** What was opened or imported and what was changed for it, with a way back; or why nothing was. */
export function ReportPanel() {
  const report = useShare((share) => share.report);
  const waits = useShare((share) => share.open !== undefined);
  return report && !waits ? <Shown key={`${report.title} ${report.text}`} report={report} /> : null;
}

function Shown({ report }: { report: Report }) {
  const { title, text, bad, notes = [], undo } = report;
  const panel = useRef<HTMLElement>(null);
  const canUndo = useDocument((state) => state.past.length > 0 && (undo?.isLast() ?? false));
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus({ preventScroll: true });
    return () => {
      if (panel.current?.contains(document.activeElement) && before instanceof HTMLElement)
        before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <section
      ref={panel}
      className="report"
      data-bad={bad || undefined}
      data-pane="report"
      aria-label={title}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        close();
      }}
    >
      <header>
        {bad && <WarnIcon />}
        <h2>{title}</h2>
        <button
          type="button"
          className="button button-bare"
          aria-label="Close the report"
          onClick={close}
        >
          <CloseIcon />
        </button>
      </header>
      <p role={bad ? 'alert' : 'status'}>{text}</p>
      {notes.length > 0 && (
        <ul className="report-notes">
          {notes.map((note, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two changes may read the same
            <li key={i}>{note}</li>
          ))}
        </ul>
      )}
      {canUndo && undo && (
        <p>
          <button
            type="button"
            className="button"
            onClick={() => {
              close();
              undo.act();
            }}
          >
            Undo
          </button>
        </p>
      )}
    </section>
  );
}
