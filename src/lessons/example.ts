/** A script that teaches something. */
export interface Example {
  /** Short name for addresses and command lines: lower case and hyphens. */
  readonly id: string;
  /** What it is called in a menu. */
  readonly title: string;
  /** What it shows, in one sentence. */
  readonly description: string;
  /** What the machine must have beyond the default one, as command-line options; '' for nothing. */
  readonly needs: string;
  /** TypeScript, as it appears in the editor. */
  readonly source: string;
}
