import type { PackedView } from '../../journal/fold/packed-view.ts';
import type { RingView } from '../../journal/fold/ring-view.ts';
import type { Spot } from './scene/layout.ts';

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

/** Whether nobody has written an entry since the ring was set up: there is nothing to say of it. */
export function isBlank(view: RingView | PackedView, { structure, index, entry }: Spot): boolean {
  if (structure === 'avail' && !view.packed) return view.available(index)?.state === 'empty';
  if (structure === 'used' && !view.packed) return view.used(index)?.state === 'empty';
  const d = view.descriptor(index);
  return entry === undefined && d?.owner === 'free' && d.addr === 0 && d.len === 0;
}
