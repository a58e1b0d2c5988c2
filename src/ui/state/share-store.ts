import { create } from 'zustand';

/** What was opened or imported, or why it could not be. */
export interface Report {
  readonly title: string;
  /** Whether it failed, so that nothing changed. */
  readonly bad?: boolean;
  readonly text: string;
  /** What was changed so that it stands, a sentence each. */
  readonly notes?: readonly string[];
  /** Takes it back, as long as nothing was done since. */
  readonly undo?: { readonly isLast: () => boolean; readonly act: () => void };
}

/** A file that is being read. */
export interface Opening {
  readonly title: string;
  /** How much of it has been read, 0 to 1. */
  readonly part: number;
  readonly cancel: () => void;
}

/** Which dialog about keeping and sharing stands open. */
export interface ShareState {
  readonly open: 'share' | 'machines' | 'import' | undefined;
  readonly report: Report | undefined;
  readonly opening: Opening | undefined;
}

/** Dialogs about keeping and sharing; the page loads them when one is opened. */
export const useShare = create<ShareState>()(() => ({
  open: undefined,
  report: undefined,
  opening: undefined,
}));
