import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { fieldsOf } from '../../document/share/bundle.ts';
import { CopyIcon, DeleteIcon, PencilIcon } from '../kit/icons.tsx';
import type { KeptMachine } from './machines-db.ts';
import { describeLine } from './present.ts';

/** A kept machine in the list, and what can be done with it. */
export function MachineRow(props: {
  machine: KeptMachine;
  open(): void;
  rename(to: string): void;
  duplicate(): void;
  drop(): void;
}) {
  const { machine } = props;
  const { name, savedAt, auto, bundle } = machine;
  const [naming, setNaming] = useState(false);
  const pencil = useRef<HTMLButtonElement>(null);
  const done = (to?: string) => {
    setNaming(false);
    if (to !== undefined && to.trim() !== '' && to.trim() !== name) props.rename(to.trim());
    requestAnimationFrame(() => pencil.current?.focus());
  };
  return (
    <li>
      <div>
        {naming ? (
          <Naming name={name} done={done} />
        ) : (
          <strong>
            {name}
            {auto && <span className="machines-auto"> · kept by the page</span>}
          </strong>
        )}
        <span>{describeLine(bundle.commandLine)}</span>
        <span>
          <time dateTime={new Date(savedAt).toISOString()}>{DATE.format(savedAt)}</time>
          {` · ${sizeOf(machine)}`}
        </span>
      </div>
      <button type="button" className="button" aria-label={`Open ${name}`} onClick={props.open}>
        Open
      </button>
      <button
        ref={pencil}
        type="button"
        className="button button-bare"
        aria-label={`Rename ${name}`}
        title="Rename"
        onClick={() => setNaming(true)}
      >
        <PencilIcon />
      </button>
      <button
        type="button"
        className="button button-bare"
        aria-label={`Duplicate ${name}`}
        title="Duplicate"
        onClick={props.duplicate}
      >
        <CopyIcon />
      </button>
      <button
        type="button"
        className="button button-bare"
        aria-label={`Delete ${name}`}
        title="Delete"
        onClick={props.drop}
      >
        <DeleteIcon />
      </button>
    </li>
  );
}

/** A name in the making: Enter takes it, Escape leaves it as it was. */
function Naming({ name, done }: { name: string; done(to?: string): void }) {
  const [text, setText] = useState(name);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const key = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    // The dialog stays open.
    event.stopPropagation();
    done(event.key === 'Enter' ? text : undefined);
  };
  return (
    <span className="machines-naming">
      <input
        ref={field}
        aria-label={`New name of ${name}`}
        value={text}
        maxLength={120}
        spellCheck={false}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={key}
      />
      <button type="button" className="button button-small" onClick={() => done(text)}>
        Rename
      </button>
    </span>
  );
}

const DATE = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

function sizeOf({ bundle }: KeptMachine): string {
  const bytes = new Blob([JSON.stringify(fieldsOf(bundle))]).size;
  return bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} KiB`;
}
