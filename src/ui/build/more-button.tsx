import { ViewportPortal } from 'reactflow';
import { AddIcon, MoreIcon } from '../kit/icons.tsx';
import { useUi } from '../state/ui-store.ts';
import type { MachineGraph } from '../topology/graph.ts';
import { useBuild } from './build-store.ts';

/** A handle on the chosen node for those without a right button: its menu, or what a bus takes. */
export function MoreButton({ graph }: { graph: MachineGraph }) {
  const selected = useUi((ui) => ui.selected);
  const dragging = useBuild((build) => build.drag !== undefined);
  const node = selected === undefined ? undefined : graph.nodes.get(selected);
  const rect = selected === undefined ? undefined : graph.layout.rects.get(selected);
  if (!node || !rect || dragging) return null;
  if (node.kind !== 'device' && node.kind !== 'bus' && node.kind !== 'backend') return null;
  const bus = node.kind === 'bus';
  const size = 20;
  return (
    <ViewportPortal>
      <button
        type="button"
        className="button more-button nopan"
        tabIndex={-1}
        title={bus ? `Add to ${node.bus.name} (A)` : 'What can be done with it (menu key)'}
        aria-label={bus ? `Add to ${node.bus.name}` : 'What can be done with it'}
        style={{
          transform: bus
            ? `translate(${rect.x + rect.width - size / 2}px, ${rect.y + (rect.height - size) / 2}px)`
            : `translate(${rect.x + rect.width - size - 4}px, ${rect.y - size / 2}px)`,
          width: size,
          height: size,
        }}
        onClick={({ currentTarget }) => {
          if (bus) {
            useBuild.setState({ adding: true });
            return;
          }
          const { left, bottom } = currentTarget.getBoundingClientRect();
          useBuild.setState({ menu: { x: left, y: bottom } });
        }}
      >
        {bus ? <AddIcon /> : <MoreIcon />}
      </button>
    </ViewportPortal>
  );
}
