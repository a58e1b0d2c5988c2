import { type Ref, useEffect, useMemo, useRef, useState } from 'react';
import { BACK_END_TEMPLATES } from '../../document/back-end-templates.ts';
import type { MachineTopology } from '../../protocol/topology.ts';
import { Choice, type ChoiceOption } from '../kit/choice.tsx';
import { Pane } from '../kit/pane.tsx';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { selectNode, selectNodes, useUi } from '../state/ui-store.ts';
import { addTemplate, connect } from './actions.ts';
import './build.css';
import { connectTo, useBuild } from './build-store.ts';
import { watchDrags } from './drag.ts';
import { dropped } from './dropped.ts';
import { busesOf, busWords } from './fits.ts';
import { busAt } from './nodes-of.ts';
import { deviceGroups, type PaletteEntry, templateGroups } from './palette-list.ts';
import { PickList } from './pick-list.tsx';
import { useDeviceTypes } from './use-types.ts';

/** What the machine can be made of: device types and back ends, to be dragged or plugged by key. */
export function BuildPalette() {
  const input = useRef<HTMLInputElement>(null);
  const asked = useBuild((build) => build.adding);
  useEffect(() => {
    if (!asked) return;
    useBuild.setState({ adding: false });
    input.current?.focus();
  }, [asked]);
  return (
    <Pane name="palette" title="Palette" className="palette">
      <PaletteBody input={input} />
    </Pane>
  );
}

type Part = 'devices' | 'backends';

const PARTS: readonly ChoiceOption<Part>[] = [
  { value: 'devices', label: 'Devices' },
  { value: 'backends', label: 'Back ends' },
];

/** The palette's content. `done`: told when something was taken from it. */
export function PaletteBody(props: { input?: Ref<HTMLInputElement>; done?: () => void }) {
  const { done } = props;
  const session = useSession();
  const topology = useSessionState((state) => state.topology);
  const types = useDeviceTypes();
  const selected = useUi((ui) => ui.selected);
  const [part, setPart] = useState<Part>('devices');
  const body = useRef<HTMLDivElement>(null);
  const place = topology && selected !== undefined ? busAt(topology, selected) : undefined;
  const bus = place?.bus;
  const groups = useMemo(
    () => (part === 'backends' ? templateGroups(BACK_END_TEMPLATES) : deviceGroups(types, bus)),
    [part, types, bus],
  );

  useEffect(() => {
    const element = body.current;
    if (!element) return undefined;
    return watchDrags(
      element,
      (target) => {
        const id = target.closest<HTMLElement>('[data-entry]')?.dataset.entry;
        const entry = groups.flatMap(({ items }) => items).find((one) => one.id === id);
        return entry && { item: entry.item, label: entry.label };
      },
      (item, spot) => void dropped(session, item, spot),
    );
  }, [session, groups]);

  const take = (entry: PaletteEntry): void => {
    done?.();
    if (entry.item.kind === 'template') void addTemplate(session, entry.item.name);
    else if (bus)
      void connect(session, entry.item, {
        kind: entry.transport ? 'transport' : 'bus',
        bus: bus.path,
      });
    else connectTo(entry.item);
  };
  return (
    <div ref={body} className="palette-body">
      <PickList
        label={bus ? `What can be plugged into ${bus.name}` : 'Device types and back ends'}
        placeholder={part === 'backends' ? 'Search back ends' : 'Search devices'}
        groups={groups}
        onPick={take}
        empty={
          bus && part === 'devices'
            ? `No such type plugs into ${bus.name}. “Anywhere” shows all types.`
            : 'There is no such type.'
        }
        {...(props.input && { input: props.input })}
        head={
          <div className="palette-head">
            <Choice label="What the palette shows" value={part} options={PARTS} choose={setPart} />
            {part === 'devices' && topology && <Into topology={topology} bus={bus?.path} />}
            {part === 'devices' && bus?.full && (
              <p className="palette-full">{bus.name} is full: QEMU will refuse one more.</p>
            )}
          </div>
        }
      />
    </div>
  );
}

/** Chooses the bus that the palette is about; the canvas chooses the same one. */
function Into({ topology, bus }: { topology: MachineTopology; bus: string | undefined }) {
  const buses = useMemo(() => busesOf(topology), [topology]);
  return (
    <select
      className="palette-into"
      aria-label="Plug into"
      value={bus ?? ''}
      onChange={({ target }) => {
        if (target.value === '') selectNodes([]);
        else selectNode(target.value);
      }}
    >
      <option value="">Anywhere</option>
      {buses.map((place) => (
        <option key={place.bus.path} value={place.bus.path}>
          {busWords(place)}
          {place.bus.full ? ' (full)' : ''}
        </option>
      ))}
    </select>
  );
}
