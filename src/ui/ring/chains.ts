import type { PackedView } from '../../journal/fold/packed-view.ts';
import type { RingView } from '../../journal/fold/ring-view.ts';

/** The name of the chain that begins at descriptor `head`: the head itself, or a packed queue's buffer ID. */
export function nameOf(view: RingView | PackedView, head: number): number | undefined {
  if (!view.packed) return head;
  return view.chains.find(({ slot, overwritten }) => slot === head && !overwritten)?.id;
}

/** Descriptors of the chain of a name that the device owns. */
export function chainNamed(view: RingView | PackedView, name: number): number[] {
  if (view.packed) return view.chainOf(name).map(({ index }) => index);
  if (view.ownerAt(name) === 'free') return [];
  return view.chain(name).map(({ index }) => index);
}
