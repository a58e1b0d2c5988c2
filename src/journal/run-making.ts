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

/** A part of an image that guests wrote to. */
export interface ImageChange {
  /** Byte of the image. */
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** An image that a run's machine opened, as it was when the machine started. */
export interface StartImage {
  /** As `file=` has it. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the image as it was given, 64 hexadecimal digits. */
  readonly sha256: string;
  /** What earlier guests had written to it. */
  readonly changes: readonly ImageChange[];
}

/** All that a run came of besides its command line: who has it can have the machine again. */
export interface RunMaking {
  /** Of all that is random in the machine. */
  readonly seed: number;
  /** What was done to it, in order. */
  readonly acts: readonly Act[];
  readonly images: readonly StartImage[];
}
