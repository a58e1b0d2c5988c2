import { useEffect, useRef } from 'react';
import { CloseIcon } from '../kit/icons.tsx';
import { leaveToPane } from '../kit/off.ts';
import { useUi } from '../state/ui-store.ts';

/** How long a notice stays, in ms; one that can be undone stays longer. */
const STAY = { plain: 4000, undoable: 9000 } as const;

/** What the person's last act did, with a way back: beside the command line, where it hides nothing. */
export function NoticeBar() {
  const notice = useUi((ui) => ui.notice);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!notice) return undefined;
    let timer = setTimeout(close, notice.undo ? STAY.undoable : STAY.plain);
    function close(): void {
      // Nobody has it taken away from under the pointer or the focus.
      if (place.current?.matches(':hover, :focus-within')) timer = setTimeout(close, STAY.plain);
      else useUi.setState({ notice: undefined });
    }
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div ref={place} role="status" className="notice-place">
      {notice && (
        <div className="notice">
          <span>{notice.text}</span>
          {notice.undo && (
            <button
              type="button"
              className="button button-small"
              onClick={(event) => {
                leaveToPane(event);
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
            onClick={(event) => {
              leaveToPane(event);
              useUi.setState({ notice: undefined });
            }}
          >
            <CloseIcon />
          </button>
        </div>
      )}
    </div>
  );
}
