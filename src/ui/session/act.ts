/** What a person did to a machine; doing it again at the same place gives the same run. */
export type Doing =
  /** A script was started: what `Math.random` and `Date` began with belongs to it. */
  | {
      readonly kind: 'script';
      readonly source: string;
      readonly chance: { readonly seed: number; readonly time: number };
    }
  | { readonly kind: 'monitor'; readonly line: string }
  | { readonly kind: 'poke'; readonly addr: number; readonly bytes: Uint8Array }
  | { readonly kind: 'restoreImage'; readonly name: string };

/** A doing at its place in a machine's life, at which the guest rested. */
export interface Act {
  readonly doing: Doing;
  /** Count of events before it. */
  readonly at: number;
  /** Count of guest actions before it. */
  readonly actions: number;
}
