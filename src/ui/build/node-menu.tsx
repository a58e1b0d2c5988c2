import { Menu } from '@base-ui/react/menu';
import type { ReactNode } from 'react';
import type { BusNode } from '../../protocol/topology.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { selectNode, toggleExpanded, useUi } from '../state/ui-store.ts';
import { virtioBelow } from '../topology/graph.ts';
import { connectSelected, copySelected, deleteSelected, duplicateSelected } from './actions.ts';
import { useBuild } from './build-store.ts';
import { focusCanvas } from './focus.ts';
import { lookAtText } from './look-at-text.ts';
import { backEndAt, busAt, deviceAt } from './nodes-of.ts';

/** What can be done with the chosen nodes: at the pointer, at the focused card, or below its button. */
export function NodeMenu() {
  const session = useSession();
  const menu = useBuild((build) => build.menu);
  const topology = useSessionState((state) => state.topology);
  const count = useUi((ui) => ui.selection.size);
  const selected = useUi((ui) => ui.selected);
  const close = () => useBuild.setState({ menu: undefined });
  const device = topology && selected !== undefined ? deviceAt(topology, selected) : undefined;
  const bus = topology && selected !== undefined ? busAt(topology, selected)?.bus : undefined;
  const backEnd = topology && selected !== undefined ? backEndAt(topology, selected) : undefined;
  const several = count > 1;
  const part = device ?? backEnd;
  return (
    <Menu.Root
      open={menu !== undefined}
      modal={false}
      onOpenChange={(open) => {
        if (!open) close();
      }}
    >
      <Menu.Portal>
        <Menu.Positioner
          className="positioner"
          side="bottom"
          align="start"
          anchor={{ getBoundingClientRect: () => new DOMRect(menu?.x, menu?.y, 0, 0) }}
        >
          <Menu.Popup className="menu node-menu" aria-label="Node" finalFocus={focusCanvas}>
            {bus && !several && (
              <>
                <Act does={() => useBuild.setState({ adding: true })} keys="A">
                  Add to {bus.name}…
                </Act>
                {foldable(bus) && <Act does={() => toggleExpanded(bus.path)}>{foldWords()}</Act>}
              </>
            )}
            {part && !several && (
              <Act does={() => connectSelected(session)} keys="C">
                Connect to…
              </Act>
            )}
            {device && !several && device.buses.length > 0 && (
              <Act
                does={() => {
                  const [first] = device.buses;
                  if (first) selectNode(first.path);
                  useBuild.setState({ adding: true });
                }}
              >
                Add to {device.buses.map(({ name }) => name).join(', ')}…
              </Act>
            )}
            {part && (
              <>
                <Act does={() => void duplicateSelected(session)} keys="Ctrl D">
                  Duplicate
                </Act>
                <Act does={() => void copySelected(session)} keys="Ctrl C">
                  Copy
                </Act>
                <Act does={() => void deleteSelected(session)} keys="Delete">
                  {several ? `Delete these ${count}` : 'Delete'}
                </Act>
              </>
            )}
            {selected !== undefined && !several && (
              <>
                <Menu.Separator className="menu-line" />
                {device && virtioBelow(device) && (
                  <Act does={() => selectNode(device.path)}>Show its queues</Act>
                )}
                <Act does={() => lookAtText('command-line')}>Show in the command line</Act>
                <Act does={() => lookAtText('qtree')}>Show in info qtree</Act>
              </>
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );

  function foldWords(): string {
    return bus && useUi.getState().expanded.has(bus.path)
      ? 'Fold the board’s devices'
      : 'Show the board’s devices one by one';
  }
}

function foldable(bus: BusNode): boolean {
  return bus.children.filter(({ platform }) => platform).length > 1;
}

function Act(props: { does: () => void; keys?: string; children: ReactNode }) {
  return (
    <Menu.Item className="menu-item node-act" onClick={props.does}>
      <span>{props.children}</span>
      {props.keys && <kbd>{props.keys}</kbd>}
    </Menu.Item>
  );
}
