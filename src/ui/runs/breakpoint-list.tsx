import { useMemo, useState } from 'react';
import { AddIcon, DeleteIcon } from '../kit/icons.tsx';
import { useBreakpoints } from '../state/breakpoints.ts';
import { namesOf } from '../state/names.ts';
import { textShown, useScript } from '../state/script-store.ts';
import { useSessionState } from '../state/session-context.tsx';
import { AddBreakpoint } from './add-breakpoint.tsx';
import { breakpointWords } from './breakpoint-words.ts';
import { machineOf, meantIn } from './device-breakpoints.ts';
import { dropEvent, dropLine, switchEvent, switchLine } from './edit-breakpoints.ts';

/** All breakpoints, each as one sentence that can be turned off, and a way to add one on events. */
export function BreakpointList() {
  const { lines, events } = useBreakpoints();
  const stopped = useSessionState((state) => state.stopped);
  const topology = useSessionState((state) => state.topology);
  const machine = useSessionState(machineOf);
  const names = useMemo(() => namesOf(topology), [topology]);
  const source = useScript(textShown);
  const texts = useMemo(() => source.split('\n'), [source]);
  const [adding, setAdding] = useState(false);
  return (
    <>
      {lines.length + events.length === 0 && (
        <p className="run-hint">
          The picture stops at a breakpoint by itself, at any speed. For one on a line, click beside
          its number in the script, or press Shift F9 there.
        </p>
      )}
      <ul className="run-list">
        {lines.map(({ line, on }) => (
          <Row
            key={`line ${line}`}
            on={on}
            hit={stopped?.kind === 'line' && stopped.line === line}
            name={`line ${line}`}
            turn={(to) => switchLine(line, to)}
            drop={() => dropLine(line)}
          >
            Stop before line {line} <code>{(texts[line - 1] ?? '').trim()}</code>
          </Row>
        ))}
        {events.map((kept) => {
          const { id, on, path } = kept;
          const what = meantIn(kept, machine);
          const words = what
            ? breakpointWords(what, names, 'waits')
            : `something happens to ${path}, which is not in this machine`;
          return (
            <Row
              key={id}
              on={on}
              hit={stopped?.kind === 'event' && stopped.breakpoint === what}
              name={words}
              turn={(to) => switchEvent(id, to)}
              drop={() => dropEvent(id)}
            >
              Stop when {words}
            </Row>
          );
        })}
      </ul>
      {adding ? (
        <AddBreakpoint names={names} close={() => setAdding(false)} />
      ) : (
        <button type="button" className="button button-small" onClick={() => setAdding(true)}>
          <AddIcon /> Stop on an event…
        </button>
      )}
    </>
  );
}

function Row(props: {
  on: boolean;
  hit: boolean;
  /** What it is about, for the button that deletes it. */
  name: string;
  turn(on: boolean): void;
  drop(): void;
  children: React.ReactNode;
}) {
  return (
    <li data-hit={props.hit || undefined}>
      <label>
        <input
          type="checkbox"
          checked={props.on}
          onChange={(event) => props.turn(event.target.checked)}
        />
        <span>
          {props.children}
          {props.hit && <strong className="run-hit"> — stopped here</strong>}
        </span>
      </label>
      <button
        type="button"
        className="button button-bare"
        aria-label={`Delete the breakpoint: ${props.name}`}
        title="Delete"
        onClick={props.drop}
      >
        <DeleteIcon />
      </button>
    </li>
  );
}
