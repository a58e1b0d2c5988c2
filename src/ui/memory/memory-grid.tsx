import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Label } from '../../journal/labels/label.ts';
import { type Labels, labelsOfBytes } from '../../journal/labels/labels.ts';
import { useRoom } from '../state/presentation.ts';
import { type Edit, typedAt } from './edit.ts';
import { jumpTo, moveTo } from './memory-store.ts';
import type { MemoryAtCursor } from './use-memory-at-cursor.ts';

/** Height of a row, and width that 16 bytes and their letters need, in pixels. */
const ROW = 21;
const WIDE = 560;
/** Rows that a turn of the wheel moves by, in pixels of its own. */
const WHEEL = 40;

interface GridProps {
  readonly memory: MemoryAtCursor;
  readonly labels: Labels;
  /** Guest-physical address of the byte that is chosen. */
  readonly at: number;
  /** Bytes that the newest event wrote. */
  readonly changed: { readonly start: number; readonly end: number } | undefined;
  readonly edit: Edit | undefined;
  readonly canEdit: boolean;
  type(digit: string): void;
  untype(): void;
  cancel(): void;
  commit(): void;
}

/** Rows of bytes around the chosen one: as many as fit, of memory of any size. */
export function MemoryGrid(props: GridProps) {
  const { memory, labels, at, changed, edit } = props;
  const { map } = memory;
  const room = useRoom();
  const box = useRef<HTMLDivElement>(null);
  const { rows, columns } = useFit(box, room);
  const position = map.positionOf(at) ?? 0;
  const last = Math.max(0, Math.ceil(map.size / columns) - rows);
  const [wanted, setWanted] = useState(0);
  const top = Math.min(Math.max(0, Math.floor(wanted)), last);
  const line = Math.floor(position / columns);
  // The chosen byte stays in sight when it moves; scrolling alone leaves it behind.
  useLayoutEffect(() => {
    setWanted((now) => {
      if (line < now || line >= now + rows)
        return Math.abs(line - now) <= rows + 1
          ? line < now
            ? line
            : line - rows + 1
          : line - Math.floor(rows / 3);
      return now;
    });
  }, [line, rows]);
  const scroll = useCallback(
    (by: number) => setWanted((now) => Math.min(Math.max(0, now + by), last)),
    [last],
  );
  useEffect(() => {
    const it = box.current;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      scroll((event.deltaMode === 0 ? event.deltaY / WHEEL : event.deltaY) * 1.5);
    };
    it?.addEventListener('wheel', wheel, { passive: false });
    return () => it?.removeEventListener('wheel', wheel);
  }, [scroll]);
  const onKeyDown = useKeys(props, position, rows, columns);
  const focused = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another byte, another window: another cell has the focus
  useLayoutEffect(() => {
    if (focused.current)
      box.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true });
  }, [at, top, columns]);
  const shown = useMemo(
    () => rowsOf(memory, labels, top, rows, columns),
    [memory, labels, top, rows, columns],
  );
  const here = { at, changed, edit };
  return (
    <div className="memory-body">
      {/* biome-ignore lint/a11y/useSemanticElements: a table cannot be moved about in by key */}
      <div
        ref={box}
        role="grid"
        aria-label="Guest memory"
        aria-rowcount={Math.ceil(map.size / columns)}
        aria-colcount={columns + 1}
        aria-readonly={!props.canEdit}
        className="memory-grid mono"
        data-columns={columns}
        onKeyDown={onKeyDown}
        onFocus={() => {
          focused.current = true;
        }}
        onBlur={(event) => {
          if (box.current?.contains(event.relatedTarget)) return;
          // A cell that leaves the window takes the focus with it, and the next one gets it.
          focused.current = event.relatedTarget === null && !event.target.isConnected;
          if (edit) props.cancel();
        }}
      >
        {shown.map((row, i) => (
          <Row
            key={row.addr}
            {...row}
            number={top + i + 1}
            columns={columns}
            {...forRow(row, here)}
          />
        ))}
      </div>
      <input
        type="range"
        className="memory-scroll"
        aria-label="Place in RAM"
        aria-valuetext={`0x${(shown[0]?.addr ?? 0).toString(16)}`}
        min={0}
        max={last}
        value={top}
        onChange={(event) => setWanted(Number(event.target.value))}
      />
    </div>
  );
}

interface RowContent {
  readonly addr: number;
  /** Hexadecimal digits of its bytes, so that equal rows are equal. */
  readonly digits: string;
  readonly labels: readonly (Label | undefined)[];
}

function rowsOf(
  memory: MemoryAtCursor,
  labels: Labels,
  top: number,
  rows: number,
  columns: number,
): RowContent[] {
  const found: RowContent[] = [];
  const { map } = memory;
  const end = Math.min(map.size, (top + rows) * columns);
  let run: { addr: number; length: number; labels: readonly Label[] } | undefined;
  for (let position = top * columns; position < end; position += columns) {
    const addr = map.addressAt(position);
    const length = Math.min(columns, map.size - position);
    // One question for all rows that follow one another: holes in RAM are rare.
    if (!run || addr < run.addr || addr + length > run.addr + run.length) {
      const rest = rows * columns;
      run = { addr, length: rest, labels: labels.over(addr, rest) };
    }
    const digits = Array.from(memory.bytes(addr, length), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('');
    found.push({ addr, digits, labels: labelsOfBytes(run.labels, addr, length) });
  }
  return found;
}

/** What of the choice, the change and the edit concerns one row; undefined for all others, which stay as they are. */
function forRow({ addr, digits }: RowContent, here: Pick<GridProps, 'at' | 'changed' | 'edit'>) {
  const end = addr + digits.length / 2;
  const { at, changed, edit } = here;
  const editEnd = edit ? edit.start + Math.ceil(edit.digits.length / 2) : 0;
  return {
    at: at >= addr && at < end ? at : undefined,
    changedFrom: changed && changed.start < end && changed.end > addr ? changed.start : undefined,
    changedTo: changed && changed.start < end && changed.end > addr ? changed.end : undefined,
    edit: edit && edit.start < end && editEnd > addr ? edit : undefined,
  };
}

const Row = memo(
  function Row(
    props: RowContent &
      ReturnType<typeof forRow> & { readonly number: number; readonly columns: number },
  ) {
    const { addr, digits, labels, number, columns, at, changedFrom, changedTo, edit } = props;
    const count = digits.length / 2;
    const cells = Array.from({ length: count }, (_, i) => {
      const here = addr + i;
      const label = labels[i];
      const typed = edit && typedAt(edit, here);
      return (
        // biome-ignore lint/a11y/useSemanticElements: a table of a thousand cells cannot be moved about in
        <span
          key={here}
          role="gridcell"
          tabIndex={here === at ? 0 : -1}
          aria-colindex={i + 2}
          aria-label={`${digits.slice(2 * i, 2 * i + 2)} ${label ? label.field || label.structure : ''}`}
          aria-describedby={here === at ? 'memory-card' : undefined}
          aria-selected={here === at}
          data-addr={here}
          data-kind={label?.kind}
          data-tone={label?.owner}
          data-first={(label && label !== labels[i - 1]) || undefined}
          data-changed={
            (changedFrom !== undefined && here >= changedFrom && here < (changedTo as number)) ||
            undefined
          }
          data-typed={typed !== undefined || undefined}
          data-middle={i === 7 && columns === 16 ? true : undefined}
          title={label ? `${label.structure}: ${label.field} ${label.value}` : undefined}
          onPointerDown={() => moveTo(here)}
        >
          {typed ?? digits.slice(2 * i, 2 * i + 2)}
        </span>
      );
    });
    return (
      // biome-ignore lint/a11y/useSemanticElements: see above
      // biome-ignore lint/a11y/useFocusableInteractive: its cells have the focus
      <div role="row" aria-rowindex={number} className="memory-row">
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: its cells have the focus */}
        <span role="rowheader" aria-colindex={1} className="memory-address">
          {addr.toString(16).padStart(8, '0')}
        </span>
        {cells}
        <span aria-hidden="true" className="memory-letters">
          {lettersOf(digits)}
        </span>
      </div>
    );
  },
  (a, b) =>
    a.addr === b.addr &&
    a.digits === b.digits &&
    a.number === b.number &&
    a.columns === b.columns &&
    a.at === b.at &&
    a.changedFrom === b.changedFrom &&
    a.changedTo === b.changedTo &&
    a.edit === b.edit &&
    a.labels.every((label, i) => sameLabel(label, b.labels[i])),
);

function sameLabel(a: Label | undefined, b: Label | undefined): boolean {
  if (a === b || !a || !b) return a === b;
  return (
    a.start === b.start &&
    a.owner === b.owner &&
    a.field === b.field &&
    a.value === b.value &&
    a.structure === b.structure
  );
}

function lettersOf(digits: string): string {
  let letters = '';
  for (let i = 0; i < digits.length; i += 2) {
    const byte = Number.parseInt(digits.slice(i, i + 2), 16);
    letters += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
  }
  return letters;
}

/** How many rows fit, and how many bytes a row. */
function useFit(box: React.RefObject<HTMLDivElement | null>, room: number) {
  const [fit, setFit] = useState({ rows: 16, columns: 8 });
  useLayoutEffect(() => {
    const it = box.current;
    if (!it) return undefined;
    const look = () => {
      const rows = Math.max(2, Math.floor(it.clientHeight / (ROW * room)));
      const columns = it.clientWidth >= WIDE * room ? 16 : 8;
      setFit((now) => (now.rows === rows && now.columns === columns ? now : { rows, columns }));
    };
    look();
    const watch = new ResizeObserver(look);
    watch.observe(it);
    return () => watch.disconnect();
  }, [box, room]);
  return fit;
}

/** Keys of a grid; digits edit, and Enter without an edit goes where a value points to. */
function useKeys(props: GridProps, position: number, rows: number, columns: number) {
  return (event: React.KeyboardEvent) => {
    const { memory, labels, at, edit, canEdit } = props;
    const { map } = memory;
    if (event.altKey || event.metaKey) return;
    const { key, ctrlKey } = event;
    const line = position - (position % columns);
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: position - 1,
      ArrowRight: position + 1,
      ArrowUp: position - columns,
      ArrowDown: position + columns,
      PageUp: position - rows * columns,
      PageDown: position + rows * columns,
      Home: ctrlKey ? 0 : line,
      End: ctrlKey ? map.size - 1 : line + columns - 1,
    };
    const target = moves[key];
    if (edit && key === 'Enter') props.commit();
    else if (edit && key === 'Escape') props.cancel();
    else if (edit && key === 'Backspace') props.untype();
    else if (!edit && key === 'Enter') {
      const there = labels.at(at)?.target;
      if (there === undefined || map.positionOf(there) === undefined) return;
      jumpTo(there);
    } else if (target !== undefined) {
      if (!edit) moveTo(map.addressAt(Math.min(Math.max(0, target), map.size - 1)));
    } else if (/^[0-9a-f]$/i.test(key) && !ctrlKey && canEdit) props.type(key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}
