import { Tabs } from '@base-ui/react/tabs';
import { InspectorView } from '../inspector/inspector-view.tsx';
import { type SideTab, useUi } from '../state/ui-store.ts';
import { StoryView } from './story-view.tsx';

/** What happens in words, and what the selected device is. */
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
          <Tabs.Tab className="tab" value="inspector">
            Inspector
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel className="tab-panel" value="story">
          <StoryView />
        </Tabs.Panel>
        <Tabs.Panel className="tab-panel" value="inspector">
          <InspectorView />
        </Tabs.Panel>
      </Tabs.Root>
    </section>
  );
}
