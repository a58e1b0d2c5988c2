import { type KeyboardEvent, memo, useEffect, useMemo, useRef, useState } from 'react';
import type { MachineDocument } from '../../document/document.ts';
import { removeOptions } from '../../document/edits.ts';
import { lineOf, optionText } from '../../document/read.ts';
import { edit } from '../document/edit.ts';
import { CloseIcon, DownIcon, PencilIcon, UpIcon } from '../kit/icons.tsx';
import { useSession } from '../state/session-context.tsx';
import { pointAt, selectNode, useUi } from '../state/ui-store.ts';
import { Coloured } from './coloured.tsx';
import { moved } from './line-text.ts';
import { type Token, tokensOf, withReferences } from './line-tokens.ts';
import type { OptionLinks } from './links.ts';

/** The command line, one option a row. Arrow keys move between rows; the row in use has its buttons. */
export function OptionRows(props: {
  doc: MachineDocument;
  links: OptionLinks;
  /** Opens the text, with the caret at an option. */
  editText(option: number): void;
}) {
  const { doc, links, editText } = props;
  const session = useSession();
  const list = useRef<HTMLOListElement>(null);
  const [current, setCurrent] = useState<number>();
  const rows = useMemo(() => tokensByOption(doc), [doc]);
  const keys = doc.options.map(({ key }) => key);
  const tabbable = current !== undefined && keys.includes(current) ? current : keys[0];

  const focusRow = (at: number) => {
    const rowsNow = list.current?.querySelectorAll<HTMLElement>('.option-text');
    rowsNow?.[Math.max(0, Math.min(at, rowsNow.length - 1))]?.focus();
  };
  const remove = (key: number, at: number) => {
    const option = doc.options[at];
    if (!option) return;
    void edit(session, `remove ${shortName(optionText(option))}`, (before) =>
      removeOptions(before, [key]),
    ).then((done) => {
      if (done) focusRow(at);
    });
  };
  const move = (key: number, at: number, by: 1 | -1) => {
    const option = doc.options[at];
    if (!option || at + by < 0 || at + by >= keys.length) return;
    void edit(
      session,
      `move ${shortName(optionText(option))} ${by < 0 ? 'up' : 'down'}`,
      (before) => moved(before, key, by),
    ).then((done) => {
      if (done) focusRow(at + by);
    });
  };
  const onKeyDown = (event: KeyboardEvent, key: number, at: number) => {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : undefined;
    if (event.ctrlKey || event.metaKey) return;
    if (by !== undefined && event.altKey) move(key, at, by);
    else if (by !== undefined) focusRow(at + by);
    else if (event.key === 'Home') focusRow(0);
    else if (event.key === 'End') focusRow(keys.length - 1);
    else if (event.key === 'Delete' || event.key === 'Backspace') remove(key, at);
    else if (event.key === 'F2') editText(at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const goTo = (id: string) => {
    const at = rows.findIndex((tokens) => tokens.some((one) => one.kind === 'id' && one.id === id));
    if (at >= 0) focusRow(at);
  };

  if (doc.options.length === 0)
    return (
      <p className="pane-empty">
        No option yet: QEMU builds its usual machine. Add devices on the canvas, or edit the text.
      </p>
    );
  return (
    <ol className="option-rows mono" ref={list}>
      {doc.options.map(({ key }, at) => (
        <OptionRow
          key={key}
          optionKey={key}
          at={at}
          last={at === keys.length - 1}
          tokens={rows[at] ?? []}
          links={links}
          tabbable={key === tabbable}
          onFocus={() => setCurrent(key)}
          onKeyDown={(event) => onKeyDown(event, key, at)}
          goTo={goTo}
          editText={() => editText(at)}
          remove={() => remove(key, at)}
          move={(by) => move(key, at, by)}
        />
      ))}
    </ol>
  );
}

interface RowProps {
  readonly optionKey: number;
  readonly at: number;
  readonly last: boolean;
  readonly tokens: readonly Token[];
  readonly links: OptionLinks;
  readonly tabbable: boolean;
  onFocus(): void;
  onKeyDown(event: KeyboardEvent): void;
  goTo(id: string): void;
  editText(): void;
  remove(): void;
  move(by: 1 | -1): void;
}

const OptionRow = memo(function OptionRow(props: RowProps) {
  const { optionKey: key, at, tokens, links, tabbable } = props;
  const row = useRef<HTMLLIElement>(null);
  const isMine = (id: string | undefined) => id !== undefined && links.keyOfNode.get(id) === key;
  const pointed = useUi((ui) => isMine(ui.pointed));
  const selected = useUi((ui) => isMine(ui.selected));
  useEffect(() => {
    if (selected) row.current?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  const nodes = links.nodesOfKey.get(key);
  const text = tokens.map((token) => token.text).join('');
  const references = [
    ...new Set(tokens.flatMap(({ kind, id }) => (kind === 'reference' && id ? [id] : []))),
  ];
  const reach = tabbable ? 0 : -1;
  return (
    <li
      ref={row}
      className="option-row"
      data-pointed={pointed || undefined}
      data-selected={selected || undefined}
      data-current={tabbable || undefined}
      onPointerEnter={() => pointAt(nodes?.[0])}
      onPointerLeave={() => pointAt(undefined)}
    >
      <span className="option-number" aria-hidden="true">
        {at + 1}
      </span>
      <button
        type="button"
        className="option-text"
        tabIndex={reach}
        aria-current={selected || undefined}
        aria-label={`${at + 1}: ${text}`}
        aria-keyshortcuts="F2 Delete Alt+ArrowUp Alt+ArrowDown"
        onFocus={() => {
          props.onFocus();
          pointAt(nodes?.[0]);
        }}
        onBlur={() => pointAt(undefined)}
        onKeyDown={props.onKeyDown}
        onDoubleClick={props.editText}
        onClick={({ target }) => {
          const id = target instanceof HTMLElement ? target.dataset.id : undefined;
          if (id !== undefined) props.goTo(id);
          else if (nodes?.[0]) selectNode(nodes[0]);
        }}
      >
        <Coloured tokens={tokens} />
      </button>
      <span className="option-actions">
        {references.map((id) => (
          <RowButton
            key={id}
            reach={reach}
            label={`Go to the option that gives ${id}`}
            act={() => props.goTo(id)}
          >
            ↗ {id}
          </RowButton>
        ))}
        <RowButton reach={reach} label={`Edit option ${at + 1} as text (F2)`} act={props.editText}>
          <PencilIcon />
        </RowButton>
        <RowButton
          reach={reach}
          label={`Move option ${at + 1} up (Alt ↑)`}
          disabled={at === 0}
          act={() => props.move(-1)}
        >
          <UpIcon />
        </RowButton>
        <RowButton
          reach={reach}
          label={`Move option ${at + 1} down (Alt ↓)`}
          disabled={props.last}
          act={() => props.move(1)}
        >
          <DownIcon />
        </RowButton>
        <RowButton reach={reach} label={`Remove option ${at + 1} (Delete)`} act={props.remove}>
          <CloseIcon />
        </RowButton>
      </span>
    </li>
  );
});

function RowButton(props: {
  reach: number;
  label: string;
  disabled?: boolean;
  act(): void;
  children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      className="button button-bare"
      tabIndex={props.reach}
      aria-label={props.label}
      title={props.label}
      disabled={props.disabled}
      onClick={props.act}
    >
      {props.children}
    </button>
  );
}

/** Coloured pieces of each option, which know the ids of the whole line. */
function tokensByOption(doc: MachineDocument): Token[][] {
  const rows: Token[][] = doc.options.map(() => []);
  for (const token of withReferences(tokensOf(lineOf(doc)))) rows[token.option]?.push(token);
  return rows.map(trimmed);
}

/** Without the blank before the next option. */
function trimmed(tokens: readonly Token[]): Token[] {
  const last = tokens.at(-1);
  if (last?.kind !== 'mark') return [...tokens];
  const text = last.text.trimEnd();
  return text === '' ? tokens.slice(0, -1) : [...tokens.slice(0, -1), { ...last, text }];
}

/** `-device virtio-blk-pci` of an option's text. */
function shortName(text: string): string {
  return text.split(/[,=]/, 1)[0] ?? text;
}
