import { Panel } from 'react-resizable-panels';
import { BuildPalette } from '../build/index.ts';
import { SidePane } from '../story/side-pane.tsx';
import { TopologyPane } from '../topology/topology-pane.tsx';
import { CommandLineView, QtreeView } from '../views/index.ts';
import { Split, SplitHandle } from './split.tsx';
import { useNarrow } from './use-narrow.ts';

/** For a room, the machine is what all look at. */
const ROOM = {
  columns: { palette: 18, 'build-centre': 61, 'build-right': 21 },
  rows: { canvas: 72, texts: 28 },
};

/** Palette, canvas, inspector, and the machine's two texts: a machine in the making. */
export default function BuildPanes() {
  if (useNarrow())
    return (
      <div className="stack">
        <TopologyPane />
        <BuildPalette />
        <SidePane />
        <CommandLineView />
        <QtreeView />
      </div>
    );
  return (
    <Split id="build-columns" orientation="horizontal" inRoom={ROOM.columns}>
      <Panel id="palette" defaultSize="19%" minSize="200px">
        <BuildPalette />
      </Panel>
      <SplitHandle name="Palette and machine" />
      <Panel id="build-centre" minSize="420px">
        <Split id="build-rows" orientation="vertical" inRoom={ROOM.rows}>
          <Panel id="canvas" defaultSize="64%" minSize="160px">
            <TopologyPane />
          </Panel>
          <SplitHandle name="Machine and its texts" />
          <Panel id="texts" minSize="90px">
            <Split id="build-texts" orientation="horizontal">
              <Panel id="command-line" minSize="180px">
                <CommandLineView />
              </Panel>
              <SplitHandle name="Command line and info qtree" />
              <Panel id="qtree" minSize="180px">
                <QtreeView />
              </Panel>
            </Split>
          </Panel>
        </Split>
      </Panel>
      <SplitHandle name="Machine and inspector" />
      <Panel id="build-right" defaultSize="24%" minSize="240px">
        <SidePane />
      </Panel>
    </Split>
  );
}
