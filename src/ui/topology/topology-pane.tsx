import { lazy, Suspense, useMemo, useRef } from 'react';
import { ReactFlowProvider, useStore } from 'reactflow';
import './topology.css';
import './room.css';
import type { MachineTopology } from '../../protocol/topology.ts';
import { FitIcon, PresentIcon } from '../kit/icons.tsx';
import { Pane } from '../kit/pane.tsx';
import { setPresentation } from '../state/presentation.ts';
import { useSessionState } from '../state/session-context.tsx';
import { useUi } from '../state/ui-store.ts';
import { FAR, glide, useFit } from './camera.tsx';
import { Canvas } from './canvas.tsx';
import { EraSwitch } from './era-switch.tsx';
import { pictureOf } from './flow.ts';
import type { MachineGraph } from './graph.ts';
import { isSame } from './same.ts';

const BuildTools = lazy(async () => ({ default: (await import('../build/index.ts')).BuildTools }));

/** The machine, drawn from the engine's tree. */
export function TopologyPane() {
  const topology = useUnchanged(useSessionState((state) => state.topology));
  const expanded = useUi((ui) => ui.expanded);
  const era = useUi((ui) => ui.era);
  const presentation = useUi((ui) => ui.presentation);
  const picture = useMemo(
    () => topology && pictureOf(topology, expanded, era, presentation),
    [topology, expanded, era, presentation],
  );
  const selected = useUi((ui) => ui.selected);
  return (
    <ReactFlowProvider>
      <Pane
        name="topology"
        title="Topology"
        detail={<span className="mono">{selected ?? topology?.machineType}</span>}
        actions={
          <>
            <Suspense>
              <BuildTools />
            </Suspense>
            <EraSwitch />
            <PresentButton />
            {picture && <FitButton graph={picture.graph} />}
          </>
        }
        className="topology"
      >
        {picture ? (
          <Canvas picture={picture} />
        ) : (
          <p className="pane-empty">The machine is being built.</p>
        )}
        <Legend />
      </Pane>
    </ReactFlowProvider>
  );
}

/** The tree as it was before, while nothing in it changed: every answer of the monitor brings a new copy. */
function useUnchanged(topology: MachineTopology | undefined): MachineTopology | undefined {
  const before = useRef(topology);
  return useMemo(() => {
    if (!isSame(before.current, topology)) before.current = topology;
    return before.current;
  }, [topology]);
}

function PresentButton() {
  const on = useUi((ui) => ui.presentation);
  return (
    <button
      type="button"
      className="button button-bare"
      title="Large type and lines, for a projector (F7)"
      aria-label="Presentation mode"
      aria-pressed={on}
      onClick={() => setPresentation(!on)}
    >
      <PresentIcon />
    </button>
  );
}

function FitButton({ graph }: { graph: MachineGraph }) {
  const fit = useFit();
  return (
    <button
      type="button"
      className="button button-bare"
      title="Show the whole machine"
      aria-label="Show the whole machine"
      onClick={() => fit(graph, glide())}
    >
      <FitIcon />
    </button>
  );
}

/** What the hues and lines mean; the words also stand on the way of each event. */
function Legend() {
  // Far out, the corner below the guest is too small for it.
  const far = useStore((state) => state.transform[2] < FAR);
  return (
    <ul className="legend" data-row={far || undefined} aria-label="Colours and lines">
      <li data-tone="driver">
        <i className="key-box" /> driver
      </li>
      <li data-tone="device">
        <i className="key-box" /> device
      </li>
      <li data-tone="notify">
        <i className="key-dot" /> doorbell
      </li>
      <li data-tone="interrupt">
        <i className="key-dot" /> interrupt
      </li>
      <li data-tone="exit">
        <i className="key-line" /> register exit
      </li>
      <li data-tone="driver">
        <i className="key-dash" /> shared memory
      </li>
    </ul>
  );
}
