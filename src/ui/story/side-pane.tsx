import { Tabs } from '@base-ui/react/tabs';
import { lazy, Suspense } from 'react';
import { type SideTab, useUi } from '../state/ui-store.ts';

const load = () => import('./side-views.ts');
const StoryView = lazy(async () => ({ default: (await load()).StoryView }));
const WhyView = lazy(async () => ({ default: (await load()).WhyView }));
const InspectorView = lazy(async () => ({ default: (await load()).InspectorView }));

/** What happens in words, why nothing does, and what the selected device is. */
export function SidePane() {
  const tab = useUi((ui) => ui.sideTab);
  return (
    <section className="pane" aria-label="Story and inspector" data-pane="side" tabIndex={-1}>
      <Tabs.Root
        className="pane-tabs"
        value={tab}
        onValueChange={(value) => useUi.setState({ sideTab: value as SideTab })}
      >
        <Tabs.List className="pane-head tabs" aria-label="Explanation">
          <Tabs.Tab className="tab" value="story">
            Story
          </Tabs.Tab>
          <Tabs.Tab
            className="tab"
            value="why"
            aria-label="Why? Why is nothing happening?"
            title="Why is nothing happening?"
          >
            Why?
          </Tabs.Tab>
          <Tabs.Tab className="tab" value="inspector">
            Inspector
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel className="tab-panel" value="story">
          <Suspense>
            <StoryView />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel className="tab-panel" value="why">
          <Suspense>
            <WhyView />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel className="tab-panel" value="inspector">
          <Suspense>
            <InspectorView />
          </Suspense>
        </Tabs.Panel>
      </Tabs.Root>
    </section>
  );
}
