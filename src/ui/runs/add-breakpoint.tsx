import { useEffect, useMemo, useRef, useState } from 'react';
import type { EventBreakpoint } from '../../journal/breakpoints.ts';
import type { Names } from '../../journal/narration/narration-types.ts';
import type { MachineTopology } from '../../protocol/topology.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { useShown } from '../state/shown.ts';
import { devicesOf } from '../topology/graph.ts';
import { breakpointWords, registerWords } from './breakpoint-words.ts';
import { pathOf } from './device-breakpoints.ts';
import { type Draft, draftOf, type EventKindChoice, KIND_CHOICES, readDraft } from './draft.ts';
import { addEvent } from './edit-breakpoints.ts';

/** One choice of a list: what is stored, and what is read. */
type Choices = readonly (readonly [value: string, words: string])[];

/** A form for one breakpoint on events, with the sentence that it makes. */
export function AddBreakpoint({ names, close }: { names: Names; close: () => void }) {
  const session = useSession();
  const topology = useSessionState((state) => state.topology);
  const { virtio } = useShown();
  const [draft, setDraft] = useState<Draft>(() => draftOf(virtio?.dev));
  const first = useRef<HTMLSelectElement>(null);
  const set = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const places = useMemo(() => placesOf(topology, names), [topology, names]);
  // Registers that were seen by the time the form was opened; a list that grows is hard to choose from.
  const registers = useMemo(() => registersSeen(session.getState(), names), [session, names]);
  const what = readDraft(draft);
  useEffect(() => first.current?.focus(), []);
  const pick = (label: string, part: keyof Draft, choices: Choices) => (
    <label>
      {label}
      <select value={draft[part]} onChange={(event) => set({ [part]: event.target.value })}>
        {choices.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <form
      className="run-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!what) return;
        addEvent(what, pathOf(what, topology));
        close();
      }}
    >
      <label>
        Stop on
        <select
          ref={first}
          value={draft.kind}
          onChange={(event) => set({ kind: event.target.value as EventKindChoice })}
        >
          {KIND_CHOICES.map(([kind, words]) => (
            <option key={kind} value={kind}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {(draft.kind === 'used' || draft.kind === 'available') && pick('of', 'queue', places.queues)}
      {draft.kind === 'notification' && (
        <>
          {pick('for', 'place', [['', 'any device'], ...places.queues])}
          {pick('which is', 'sent', [
            ['', 'sent or suppressed'],
            ['yes', 'sent'],
            ['no', 'suppressed'],
          ])}
        </>
      )}
      {draft.kind === 'interrupt' && (
        <>
          {pick('of', 'place', [['', 'any device'], ...places.devices, ...places.queues])}
          {pick('which is', 'outcome', [
            ['', 'raised, suppressed or masked'],
            ['raised', 'raised'],
            ['suppressed', 'suppressed'],
            ['masked', 'masked'],
          ])}
        </>
      )}
      {(draft.kind === 'violation' || draft.kind === 'status') &&
        pick('of', 'device', [['', 'any device'], ...places.devices])}
      {draft.kind === 'register' && (
        <>
          {pick('to', 'register', [
            [
              '',
              registers.length > 0 ? 'choose a register…' : 'a register: none was accessed so far',
            ],
            ...registers,
          ])}
          {pick('which is', 'access', [
            ['', 'read or written'],
            ['read', 'read'],
            ['write', 'written'],
          ])}
        </>
      )}
      {draft.kind === 'memory' && (
        <>
          <label>
            at address
            <input
              className="mono"
              value={draft.addr}
              placeholder="0x100000"
              onChange={(event) => set({ addr: event.target.value })}
            />
          </label>
          <label>
            bytes
            <input
              className="mono"
              value={draft.length}
              onChange={(event) => set({ length: event.target.value })}
            />
          </label>
        </>
      )}
      {draft.kind === 'console' && (
        <label>
          that contains
          <input
            value={draft.text}
            placeholder="anything"
            onChange={(event) => set({ text: event.target.value })}
          />
        </label>
      )}
      <output>
        {what ? `Stop when ${breakpointWords(what, names, 'waits')}.` : MISSING[draft.kind]}
      </output>
      <div className="run-form-acts">
        <button type="submit" className="button button-small" disabled={!what}>
          Add
        </button>
        <button type="button" className="button button-small" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  );
}

const MISSING: Partial<Record<EventKindChoice, string>> = {
  used: 'Choose a queue.',
  available: 'Choose a queue.',
  register: 'Choose a register.',
  memory: 'An address and a count of bytes, decimal or with 0x.',
};

/** Virtio devices, and their queues, as choices. */
function placesOf(topology: MachineTopology | undefined, names: Names) {
  const devices: [string, string][] = [];
  const queues: [string, string][] = [];
  for (const { dev, virtio } of topology ? devicesOf(topology) : []) {
    if (!virtio) continue;
    const name = names.device(dev) ?? `device ${dev}`;
    devices.push([`${dev}`, name]);
    for (const [queue, facts] of virtio.queues.entries())
      queues.push([
        `${dev}:${queue}`,
        `queue ${queue} of ${name}${facts.name ? `, ${facts.name}` : ''}`,
      ]);
  }
  return { devices, queues };
}

/** Registers that the guest has accessed up to the cursor, as choices. */
function registersSeen(
  { moment }: { moment: import('../../journal/fold/moment.ts').Moment },
  names: Names,
): Choices {
  const seen: { value: string; what: Extract<EventBreakpoint, { kind: 'register' }> }[] = [];
  for (const { dev, registers } of moment.devices.values())
    for (const { region, offset } of registers.values())
      seen.push({
        value: `${dev}:${region}:${offset}`,
        what: { kind: 'register', dev, region, offset },
      });
  return seen
    .toSorted(
      ({ what: a }, { what: b }) => a.dev - b.dev || a.region - b.region || a.offset - b.offset,
    )
    .map(({ value, what }) => [value, registerWords(what, names)]);
}
