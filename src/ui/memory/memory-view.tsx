import { useEffect, useMemo, useState } from 'react';
import './memory.css';
import type { JournalEvent } from '../../journal/schema.ts';
import { useSession } from '../state/session-context.tsx';
import { say } from '../state/ui-store.ts';
import { ByteCard } from './byte-card.tsx';
import { bytesOf, type Edit, typeDigit, untype } from './edit.ts';
import { MemoryBar } from './memory-bar.tsx';
import { MemoryGrid } from './memory-grid.tsx';
import { moveTo, useMemory } from './memory-store.ts';
import { useEditable } from './use-editable.ts';
import { useLabels } from './use-labels.ts';
import { type MemoryAtCursor, useMemoryAtCursor } from './use-memory-at-cursor.ts';

/** Guest memory as hexadecimal bytes, each with what it is. */
export default function MemoryView() {
  const memory = useMemoryAtCursor();
  if (!memory || memory.map.size === 0)
    return <p className="pane-empty">There is no machine, hence no memory.</p>;
  return <Memory memory={memory} />;
}

function Memory({ memory }: { memory: MemoryAtCursor }) {
  const { map, moment, live } = memory;
  const labels = useLabels(moment);
  const chosen = useMemory((state) => state.at);
  // Before a person has chosen a byte, the first structure is worth more than the first address.
  const known = useMemo(() => labels.symbols()[0]?.addr, [labels]);
  const at =
    [chosen, known].find((addr) => addr !== undefined && map.positionOf(addr) !== undefined) ??
    map.addressAt(0);
  const changed = useMemo(() => writtenBy(moment.last), [moment.last]);
  const follow = useMemory((state) => state.follow);
  useEffect(() => {
    if (follow && changed) moveTo(changed.start);
  }, [follow, changed]);
  const session = useSession();
  const cannot = useEditable();
  const [edit, setEdit] = useState<Edit>();
  const write = async ({ start }: Edit, bytes: Uint8Array) => {
    setEdit(undefined);
    const before = memory.bytes(start, bytes.length);
    const poke = (content: Uint8Array) => session.poke(start, content);
    if (!(await poke(bytes))) say('Memory was not changed: the machine does not rest.');
    else
      say(`${place(start)} now ${hexBytes(bytes)}; there was ${hexBytes(before)}.`, () => {
        void poke(before).then((done) => {
          say(done ? `${place(start)} again ${hexBytes(before)}.` : 'The machine does not rest.');
        });
      });
  };
  return (
    <div className="memory">
      <MemoryBar memory={memory} labels={labels} />
      <MemoryGrid
        memory={memory}
        labels={labels}
        at={at}
        changed={changed}
        edit={edit}
        canEdit={cannot === undefined}
        type={(digit) => setEdit(typeDigit(edit, at, digit))}
        untype={() => setEdit(edit && untype(edit))}
        cancel={() => setEdit(undefined)}
        commit={() => edit && void write(edit, bytesOf(edit))}
      />
      <ByteCard memory={memory} labels={labels} at={at} />
      <p className="memory-state">
        <span data-live={live || undefined}>
          {live
            ? 'Live: RAM as it is now.'
            : 'The past: what the journal saw written. Bytes that it did not see read as 00.'}
        </span>{' '}
        {edit
          ? 'Enter writes, Escape cancels.'
          : (cannot ?? 'Type hexadecimal digits over a byte to change it.')}
      </p>
    </div>
  );
}

/** Bytes that an event wrote; undefined where it is no write. */
function writtenBy(event: JournalEvent | undefined) {
  if (event?.kind === 'memWrite') return { start: event.addr, end: event.addr + event.size };
  if (event?.kind === 'dataWrite') return { start: event.addr, end: event.addr + event.length };
  return undefined;
}

function place(addr: number): string {
  return `0x${addr.toString(16).padStart(8, '0')}:`;
}

function hexBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
