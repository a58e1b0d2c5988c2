import { type KeyboardEvent, useCallback } from 'react';
import { useReactFlow } from 'reactflow';
import { glide, useFit } from './camera.tsx';
import type { MachineGraph } from './graph.ts';
import { neighbour, type Step } from './neighbours.ts';

const ARROWS: Readonly<Record<string, Step>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};

/** Id of the node that an element belongs to. */
export function nodeAround(element: EventTarget): string | undefined {
  if (!(element instanceof Element)) return undefined;
  return element.closest<HTMLElement>('.react-flow__node')?.dataset.id;
}

/**
 * The keys of the canvas: arrows from node to node, Home to the root bus, plus, minus and 0 for the
 * zoom. `go` gets the node to go to.
 */
export function useSteps(graph: MachineGraph, go: (id: string) => void) {
  const { zoomIn, zoomOut } = useReactFlow();
  const fit = useFit();
  return useCallback(
    (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const at = nodeAround(event.target);
      const step = event.shiftKey ? undefined : ARROWS[event.key];
      if (step) {
        const next = at === undefined ? graph.topology.root.path : neighbour(graph, at, step);
        if (next !== undefined) go(next);
      } else if (event.key === 'Home') go(graph.topology.root.path);
      else if (event.key === '+' || event.key === '=') void zoomIn(glide());
      else if (event.key === '-') void zoomOut(glide());
      else if (event.key === '0') fit(graph, glide());
      else return;
      event.preventDefault();
    },
    [graph, go, zoomIn, zoomOut, fit],
  );
}

/** Leaves the canvas, which is one stop of the Tab key, backwards: past itself. */
export function passBackwards(canvas: HTMLElement): void {
  canvas.tabIndex = -1;
  setTimeout(() => {
    canvas.tabIndex = 0;
  });
}
