import type { PackedView } from '../../../journal/fold/packed-view.ts';
import type { RingView } from '../../../journal/fold/ring-view.ts';
import type { End } from './dots.ts';
import { DOT, type Travel } from './patch.ts';

/** From where to where the chains of a travel went: `i` counts them. Undefined where nobody can tell. */
export function waysOf(
  view: RingView | PackedView,
  { kind, first }: Travel,
): (i: number) => { readonly from: End; readonly to: End } | undefined {
  if (view.packed) return (i) => packedWay(kind, (first + i) % Math.max(1, view.size));
  return (i) => {
    const slot = view.slotOf(first + i);
    if (kind === DOT.returned) {
      const id = view.used(slot)?.id ?? 0;
      if (id >= view.size) return undefined;
      return { from: { structure: 'desc', index: id }, to: { structure: 'used', index: slot } };
    }
    const entry = { structure: 'avail', index: slot } as const;
    if (kind === DOT.published) return { from: { structure: 'driver', index: slot }, to: entry };
    const head = view.available(slot)?.head ?? 0;
    return head < view.size ? { from: entry, to: { structure: 'desc', index: head } } : undefined;
  };
}

/** A packed ring is written by both sides: what travels comes from one of them, or goes there. */
function packedWay(kind: Travel['kind'], index: number): { from: End; to: End } {
  const entry = { structure: 'desc', index } as const;
  if (kind === DOT.published) return { from: { structure: 'driver', index }, to: entry };
  const device = { structure: 'device', index } as const;
  return kind === DOT.taken ? { from: entry, to: device } : { from: device, to: entry };
}
