import { lazy, Suspense, useMemo, useRef } from 'react';
import { ReactFlowProvider } from 'reactflow';
import './topology.css';
import './room.css';
import type { MachineTopology } from '../../protocol/topology.ts';
import { FitIcon, PresentIcon } from '../kit/icons.tsx';
import { Pane } from '../kit/pane.tsx';
import { setPresentation } from '../state/presentation.ts';
import { useSessionState } from '../state/session-context.tsx';
import { useUi } from '../state/ui-store.ts';
import { glide, useFit } from './camera.tsx';
import { Canvas } from './canvas.tsx';
import { pictureOf } from './flow.ts';
import type { MachineGraph } from './graph.ts';
import { EraSwitch, TrafficCorners } from './late.tsx';
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
            <Suspense>
              <EraSwitch />
            </Suspense>
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
        {picture && (
          <Suspense>
            <TrafficCorners graph={picture.graph} />
          </Suspense>
        )}
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
