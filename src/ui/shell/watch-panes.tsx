import { Panel } from 'react-resizable-panels';
import { ScriptPane } from '../script/script-pane.tsx';
import { TopologyPane } from '../topology/topology-pane.tsx';
import { OutputPane, RingPane, SidePane, TimelinePane } from './lazy-panes.tsx';
import { Split, SplitHandle } from './split.tsx';
import { useNarrow } from './use-narrow.ts';

/** For a room, the machine is what all look at. */
const ROOM = {
  rows: { upper: 80, timeline: 20 },
  columns: { left: 22, centre: 57, right: 21 },
  centre: { topology: 74, ring: 26 },
};

/** Script, machine, ring, story and time: a guest at work. */
export function WatchPanes() {
  if (useNarrow())
    return (
      <div className="stack">
        <ScriptPane />
        <TopologyPane />
        <RingPane />
        <SidePane />
        <OutputPane />
        <TimelinePane />
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
              <Panel id="topology" defaultSize="47%" minSize="120px">
                <TopologyPane />
              </Panel>
              <SplitHandle name="Topology and queue" />
              <Panel id="ring" minSize="140px">
                <RingPane />
              </Panel>
            </Split>
          </Panel>
          <SplitHandle name="Machine and story" />
          <Panel id="right" defaultSize="22%" minSize="220px">
            <SidePane />
          </Panel>
        </Split>
      </Panel>
      <SplitHandle name="Panels and timeline" />
      <Panel id="timeline" defaultSize="150px" minSize="96px" maxSize="60%">
        <TimelinePane />
      </Panel>
    </Split>
  );
}
