import { create } from 'zustand';

/** A node that somebody wants to see: a QOM path or `backend:KIND:ID`. */
interface RevealState {
  readonly wanted: { readonly id: string; readonly focus: boolean } | undefined;
}

/** What the canvas has yet to bring into sight. */
export const useReveal = create<RevealState>()(() => ({ wanted: undefined }));

/**
 * Moves the canvas to a node, large enough to read; unfolds what hides it. A node that the machine does
 * not have yet is waited for, until another one is asked for. With `focus` the node gets the focus too.
 */
export function revealNode(id: string, focus = false): void {
  useReveal.setState({ wanted: { id, focus } });
}
