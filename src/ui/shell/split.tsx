import type { ReactNode } from 'react';
import { Group, Separator, useDefaultLayout } from 'react-resizable-panels';
import { quietStorage } from '../state/storage.ts';

/** A group of panels whose sizes are remembered. */
export function Split(props: {
  id: string;
  orientation: 'horizontal' | 'vertical';
  children: ReactNode;
}) {
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

/** What is dragged between two panels. */
export function SplitHandle({ name }: { name: string }) {
  return <Separator className="split-handle" aria-label={`Sizes: ${name}`} />;
}
