import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { deleteNodes } from '../../document/wiring.ts';
import type { PropertyFacts, QtreeLine } from '../../protocol/messages.ts';
import { edit } from '../document/edit.ts';
import { keyOf } from '../document/live-machine.ts';
import { PropertyControl } from '../inspector/property-control.tsx';
import { applyProperty, placeIn } from '../inspector/set-property.ts';
import { PencilIcon } from '../kit/icons.tsx';
import { useSession } from '../state/session-context.tsx';
import { pointAt, say, selectNode, useUi } from '../state/ui-store.ts';
import { depthOf, kindOf, linesOf, parentLine } from './qtree-lines.ts';
import { useWindow } from './use-window.ts';

/** Height of a line, in pixels. */
const LINE = 20;

/** A property that is being edited where it stands. */
interface Editing {
  readonly path: string;
  readonly property: PropertyFacts;
}

/** The lines of `info qtree` as a tree for keyboard and screen reader; only those in sight are drawn. */
export function QtreeList(props: {
  lines: readonly QtreeLine[];
  fresh: ReadonlySet<number>;
  wanted: string;
  found: readonly number[];
  /** Line that the search stands at. */
  hit: number | undefined;
}) {
  const { lines, fresh, wanted, found, hit } = props;
  const session = useSession();
  const scroller = useRef<HTMLDivElement>(null);
  const list = useWindow(scroller, lines.length, LINE);
  const [active, setActive] = useState(0);
  const [editing, setEditing] = useState<Editing>();
  const name = useId();
  const selected = useUi((ui) => ui.selected);
  const pointed = useUi((ui) => ui.pointed);
  const hits = useMemo(() => new Set(found), [found]);
  const { reveal } = list;

  const go = (row: number) => {
    const to = Math.max(0, Math.min(row, lines.length - 1));
    setActive(to);
    reveal(to);
    pointAt(lines[to]?.path);
  };
  // What is selected elsewhere comes into sight, unless it was selected here.
  useEffect(() => {
    if (selected === undefined) return;
    const range = linesOf(lines, selected);
    if (!range) return;
    setActive((now) => (lines[now]?.path === selected ? now : range.first));
    reveal(range.first);
  }, [selected, lines, reveal]);
  useEffect(() => {
    if (hit === undefined) return;
    setActive(hit);
    reveal(hit);
  }, [hit, reveal]);

  const startEditing = async (row: number) => {
    const line = lines[row];
    if (!line) return;
    if (line.property === undefined) {
      say(
        kindOf(line) === 'fact'
          ? 'This line tells what the device is; only properties can be edited.'
          : 'Only properties can be edited here.',
      );
      return;
    }
    const facts = await session.device(line.path);
    const property = facts?.properties.find((one) => one.name === line.property);
    if (!property?.settable) {
      say(`${line.property} is read only: the device itself decides it.`);
      return;
    }
    setActive(row);
    setEditing({ path: line.path, property });
  };
  const closeEditing = () => {
    setEditing(undefined);
    scroller.current?.focus({ preventScroll: true });
  };
  const remove = (path: string) => {
    const { topology } = session.getState();
    const place = placeIn(topology, path);
    if (!topology || !place) return;
    const { device } = place;
    const key = keyOf(device);
    if (key === undefined) {
      say(`The board made ${device.type}; it cannot be taken out.`);
      return;
    }
    void edit(
      session,
      `delete ${device.id || device.type}`,
      (doc, now = topology) => deleteNodes(doc, now, { devices: [key], backEnds: [] }),
      { assist: true },
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const line = lines[active];
    if (!line || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? LINE) / LINE) - 1);
    const steps: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: lines.length - 1,
      ArrowLeft: parentLine(lines, active) ?? active,
      ArrowRight: active + 1,
    };
    const to = steps[event.key];
    if (to !== undefined) go(to);
    else if (event.key === 'Enter' && line.property === undefined) selectNode(line.path);
    else if (event.key === 'Enter' || event.key === 'F2') void startEditing(active);
    else if (event.key === ' ') selectNode(line.path);
    else if (event.key === 'Delete' && kindOf(line) === 'device') remove(line.path);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const drawn: ReactNode[] = [];
  for (let row = list.first; row < list.end; row++) {
    const line = lines[row];
    if (!line) continue;
    const edited =
      editing &&
      row === active &&
      line.path === editing.path &&
      line.property === editing.property.name;
    drawn.push(
      <Line
        key={row}
        id={`${name}${row}`}
        row={row}
        line={line}
        wanted={hits.has(row) ? wanted.trim() : ''}
        active={row === active}
        fresh={fresh.has(row)}
        pointed={line.path === pointed}
        selected={line.path === selected}
        hit={row === hit}
        choose={() => {
          setActive(row);
          setEditing(undefined);
          selectNode(line.path);
        }}
        edit={() => void startEditing(row)}
      >
        {edited && (
          <PropertyControl
            property={editing.property}
            label={editing.property.name}
            set={(value) => applyProperty(session, editing.path, editing.property, value)}
            onClose={closeEditing}
          />
        )}
      </Line>,
    );
  }
  const activeDrawn = active >= list.first && active < list.end;
  return (
    <div
      ref={scroller}
      className="qtree-scroll mono"
      role="tree"
      aria-label="Lines of info qtree"
      aria-activedescendant={activeDrawn ? `${name}${active}` : undefined}
      tabIndex={0}
      onScroll={list.look}
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        if (event.target === event.currentTarget) pointAt(lines[active]?.path);
      }}
      onBlur={() => pointAt(undefined)}
      onPointerLeave={() => pointAt(undefined)}
    >
      <div role="none" className="qtree-lines" style={{ height: lines.length * LINE }}>
        {drawn}
      </div>
    </div>
  );
}

function Line(props: {
  id: string;
  row: number;
  line: QtreeLine;
  wanted: string;
  active: boolean;
  fresh: boolean;
  pointed: boolean;
  selected: boolean;
  hit: boolean;
  choose(): void;
  edit(): void;
  /** The control that stands in the place of the value. */
  children: ReactNode;
}) {
  const { line, children } = props;
  const kind = kindOf(line);
  const depth = depthOf(line.text);
  const text = line.text.trimStart();
  const mark = (part: string) => <Found text={part} wanted={props.wanted} />;
  const equals = kind === 'property' ? text.indexOf(' = ') : -1;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus, and names the item in use
    <div
      id={props.id}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={props.selected}
      className="qtree-row"
      data-kind={kind}
      data-active={props.active || undefined}
      data-fresh={props.fresh || undefined}
      data-pointed={props.pointed || undefined}
      data-selected={props.selected || undefined}
      data-hit={props.hit || undefined}
      data-editing={children ? true : undefined}
      style={{ top: props.row * LINE, paddingInlineStart: `calc(${depth * 2}ch + 12px)` }}
      onPointerEnter={() => pointAt(line.path)}
      onClick={(event) => {
        if (!(event.target as Element).closest('.property-control, button')) props.choose();
      }}
      onDoubleClick={(event) => {
        if (!(event.target as Element).closest('.property-control, button')) props.edit();
      }}
    >
      {equals > 0 ? (
        <>
          <span className="qtree-key">{mark(text.slice(0, equals))}</span>
          {' = '}
          {children || <span className="qtree-value">{mark(text.slice(equals + 3))}</span>}
        </>
      ) : (
        <span>{mark(text)}</span>
      )}
      {props.fresh && <span className="visually-hidden"> (new)</span>}
      {kind === 'property' && !children && props.active && (
        <button
          type="button"
          className="button button-bare qtree-edit"
          tabIndex={-1}
          aria-label={`Edit ${line.property} (Enter)`}
          title="Edit (Enter)"
          onClick={props.edit}
        >
          <PencilIcon />
        </button>
      )}
    </div>
  );
}

/** Text with what was searched for marked. */
function Found({ text, wanted }: { text: string; wanted: string }) {
  const at = wanted === '' ? -1 : text.toLowerCase().indexOf(wanted.toLowerCase());
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + wanted.length)}</mark>
      {text.slice(at + wanted.length)}
    </>
  );
}
