import { useCallback, useEffect, useId, useRef, useState } from 'react';
import { useDocument } from '../document/document-store.ts';
import { WarnIcon } from '../kit/icons.tsx';
import { useSession } from '../state/session-context.tsx';
import { useShare } from '../state/share-store.ts';
import { MachineRow } from './machine-row.tsx';
import {
  dropMachine,
  freshMachineId,
  KeepingError,
  type KeptMachine,
  keepMachine,
  keptMachines,
} from './machines-db.ts';
import { openBundle } from './opening.ts';
import { presentBundle, usualName } from './present.ts';
import { closeShare, ShareWindow } from './share-window.tsx';

/** The machines that are kept in this browser. */
export function MachinesDialog() {
  return (
    <ShareWindow
      name="machines"
      title="My machines"
      description="Kept in this browser, on this computer: each with its guest script, none with disk images. The machine at hand is kept by itself; give it a name to come back to it."
    >
      <Content />
    </ShareWindow>
  );
}

/** What was done last, for a line below the field; with a way back where there is one. */
interface Said {
  readonly text: string;
  readonly bad?: boolean;
  readonly undo?: () => Promise<void>;
}

function Content() {
  const session = useSession();
  const doc = useDocument((state) => state.doc);
  const [machines, setMachines] = useState<readonly KeptMachine[]>();
  const [name, setName] = useState('');
  const [said, setSaid] = useState<Said>();
  const [asked, setAsked] = useState<KeptMachine>();
  const message = useId();
  const wayBack = useRef<HTMLButtonElement>(null);
  // What was pressed may be gone: its way back is nearest to it.
  useEffect(() => {
    if (said?.undo && !isOnControl(document.activeElement)) wayBack.current?.focus();
  }, [said]);

  /** Does something to the kept machines, then shows them as they are. */
  const change = useCallback(async (work: () => Promise<Said | undefined>) => {
    setAsked(undefined);
    try {
      setSaid(await work());
      setMachines(await keptMachines());
    } catch (error) {
      if (!(error instanceof KeepingError)) throw error;
      setSaid({ text: error.message, bad: true });
      setMachines((now) => now ?? []);
    }
  }, []);
  useEffect(() => void change(async () => undefined), [change]);

  const save = (over?: KeptMachine) => {
    const wanted = name.trim() || usualName(doc);
    const same = machines?.find((one) => !one.auto && one.name === wanted);
    if (same && !over) {
      setSaid(undefined);
      setAsked(same);
      return;
    }
    void change(async () => {
      await keepMachine({
        id: over?.id ?? freshMachineId(),
        name: wanted,
        savedAt: Date.now(),
        auto: false,
        bundle: presentBundle({ name: wanted }),
      });
      setName('');
      if (!over) return { text: `“${wanted}” is kept.` };
      return {
        text: `“${wanted}” is kept in the place of the one before.`,
        undo: () => change(() => keepMachine(over).then(() => undefined)),
      };
    });
  };
  const open = async ({ bundle, name: called }: KeptMachine) => {
    const named = { ...bundle, name: called };
    const reason = await openBundle(session, named, { what: 'kept machine', keepPresent: true });
    if (reason === undefined) closeShare();
    else setSaid({ text: `“${called}” cannot be opened: ${reason}`, bad: true });
  };
  const rename = (machine: KeptMachine, to: string) =>
    change(async () => {
      if (machines?.some((one) => one.id !== machine.id && !one.auto && one.name === to))
        return { text: `There is a machine “${to}” already.`, bad: true };
      // With a name of the person's it is theirs, and makes room for nothing.
      await keepMachine({ ...machine, name: to, auto: false });
      return { text: `It is called “${to}” now.` };
    });
  const duplicate = (machine: KeptMachine) =>
    change(async () => {
      const copy = copyName(machine.name, machines ?? []);
      await keepMachine({
        ...machine,
        id: freshMachineId(),
        name: copy,
        savedAt: Date.now(),
        auto: false,
      });
      return { text: `“${copy}” is a copy of it.` };
    });
  const drop = (machine: KeptMachine) =>
    change(async () => {
      await dropMachine(machine.id);
      return {
        text: `“${machine.name}” was deleted.`,
        undo: () => change(() => keepMachine(machine).then(() => undefined)),
      };
    });

  return (
    <>
      <form
        className="machines-save"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <label>
          Save the machine at hand as
          <input
            value={name}
            maxLength={120}
            spellCheck={false}
            placeholder={usualName(doc)}
            aria-describedby={message}
            onChange={({ target }) => {
              setName(target.value);
              setAsked(undefined);
            }}
          />
        </label>
        <button type="submit" className="button button-main">
          Save
        </button>
      </form>
      <div id={message} className="machines-said" role="status">
        {asked && (
          <p>
            There is a machine “{asked.name}” already.{' '}
            <button type="button" className="button button-small" onClick={() => save(asked)}>
              Replace it
            </button>{' '}
            <button
              type="button"
              className="button button-small"
              onClick={() => setAsked(undefined)}
            >
              Keep it
            </button>
          </p>
        )}
        {said && (
          <p className={said.bad ? 'share-problem' : undefined}>
            {said.bad && <WarnIcon />}
            <span>{said.text}</span>
            {said.undo && (
              <button
                ref={wayBack}
                type="button"
                className="button button-small"
                onClick={() => void said.undo?.()}
              >
                Undo
              </button>
            )}
            {said.bad && (
              <button
                type="button"
                className="button button-small"
                onClick={() => useShare.setState({ open: 'share' })}
              >
                Share…
              </button>
            )}
          </p>
        )}
      </div>
      {machines?.length === 0 && !said?.bad && (
        <p className="share-empty">No machine is kept yet.</p>
      )}
      {machines && machines.length > 0 && (
        <ul className="machines-list" aria-label="Kept machines">
          {machines.map((machine) => (
            <MachineRow
              key={machine.id}
              machine={machine}
              open={() => void open(machine)}
              rename={(to) => void rename(machine, to)}
              duplicate={() => void duplicate(machine)}
              drop={() => void drop(machine)}
            />
          ))}
        </ul>
      )}
    </>
  );
}

function isOnControl(element: Element | null): boolean {
  return element?.matches('button, input') ?? false;
}

function copyName(name: string, machines: readonly KeptMachine[]): string {
  const taken = new Set(machines.map((machine) => machine.name));
  for (let i = 2; ; i++) {
    const copy = `${name.slice(0, 110)} (${i})`;
    if (!taken.has(copy)) return copy;
  }
}
