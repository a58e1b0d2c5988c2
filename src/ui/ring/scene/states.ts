import type { PackedView } from '../../../journal/fold/packed-view.ts';
import type { RingStructure } from '../../../journal/fold/ring-areas.ts';
import type { RingView } from '../../../journal/fold/ring-view.ts';

/** What an entry is, as far as a cell without words can tell. The larger one wins where entries share a cell. */
export const CELL = {
  /** Nobody's, or never written. */ free: 0,
  /** Was published and taken, long ago. */ seen: 1,
  /** Holds what came back. */ used: 2,
  /** Being filled by the driver, or staged. */ filling: 3,
  /** Published, and not taken. */ waiting: 4,
  /** With the device. */ device: 5,
  /** The event at the cursor touched it. */ lit: 6,
  /** A rule was broken here. */ fault: 7,
} as const;

/** A state of `CELL` for each entry of one structure. */
export function cellStates(view: RingView | PackedView, structure: RingStructure): Uint8Array {
  const states = new Uint8Array(view.size);
  if (structure === 'desc') {
    const { device, filling, used } = CELL;
    for (let i = 0; i < view.size; i++) {
      const owner = view.ownerAt(i);
      if (owner === 'device') states[i] = device;
      else if (owner === 'driver') states[i] = filling;
      else if (view.packed && view.isUsed(i)) states[i] = used;
    }
  } else if (!view.packed) {
    if (structure === 'avail') availableStates(view, states);
    else usedStates(view, states);
  }
  return states;
}

function availableStates(view: RingView, states: Uint8Array): void {
  const { availIdx, pending, size } = view;
  const { availStaged, popped } = view.queue;
  const next = view.slotOf(availIdx);
  const seen = Math.min(size, Math.max(availIdx, popped));
  fill(states, next - seen, seen, CELL.seen);
  fill(states, next - pending, pending, CELL.waiting);
  fill(states, next, Math.min(availStaged, size), CELL.filling);
}

function usedStates(view: RingView, states: Uint8Array): void {
  const { usedIdx, size } = view;
  const { usedStaged, pushed } = view.queue;
  const next = view.slotOf(usedIdx);
  const known = Math.min(size, Math.max(usedIdx, pushed));
  fill(states, next - known, known, CELL.used);
  fill(states, next, Math.min(usedStaged, size), CELL.device);
}

/** `count` entries from slot `first` on, which may be up to a lap before the ring's beginning. */
function fill(states: Uint8Array, first: number, count: number, state: number): void {
  const size = states.length;
  for (let i = 0; i < count; i++) states[(first + i + size) % size] = state;
}
