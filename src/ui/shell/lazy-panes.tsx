import { type ComponentType, lazy, Suspense } from 'react';

const Output = lazy(async () => ({
  default: (await import('../console/output-pane.tsx')).OutputPane,
}));
const Side = lazy(async () => ({ default: (await import('../story/side-pane.tsx')).SidePane }));
const Timeline = lazy(async () => ({
  default: (await import('../timeline/timeline-pane.tsx')).TimelinePane,
}));

function Waiting({ for: Panel }: { for: ComponentType }) {
  return (
    <Suspense fallback={<section className="pane" aria-busy="true" />}>
      <Panel />
    </Suspense>
  );
}

/** Console and monitor: empty until a script has printed, so they may arrive after the machine. */
export function OutputPane() {
  return <Waiting for={Output} />;
}

/** Story and inspector: about what happened, so they may arrive after the machine. */
export function SidePane() {
  return <Waiting for={Side} />;
}

/** The run as lanes: nothing has run before the machine is there. */
export function TimelinePane() {
  return <Waiting for={Timeline} />;
}
