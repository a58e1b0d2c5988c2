import { useEffect, useRef } from 'react';
import { textShown, typed, useScript } from '../state/script-store.ts';
import type { EditorProps } from './editor-props.ts';

/** Pixels of a line; the styles say the same. */
const LINE = 19;

/** A plain text area with line numbers, for touch devices and where the full editor cannot load. */
export function PlainEditor({ line, marks, breakpoints, toggle }: EditorProps) {
  const source = useScript(textShown);
  const looks = useScript((script) => script.look !== undefined);
  const text = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const band = useRef<HTMLDivElement>(null);

  const follow = () => {
    const top = text.current?.scrollTop ?? 0;
    if (gutter.current) gutter.current.style.transform = `translateY(${-top}px)`;
    if (band.current) band.current.style.transform = `translateY(${(line - 1) * LINE - top}px)`;
  };

  useEffect(() => {
    const area = text.current;
    if (!area) return;
    const top = (line - 1) * LINE;
    const hidden = top < area.scrollTop || top > area.scrollTop + area.clientHeight - 2 * LINE;
    if (line > 0 && hidden) area.scrollTop = Math.max(0, top - area.clientHeight / 2);
    follow();
  });

  useEffect(
    () =>
      useScript.subscribe((now, before) => {
        const area = text.current;
        if (!area || !now.shown || now.shown === before.shown) return;
        const lines = textShown(now).split('\n');
        const start =
          lines.slice(0, now.shown.line - 1).join('\n').length + (now.shown.line > 1 ? 1 : 0);
        area.focus();
        area.setSelectionRange(start, start + (lines[now.shown.line - 1]?.length ?? 0));
        area.scrollTop = Math.max(0, (now.shown.line - 1) * LINE - area.clientHeight / 2);
      }),
    [],
  );

  const bad = new Set(marks.map((mark) => mark.line));
  const stops = new Map(breakpoints.map((one) => [one.line, one.on]));
  return (
    <div className="plain-editor mono">
      <div className="plain-text">
        {line > 0 && <div ref={band} className="plain-band" />}
        <textarea
          ref={text}
          aria-label="Guest script"
          value={source}
          readOnly={looks}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          wrap="off"
          onScroll={follow}
          onChange={(event) => typed(event.target.value)}
          onSelect={({ currentTarget: { value, selectionStart } }) =>
            useScript.setState({ caret: value.slice(0, selectionStart).split('\n').length })
          }
        />
      </div>
      <div className="plain-gutter">
        <div ref={gutter}>
          {source.split('\n').map((_, i) => (
            // Not on the way of Tab: Shift F9 does the same for the line of the cursor.
            <button
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
              key={i}
              type="button"
              tabIndex={-1}
              aria-label={`Breakpoint on line ${i + 1}`}
              aria-pressed={stops.has(i + 1)}
              data-off={stops.get(i + 1) === false || undefined}
              data-bad={bad.has(i + 1) || undefined}
              onClick={() => toggle(i + 1)}
            >
              {i + 1}
            </button>
          ))}
        </div>
      </div>
    </div>
  );
}
