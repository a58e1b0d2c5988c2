import { useEffect, useId, useRef, useState } from 'react';
import { WarnIcon } from '../kit/icons.tsx';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { useUi } from '../state/ui-store.ts';
import { joinProgram, PROGRAMS, type Program, splitProgram } from './program.ts';

/** The machine as the line that builds it. Enter builds; a refused line stays for correction. */
export function CommandLine() {
  const session = useSession();
  const built = useSessionState((state) => state.commandLine);
  const commandLine = useUi((ui) => ui.line) ?? built;
  const complaint = useSessionState((state) => state.refused);
  const answered = useSessionState((state) => state.answered);
  const warnings = useSessionState((state) => state.warnings);
  const [draft, setDraft] = useState(commandLine);
  const [building, setBuilding] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const message = useId();
  useEffect(() => setDraft(commandLine), [commandLine]);

  const build = async () => {
    setBuilding(true);
    const { takeLine } = await import('./take-line.ts');
    await takeLine(session, draft);
    setBuilding(false);
  };
  const changed = draft !== commandLine;
  // What was refused elsewhere is told there: this line is the machine's own.
  const refused = changed ? complaint : undefined;
  const { program, rest } = splitProgram(draft);
  return (
    <form
      className="command"
      data-refused={refused !== undefined || undefined}
      onSubmit={(event) => {
        event.preventDefault();
        void build();
      }}
    >
      <div className="command-row mono">
        <select
          aria-label="QEMU program: the machine's architecture"
          value={program}
          onChange={({ target }) => setDraft(joinProgram(target.value as Program, rest))}
        >
          {PROGRAMS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <input
          ref={input}
          aria-label="QEMU command line of the machine"
          aria-describedby={refused === undefined ? undefined : message}
          aria-invalid={refused !== undefined}
          aria-busy={building}
          value={rest}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          onChange={({ target }) => {
            const typed = splitProgram(target.value);
            const named = typed.rest !== target.value;
            setDraft(joinProgram(named ? typed.program : program, typed.rest));
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setDraft(commandLine);
          }}
        />
        {changed && (
          <span className="command-hint">
            <button type="submit" className="button button-small">
              Build
            </button>
            <button
              type="button"
              className="button button-small"
              onClick={() => {
                setDraft(commandLine);
                input.current?.focus();
              }}
            >
              Undo
            </button>
          </span>
        )}
      </div>
      {refused === undefined &&
        warnings.map((warning) => (
          <p key={warning} className="command-warning">
            <WarnIcon />
            <span className="mono">{warning}</span>
          </p>
        ))}
      {answered !== undefined && changed && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <section className="command-answer mono" aria-label="QEMU’s answer" tabIndex={0}>
          {answered}
        </section>
      )}
      <div role="alert">
        {refused !== undefined && (
          <p className="command-refused" id={message}>
            <WarnIcon />
            <span className="mono">{refused}</span>
            <span className="command-kept">The machine stays as it was.</span>
          </p>
        )}
      </div>
    </form>
  );
}
