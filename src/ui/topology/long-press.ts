import { type PointerEvent, useMemo, useRef } from 'react';
import { selectNodes, useUi } from '../state/ui-store.ts';
import { nodeAround } from './steps.ts';

/** How long a finger rests on a node before its menu opens, in ms, and how far it may stray. */
const REST_MS = 550;
const SLACK = 10;

/** Opens a node's menu where a finger rests on it, as the right button of a mouse does. */
export function useLongPress() {
  const end = useRef<() => void>(undefined);
  return useMemo(() => {
    const stop = (): void => end.current?.();
    return {
      onPointerDown(event: PointerEvent) {
        stop();
        const { clientX: x, clientY: y, pointerId, isPrimary } = event;
        const id = nodeAround(event.target);
        if (event.pointerType !== 'touch' || !isPrimary || id === undefined || id.includes('#'))
          return;
        const move = (now: globalThis.PointerEvent): void => {
          // A second finger pinches.
          if (now.pointerId !== pointerId || Math.hypot(now.clientX - x, now.clientY - y) > SLACK)
            stop();
        };
        const timer = setTimeout(() => {
          stop();
          void openMenu(id, x, y, pointerId);
        }, REST_MS);
        end.current = () => {
          clearTimeout(timer);
          end.current = undefined;
          window.removeEventListener('pointermove', move, true);
          window.removeEventListener('pointerdown', stop, true);
        };
        window.addEventListener('pointermove', move, true);
        window.addEventListener('pointerdown', stop, true);
      },
      onPointerUp: stop,
      onPointerCancel: stop,
    };
  }, []);
}

async function openMenu(id: string, x: number, y: number, pointerId: number): Promise<void> {
  const { useBuild } = await import('../build/build-store.ts');
  // The press was about to drag the node.
  window.dispatchEvent(new window.PointerEvent('pointercancel', { pointerId }));
  if (!useUi.getState().selection.has(id)) selectNodes([id]);
  useBuild.setState({ menu: { x, y } });
}
