import { create } from 'zustand';

/** What the person does with runs; the runs themselves are the session's. */
export interface RunsState {
  /** A moment is being come to again: the count of events up to it. */
  readonly continuing: number | undefined;
  /** Ids of the runs that are laid side by side: a branch's origin, and the branch. */
  readonly comparing: { readonly first: number; readonly second: number } | undefined;
}

export const useRuns = create<RunsState>()(() => ({ continuing: undefined, comparing: undefined }));
