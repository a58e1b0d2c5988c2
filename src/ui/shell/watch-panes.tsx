import { useCallback, useRef } from 'react';
import { Panel, usePanelRef } from 'react-resizable-panels';
import { ScriptPane } from '../script/script-pane.tsx';
import { TopologyPane } from '../topology/topology-pane.tsx';
import { OutputPane, RingPane, SidePane, TimelinePane } from './lazy-panes.tsx';
import { Split, SplitHandle } from './split.tsx';
import { useNarrow } from './use-narrow.ts';

/** For a room, the machine is what all look at. */
const ROOM = {
  rows: { upper: 76, timeline: 24 },
  columns: { left: 22, centre: 56, right: 22 },
  centre: { topology: 64, ring: 36 },
};
/** Height in pixels that the timeline needs for plots or a table beside its lanes. */
const ROOMY = 400;

/** Script, machine, ring, story and time: a guest at work. */
export function WatchPanes() {
  const timeline = usePanelRef();
  const before = useRef<number | undefined>(undefined);
  const makeRoom = useCallback(
    (roomy: boolean) => {
      const panel = timeline.current;
      if (!panel) return;
      const { inPixels } = panel.getSize();
      if (roomy && inPixels < ROOMY) {
        before.current = inPixels;
        panel.resize(ROOMY);
      } else if (!roomy && before.current !== undefined) {
        panel.resize(before.current);
        before.current = undefined;
      }
    },
    [timeline],
  );
  if (useNarrow())
    return (
      <div className="stack">
        <ScriptPane />
        <TopologyPane />
        <RingPane />
        <SidePane />
        <OutputPane />
        <TimelinePane makeRoom={makeRoom} />
      </div>
    );
  return (
    <Split id="rows" orientation="vertical" inRoom={ROOM.rows}>
      <Panel id="upper" minSize="40%">
        <Split id="columns" orientation="horizontal" inRoom={ROOM.columns}>
          <Panel id="left" defaultSize="28%" minSize="240px">
            <Split id="left-rows" orientation="vertical">
              <Panel id="script" minSize="120px">
                <ScriptPane />
              </Panel>
              <SplitHandle name="Guest script and console" />
              <Panel id="output" defaultSize="27%" minSize="80px">
                <OutputPane />
              </Panel>
            </Split>
          </Panel>
          <SplitHandle name="Script and machine" />
          <Panel id="centre" minSize="380px">
            <Split id="centre-rows" orientation="vertical" inRoom={ROOM.centre}>
              <Panel id="topology" defaultSize="51%" minSize="120px">
                <TopologyPane />
              </Panel>
              <SplitHandle name="Topology and queue" />
              <Panel id="ring" minSize="140px">
                <RingPane />
              </Panel>
            </Split>
          </Panel>
          <SplitHandle name="Machine and story" />
          <Panel id="right" defaultSize="22%" minSize="248px">
            <SidePane />
          </Panel>
        </Split>
      </Panel>
      <SplitHandle name="Panels and timeline" />
      <Panel id="timeline" panelRef={timeline} defaultSize="24%" minSize="96px" maxSize="60%">
        <TimelinePane makeRoom={makeRoom} />
      </Panel>
    </Split>
  );
}
