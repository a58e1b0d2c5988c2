import { Tabs } from '@base-ui/react/tabs';
import { lazy, Suspense } from 'react';
import './console.css';
import { type OutputTab, useUi } from '../state/ui-store.ts';
import { ConsoleView } from './console-view.tsx';

const WhyHint = lazy(async () => ({
  default: (await import('../story/side-views.ts')).WhyHint,
}));
const MonitorView = lazy(() => import('./monitor-view.tsx'));

/** What the script printed, and the machine's human monitor. */
export function OutputPane() {
  const tab = useUi((ui) => ui.outputTab);
  return (
    <section className="pane" aria-label="Console and monitor" data-pane="output" tabIndex={-1}>
      <Tabs.Root
        className="pane-tabs"
        value={tab}
        onValueChange={(value) => useUi.setState({ outputTab: value as OutputTab })}
      >
        <Tabs.List className="pane-head tabs" aria-label="Output">
          <Tabs.Tab className="tab" value="console">
            Console
          </Tabs.Tab>
          <Tabs.Tab className="tab" value="monitor">
            Monitor
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel className="tab-panel" value="console">
          <ConsoleView />
          <Suspense>
            <WhyHint />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel className="tab-panel" value="monitor">
          <Suspense fallback={<p className="pane-empty">Opening the monitor.</p>}>
            <MonitorView />
          </Suspense>
        </Tabs.Panel>
      </Tabs.Root>
    </section>
  );
}
