import { useMemo, useState } from 'react';
import type { Labels, MemorySymbol } from '../../journal/labels/labels.ts';
import { off } from '../kit/off.ts';
import { namesOf } from '../state/names.ts';
import { useSessionState } from '../state/session-context.tsx';
import { addressTyped } from './edit.ts';
import { jumpBack, jumpTo, useMemory } from './memory-store.ts';
import type { MemoryAtCursor } from './use-memory-at-cursor.ts';

/** Where to go: an address, a structure, the place before; and whether to go where events write. */
export function MemoryBar({ memory, labels }: { memory: MemoryAtCursor; labels: Labels }) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const canGoBack = useMemory((state) => state.past.length > 0);
  const follow = useMemory((state) => state.follow);
  const go = () => {
    const addr = addressTyped(text);
    if (addr === undefined) setProblem('An address is hexadecimal: 0x1000.');
    else if (memory.map.positionOf(addr) === undefined)
      setProblem('There is no RAM at that address.');
    else {
      setProblem(undefined);
      jumpTo(addr);
    }
  };
  return (
    <div className="memory-bar">
      <form
        data-own-enter
        onSubmit={(event) => {
          event.preventDefault();
          go();
        }}
      >
        <input
          className="mono"
          aria-label="Address"
          aria-invalid={problem !== undefined || undefined}
          aria-describedby="memory-problem"
          placeholder="0x…"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setProblem(undefined);
          }}
        />
        <button type="submit" className="button button-small">
          Go
        </button>
      </form>
      <Places memory={memory} labels={labels} />
      <button
        type="button"
        className="button button-small"
        aria-label="Back to the place before"
        {...off(!canGoBack, jumpBack)}
      >
        Back
      </button>
      <label className="memory-follow">
        <input
          type="checkbox"
          checked={follow}
          onChange={(event) => useMemory.setState({ follow: event.target.checked })}
        />
        Follow writes
      </label>
      <p id="memory-problem" className="memory-problem" role="status">
        {problem}
      </p>
    </div>
  );
}

/** The structures that there are, by queue, to jump to. */
function Places({ memory, labels }: { memory: MemoryAtCursor; labels: Labels }) {
  const topology = useSessionState((state) => state.topology);
  const groups = useMemo(() => {
    const names = namesOf(topology);
    const found = new Map<string, MemorySymbol[]>();
    for (const symbol of labels.symbols()) {
      const { dev, queue } = symbol;
      const device = dev === undefined ? undefined : names.device(dev);
      const name =
        queue === undefined ? (device ?? 'machine') : `queue ${queue} of ${device ?? 'a device'}`;
      found.set(name, [...(found.get(name) ?? []), symbol]);
    }
    return [...found];
  }, [labels, topology]);
  return (
    <select
      className="select"
      aria-label="Go to a structure"
      value=""
      onChange={(event) => jumpTo(Number(event.target.value))}
    >
      <option value="" disabled>
        Go to…
      </option>
      <optgroup label="RAM">
        {memory.map.starts.map((addr) => (
          <option key={addr} value={addr}>
            {addressText(addr)} start of RAM
          </option>
        ))}
      </optgroup>
      {groups.map(([name, symbols]) => (
        <optgroup key={name} label={name}>
          {symbols.map((symbol) => (
            <option key={`${symbol.name} ${symbol.addr}`} value={symbol.addr}>
              {addressText(symbol.addr)} {symbol.name}, {symbol.length} bytes
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

function addressText(addr: number): string {
  return `0x${addr.toString(16).padStart(8, '0')}`;
}
