import type { RingStructure } from '../../../journal/fold/ring-areas.ts';
import type { Opened, Place } from './layout.ts';

/** Colours of the style sheet that the picture is drawn with. */
export const TOKENS = [
  'panel',
  'background',
  'line',
  'line-strong',
  'ink',
  'dim',
  'driver',
  'driver-fill',
  'device',
  'device-fill',
  'notify',
  'notify-fill',
  'interrupt',
  'interrupt-fill',
  'violation',
  'violation-fill',
  'current',
  'current-edge',
] as const;
export type Token = (typeof TOKENS)[number];

/** What the picture looks like, whatever it shows. */
export interface Look {
  readonly colours: Readonly<Record<Token, string>>;
  readonly mono: string;
  readonly sans: string;
  /** Pixels of the screen for each of the style sheet. */
  readonly ratio: number;
  /** Nothing moves: the person has asked for that. */
  readonly still: boolean;
}

/** From where the picture is looked at. */
export interface Sight extends Pick<Place, 'width' | 'height' | 'mode' | 'zoom'> {
  readonly scroll: number;
  readonly opened: Opened;
  /** Descriptors that are lit as one chain. */
  readonly chain: readonly number[];
}

/** A broken rule, on the entry that broke it. */
export interface Fault {
  readonly structure: RingStructure;
  readonly index: number;
  /** Number of the section of VIRTIO 1.4, and its title. */
  readonly section: string;
  readonly title: string;
}

/** What the entries are called. */
export interface Words {
  /** What a descriptor's buffer is in the request, by descriptor. */
  readonly roles: readonly (readonly [index: number, text: string])[];
  readonly faults: readonly Fault[];
}

/** What the painter is told. A patch is words of `encodePatch`. */
export type ToPainter =
  | { readonly kind: 'canvas'; readonly canvas: OffscreenCanvas }
  | { readonly kind: 'look'; readonly look: Look }
  | { readonly kind: 'sight'; readonly sight: Sight }
  | { readonly kind: 'words'; readonly words: Words }
  | { readonly kind: 'patch'; readonly patch: Uint32Array<ArrayBuffer> };

/** What the painter tells: the count of events that it shows, and what it drew since it was asked to. */
export interface FromPainter {
  readonly at: number;
  /** Frames drawn, and dots set out, since the beginning. */
  readonly frames: number;
  readonly dots: number;
  /** Dots on their way now. */
  readonly moving: number;
  /** Milliseconds of drawing, since the beginning. */
  readonly spent: number;
}
