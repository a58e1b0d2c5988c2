import { type ReactNode, useEffect, useState } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import './shell.css';
import { OutputPane } from '../console/output-pane.tsx';
import { RingPane } from '../ring/ring-pane.tsx';
import { ScriptPane } from '../script/script-pane.tsx';
import type { Session } from '../session/session.ts';
import { SessionProvider, useSession, useSessionState } from '../state/session-context.tsx';
import { quietStorage } from '../state/storage.ts';
import { SidePane } from '../story/side-pane.tsx';
import { TimelinePane } from '../timeline/timeline-pane.tsx';
import { Toolbar } from '../toolbar/toolbar.tsx';
import { TopologyPane } from '../topology/topology-pane.tsx';
import { DropZone } from './drop-zone.tsx';
import { FaultScreen } from './fault-screen.tsx';
import { onKey } from './keys.ts';
import { Help } from './lazy-overlays.tsx';
import { NoticeBar } from './notice-bar.tsx';

/** The page. */
export function App({ session }: { session: Session }) {
  return (
    <SessionProvider session={session}>
      <Page />
    </SessionProvider>
  );
}

function Page() {
  const session = useSession();
  const phase = useSessionState((state) => state.phase);
  const fault = useSessionState((state) => state.fault);
  useEffect(() => {
    const keys = (event: KeyboardEvent) => onKey(event, session);
    // Before the editor takes them.
    window.addEventListener('keydown', keys, true);
    return () => window.removeEventListener('keydown', keys, true);
  }, [session]);

  if (phase === 'broken')
    return (
      <FaultScreen message={fault ?? 'The machine stopped.'} restart={() => void session.reset()} />
    );
  return (
    <div className="page">
      <Toolbar />
      <main className="page-main">
        <Panes />
      </main>
      <NoticeBar />
      <DropZone />
      <Help />
    </div>
  );
}

const NARROW = '(max-width: 860px)';

function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => window.matchMedia(NARROW).matches);
  useEffect(() => {
    const media = window.matchMedia(NARROW);
    const change = () => setNarrow(media.matches);
    media.addEventListener('change', change);
    return () => media.removeEventListener('change', change);
  }, []);
  return narrow;
}

function Panes() {
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
    <Split id="rows" orientation="vertical">
      <Panel id="upper" minSize="40%">
        <Split id="columns" orientation="horizontal">
          <Panel id="left" defaultSize="28%" minSize="240px">
            <Split id="left-rows" orientation="vertical">
              <Panel id="script" minSize="120px">
                <ScriptPane />
              </Panel>
              <Handle name="Guest script and console" />
              <Panel id="output" defaultSize="27%" minSize="80px">
                <OutputPane />
              </Panel>
            </Split>
          </Panel>
          <Handle name="Script and machine" />
          <Panel id="centre" minSize="380px">
            <Split id="centre-rows" orientation="vertical">
              <Panel id="topology" defaultSize="47%" minSize="120px">
                <TopologyPane />
              </Panel>
              <Handle name="Topology and queue" />
              <Panel id="ring" minSize="140px">
                <RingPane />
              </Panel>
            </Split>
          </Panel>
          <Handle name="Machine and story" />
          <Panel id="right" defaultSize="22%" minSize="220px">
            <SidePane />
          </Panel>
        </Split>
      </Panel>
      <Handle name="Panels and timeline" />
      <Panel id="timeline" defaultSize="150px" minSize="96px" maxSize="40%">
        <TimelinePane />
      </Panel>
    </Split>
  );
}

/** A group of panels whose sizes are remembered. */
function Split(props: { id: string; orientation: 'horizontal' | 'vertical'; children: ReactNode }) {
  const layout = useDefaultLayout({
    id: `virtio-playground.${props.id}`,
    storage: quietStorage,
    onlySaveAfterUserInteractions: true,
  });
  return (
    <Group
      className="split"
      orientation={props.orientation}
      defaultLayout={layout.defaultLayout}
      onLayoutChanged={layout.onLayoutChanged}
    >
      {props.children}
    </Group>
  );
}

function Handle({ name }: { name: string }) {
  return <Separator className="split-handle" aria-label={`Sizes: ${name}`} />;
}
