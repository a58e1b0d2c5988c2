import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { centreOf, rowHeight, windowOf } from './geometry.ts';

type Choose = (index: number | undefined, pinned: boolean, place: 'above' | 'below') => void;

/**
 * The part of a ring's picture that is in sight: follows the box's size and scrolling, and brings
 * entry `target` into it. `chooseHere` chooses an entry, with the side on which it leaves room.
 */
export function useSight(size: number, target: number | undefined, choose: Choose) {
  const box = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ width: 640, height: 240, top: 0 });

  useLayoutEffect(() => {
    const host = box.current;
    if (!host) return undefined;
    const look = () =>
      setSight({ width: host.clientWidth, height: host.clientHeight, top: host.scrollTop });
    look();
    const watch = new ResizeObserver(look);
    watch.observe(host);
    host.addEventListener('scroll', look, { passive: true });
    return () => {
      watch.disconnect();
      host.removeEventListener('scroll', look);
    };
  }, []);

  const row = rowHeight(size, sight.height - 4);
  const chooseHere = useCallback(
    (index: number | undefined, pinned: boolean) => {
      const host = box.current;
      const middle = host ? host.scrollTop + host.clientHeight / 2 : 0;
      const above = index !== undefined && centreOf(index, row) > middle;
      choose(index, pinned, above ? 'above' : 'below');
    },
    [choose, row],
  );

  useEffect(() => {
    const host = box.current;
    if (!host || target === undefined) return;
    const y = centreOf(target, row);
    if (y - row < host.scrollTop || y + row > host.scrollTop + host.clientHeight)
      host.scrollTop = y - host.clientHeight / 2;
  }, [target, row]);

  const { from, to } = windowOf(sight.top, sight.height, size, row);
  return { box, width: sight.width, row, from, to, chooseHere };
}
