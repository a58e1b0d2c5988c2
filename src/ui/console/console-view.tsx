import { useLayoutEffect, useRef } from 'react';
import type { ConsoleLine } from '../../journal/fold/moment.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';

/** Newest lines that are drawn; the rest stays in the journal. */
const SHOWN = 500;

/** What the script printed up to the cursor. A line leads to the event that printed it. */
export function ConsoleView() {
  const session = useSession();
  const lines = useSessionState(({ moment }) => moment.console);
  const current = useSessionState(({ cursor }) => cursor - 1);
  const list = useRef<HTMLOListElement>(null);
  const end = useRef(true);
  useLayoutEffect(() => {
    const it = list.current;
    if (it && end.current && lines.length > 0) it.scrollTop = it.scrollHeight;
  }, [lines]);

  const shown = lines.slice(-SHOWN);
  return (
    <div className="console">
      {lines.length === 0 ? (
        <p className="pane-empty">What the script prints appears here.</p>
      ) : (
        <ol
          ref={list}
          className="console-lines mono"
          onScroll={({ currentTarget: it }) => {
            end.current = it.scrollHeight - it.scrollTop - it.clientHeight < 24;
          }}
        >
          {shown.length < lines.length && (
            <li className="console-more">{lines.length - shown.length} lines before these</li>
          )}
          {shown.map((line) => (
            <li
              key={line.event}
              data-level={line.level}
              data-current={line.event === current || undefined}
            >
              <button
                type="button"
                title={`Event ${line.event + 1}${line.line > 0 ? `, script line ${line.line}` : ''}: go there`}
                onClick={() => session.seek(line.event + 1)}
              >
                {MARKS[line.level]}
                {line.text}
              </button>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

const MARKS: Readonly<Record<ConsoleLine['level'], string>> = {
  log: '',
  warn: '⚠ ',
  error: '✕ ',
  device: '◆ ',
};
