import { useEffect, useMemo, useRef, useState } from 'react';
import { ChevronIcon, CloseIcon, SearchIcon } from '../kit/icons.tsx';
import { useSessionState } from '../state/session-context.tsx';
import { selectNode } from '../state/ui-store.ts';
import type { MachineGraph } from '../topology/graph.ts';
import { revealNode } from '../topology/reveal.ts';
import { useBuild } from './build-store.ts';
import { focusCanvas } from './focus.ts';
import { searchTopology } from './search.ts';

/** Finds nodes of the canvas by what they are: Enter goes from one to the next. */
export function SearchBar({ graph }: { graph: MachineGraph }) {
  const open = useBuild((build) => build.searching);
  return open ? <Open graph={graph} /> : null;
}

function Open({ graph }: { graph: MachineGraph }) {
  const topology = useSessionState((state) => state.topology);
  const [text, setText] = useState('');
  const [at, setAt] = useState<number>();
  const input = useRef<HTMLInputElement>(null);
  const hits = useMemo(() => (topology ? searchTopology(topology, text) : []), [topology, text]);
  useEffect(() => input.current?.focus(), []);

  const go = (to: number): void => {
    if (hits.length === 0) return;
    const next = (to + hits.length) % hits.length;
    const hit = hits[next];
    setAt(next);
    if (!hit) return;
    const shown = graph.shownAs.get(hit.id) ?? hit.id;
    selectNode(hit.id);
    revealNode(shown);
  };
  const close = (): void => {
    useBuild.setState({ searching: false });
    focusCanvas()?.focus();
  };
  const hit = at === undefined ? undefined : hits[at];
  const count = `${at === undefined ? '' : `${at + 1} of `}${hits.length} found`;
  return (
    <search className="canvas-search">
      <SearchIcon />
      <input
        ref={input}
        aria-label="Search the machine"
        placeholder="Type, id, path, address, property"
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={({ target }) => {
          setText(target.value);
          setAt(undefined);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') go(at === undefined ? 0 : at + (event.shiftKey ? -1 : 1));
          else if (event.key === 'Escape') close();
          else if (!(event.ctrlKey && event.key === 'f')) return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <span role="status" className="canvas-search-count">
        {text.trim() !== '' && count}
        {hit && <span className="mono"> · {hit.because}</span>}
      </span>
      <button
        type="button"
        className="button button-bare turned"
        aria-label="The one before"
        disabled={hits.length === 0}
        onClick={() => go((at ?? 0) - 1)}
      >
        <ChevronIcon />
      </button>
      <button
        type="button"
        className="button button-bare"
        aria-label="The next one"
        disabled={hits.length === 0}
        onClick={() => go(at === undefined ? 0 : at + 1)}
      >
        <ChevronIcon />
      </button>
      <button
        type="button"
        className="button button-bare"
        aria-label="Close the search"
        onClick={close}
      >
        <CloseIcon />
      </button>
    </search>
  );
}
