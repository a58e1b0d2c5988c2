import type { LineBreakpoint } from '../state/breakpoints.ts';

/** A line of the script that something went wrong on. */
export interface LineMark {
  /** 1-based. */
  readonly line: number;
  /** 1-based, where it is known. */
  readonly column: number | undefined;
  readonly message: string;
  /** A violation is the device's verdict; a problem is the script's own. */
  readonly kind: 'problem' | 'violation';
  /** Section of VIRTIO 1.4 that was violated: `2.7.13.2`. */
  readonly section?: string;
}

/** What both editors are given; the text itself lives in the script store. */
export interface EditorProps {
  /** Line that runs, 1-based; 0 for none. */
  readonly line: number;
  readonly marks: readonly LineMark[];
  readonly breakpoints: readonly LineBreakpoint[];
  readonly dark: boolean;
  /** Puts a breakpoint on a line, or takes it off. */
  readonly toggle: (line: number) => void;
  /** Runs on until the script is about to execute a line. */
  readonly runTo: (line: number) => void;
}
