/** A line of the script that something went wrong on. */
export interface LineMark {
  /** 1-based. */
  readonly line: number;
  /** 1-based, where it is known. */
  readonly column: number | undefined;
  readonly message: string;
  /** A violation is the device's verdict; a problem is the script's own. */
  readonly kind: 'problem' | 'violation';
}

/** What both editors are given; the text itself lives in the script store. */
export interface EditorProps {
  /** Line that runs, 1-based; 0 for none. */
  readonly line: number;
  readonly marks: readonly LineMark[];
  readonly dark: boolean;
}
