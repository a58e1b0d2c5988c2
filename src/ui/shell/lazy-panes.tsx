import { type ComponentProps, lazy, type ReactNode, Suspense } from 'react';

const Output = lazy(async () => ({
  default: (await import('../console/output-pane.tsx')).OutputPane,
}));
const Side = lazy(async () => ({ default: (await import('../story/side-pane.tsx')).SidePane }));
const Ring = lazy(async () => ({ default: (await import('../ring/ring-pane.tsx')).RingPane }));
const Timeline = lazy(async () => ({
  default: (await import('../timeline/timeline-pane.tsx')).TimelinePane,
}));

function Waiting({ children }: { children: ReactNode }) {
  return <Suspense fallback={<section className="pane" aria-busy="true" />}>{children}</Suspense>;
}

/** Console and monitor: empty until a script has printed, so they may arrive after the machine. */
export function OutputPane() {
  return (
    <Waiting>
      <Output />
    </Waiting>
  );
}

/** Story and inspector: about what happened, so they may arrive after the machine. */
export function SidePane() {
  return (
    <Waiting>
      <Side />
    </Waiting>
  );
}

/** Rings: there are none before a driver has set a queue up, so they may arrive after the machine. */
export function RingPane() {
  return (
    <Waiting>
      <Ring />
    </Waiting>
  );
}

/** Time: nothing has happened yet, so it may arrive after the machine. */
export function TimelinePane(props: ComponentProps<typeof Timeline>) {
  return (
    <Waiting>
      <Timeline {...props} />
    </Waiting>
  );
}
