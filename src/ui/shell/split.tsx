import { type ReactNode, useEffect } from 'react';
import { Group, Separator, useDefaultLayout, useGroupRef } from 'react-resizable-panels';
import { quietStorage } from '../state/storage.ts';
import { useUi } from '../state/ui-store.ts';

/** A group of panels whose sizes are remembered. */
export function Split(props: {
  id: string;
  orientation: 'horizontal' | 'vertical';
  /** Sizes in per cent while the page is shown to a room; the person's own come back after it. */
  inRoom?: Readonly<Record<string, number>>;
  children: ReactNode;
}) {
  const layout = useDefaultLayout({
    id: `virtio-playground.${props.id}`,
    storage: quietStorage,
    onlySaveAfterUserInteractions: true,
  });
  const group = useGroupRef();
  const { inRoom } = props;
  const presentation = useUi((ui) => ui.presentation);
  useEffect(() => {
    const handle = group.current;
    if (!presentation || !inRoom || !handle) return undefined;
    const own = handle.getLayout();
    handle.setLayout(inRoom);
    return () => {
      if (group.current) group.current.setLayout(own);
    };
  }, [presentation, inRoom, group]);
  return (
    <Group
      className="split"
      groupRef={group}
      orientation={props.orientation}
      defaultLayout={layout.defaultLayout}
      onLayoutChanged={layout.onLayoutChanged}
    >
      {props.children}
    </Group>
  );
}

/** What is dragged between two panels. */
export function SplitHandle({ name }: { name: string }) {
  return <Separator className="split-handle" aria-label={`Sizes: ${name}`} />;
}
