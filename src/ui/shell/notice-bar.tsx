import { useEffect } from 'react';
import { CloseIcon } from '../kit/icons.tsx';
import { useUi } from '../state/ui-store.ts';

/** How long a notice stays, in ms; one that can be undone stays longer. */
const STAY = { plain: 4000, undoable: 9000 } as const;

/** What the person's last act did, with a way back: beside the command line, where it hides nothing. */
export function NoticeBar() {
  const notice = useUi((ui) => ui.notice);
  useEffect(() => {
    if (!notice) return undefined;
    const close = () => useUi.setState({ notice: undefined });
    const timer = setTimeout(close, notice.undo ? STAY.undoable : STAY.plain);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div role="status" className="notice-place">
      {notice && (
        <div className="notice">
          <span>{notice.text}</span>
          {notice.undo && (
            <button
              type="button"
              className="button button-small"
              onClick={() => {
                useUi.setState({ notice: undefined });
                notice.undo?.();
              }}
            >
              Undo
            </button>
          )}
          <button
            type="button"
            className="button button-bare"
            aria-label="Close the message"
            onClick={() => useUi.setState({ notice: undefined })}
          >
            <CloseIcon />
          </button>
        </div>
      )}
    </div>
  );
}
