import { create } from 'zustand';
import type { EventBreakpoint } from '../../journal/breakpoints.ts';

/** A breakpoint on a line of the script at hand. */
export interface LineBreakpoint {
  /** From 1. */
  readonly line: number;
  readonly on: boolean;
}

/** A breakpoint on events, kept also while it is off. */
export interface KeptBreakpoint {
  readonly id: number;
  readonly on: boolean;
  readonly what: EventBreakpoint;
  /** QOM path of the device that it is about: numbers of devices are each machine's own. */
  readonly path: string | undefined;
}

/** The person's breakpoints. The session is told of those that are on. */
export interface BreakpointState {
  /** On the text that the editor shows. Ascending, one a line at most. */
  readonly lines: readonly LineBreakpoint[];
  /** Those on the person's own text, while the script of a run is looked at. */
  readonly aside: readonly LineBreakpoint[] | undefined;
  readonly events: readonly KeptBreakpoint[];
}

/** The store of breakpoints: written in `ui/runs` only; views read it through narrow selectors. */
export const useBreakpoints = create<BreakpointState>()(() => ({
  ...{ lines: [], aside: undefined, events: [] },
}));
