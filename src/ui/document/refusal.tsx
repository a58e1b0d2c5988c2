import { useEffect, useRef } from 'react';
import './refusal.css';
import { sectionTitle } from '../../spec/sections.ts';
import { CloseIcon, WarnIcon } from '../kit/icons.tsx';
import { useSession } from '../state/session-context.tsx';
import { dismissRefusal, type Refusal, useDocument } from './document-store.ts';
import { followFix } from './edit.ts';

/** Why QEMU refused a change, in its own sentence and in plain words, and the ways out. */
export function RefusalPanel() {
  const refusal = useDocument((state) => state.refusal);
  return refusal ? <Shown key={refusal.message} refusal={refusal} /> : null;
}

function Shown({ refusal }: { refusal: Refusal }) {
  const session = useSession();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    // Who is typing goes on typing; everyone else is where the ways out are.
    if (!(before instanceof HTMLElement) || !isTyped(before))
      panel.current?.focus({ preventScroll: true });
    return () => {
      if (panel.current?.contains(document.activeElement) && before instanceof HTMLElement)
        before.focus({ preventScroll: true });
    };
  }, []);
  const { advice, message, label } = refusal;
  return (
    <section
      ref={panel}
      className="refusal"
      aria-label="Refused, and what can be done"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        dismissRefusal();
      }}
    >
      <header>
        <WarnIcon />
        <h2>{advice.title}</h2>
        <button
          type="button"
          className="button button-bare"
          aria-label="Close: leave the machine as it is"
          onClick={dismissRefusal}
        >
          <CloseIcon />
        </button>
      </header>
      <div role="alert">
        <p className="refusal-sentence mono">{message}</p>
        <p>
          {advice.words}
          {advice.section !== undefined && (
            <cite>
              {' '}
              VIRTIO 1.4 §{advice.section} {sectionTitle(advice.section)}
            </cite>
          )}
        </p>
      </div>
      {advice.fixes.length > 0 && (
        <ul className="refusal-fixes" aria-label="Ways out">
          {advice.fixes.map((fix) => (
            <li key={fix.label}>
              <button type="button" className="button" onClick={() => void followFix(session, fix)}>
                {fix.label}
              </button>
              <span>{fix.words}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="refusal-kept">The machine stays as it was. Not done: {label}.</p>
    </section>
  );
}

function isTyped(element: HTMLElement): boolean {
  return element.matches('input, textarea, select, [contenteditable]');
}
