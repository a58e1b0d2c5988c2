import { create } from 'zustand';
import { useUi } from '../state/ui-store.ts';

interface MemoryState {
  /** Guest-physical address of the byte that the person is at; undefined before they chose one. */
  readonly at: number | undefined;
  /** Places before it, the newest last. */
  readonly past: readonly number[];
  /** Whether the view goes where an event writes. */
  readonly follow: boolean;
}

/** Where the person is in guest memory. */
export const useMemory = create<MemoryState>()(() => ({ at: undefined, past: [], follow: false }));

const MOST_PAST = 50;

/** Moves to a byte, without a way back: a step of the cursor. */
export function moveTo(at: number): void {
  useMemory.setState({ at });
}

/** Jumps to a byte; the place before can be returned to. */
export function jumpTo(at: number): void {
  const { at: before, past } = useMemory.getState();
  if (before === at) return;
  useMemory.setState({
    at,
    past: before === undefined ? past : [...past, before].slice(-MOST_PAST),
  });
}

/** Returns to the place before the last jump. */
export function jumpBack(): void {
  const { past } = useMemory.getState();
  const at = past.at(-1);
  if (at !== undefined) useMemory.setState({ at, past: past.slice(0, -1) });
}

/** Opens the memory view at a byte. For other panels. */
export function showMemory(at: number): void {
  jumpTo(at);
  useUi.setState({ sideTab: 'memory' });
}
