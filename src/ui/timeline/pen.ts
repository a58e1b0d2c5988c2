import { LABEL_WIDTH, type Range, RIGHT_MARGIN, xOfEvent } from './range.ts';

/** Pixels of one bar where things are too many to be drawn one by one. */
export const BIN = 2;

/** What everything on the strip is drawn with. Lengths in pixels, events counted from the spans' origin. */
export interface Pen {
  readonly c: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  /** The part of the run that is in sight, counted from the origin. */
  readonly range: Range;
  /** Events of one pixel. */
  readonly perPixel: number;
  /** Events that there are, counted from the origin. */
  readonly length: number;
  /** Left and right edge of what is in sight. */
  readonly left: number;
  readonly right: number;
  /** Events at the edges of bars of `BIN` pixels, from the left on, as far as the run goes. */
  readonly edges: readonly number[];
  x(event: number): number;
  /** The event at a pixel, rounded down. */
  eventAt(x: number): number;
  /** A colour by the name of its token: `driver`, `device-fill`. */
  colour(token: string): string;
  /** A fill of thin slanted lines: the second way, beside the hue, to tell phases apart. */
  hatch(token: string): CanvasPattern | string;
  readonly sans: string;
}

/** Colours as the style sheets have them; read once a theme. */
export class Palette {
  readonly #style: CSSStyleDeclaration;
  readonly #known = new Map<string, string>();
  readonly #hatches = new Map<string, CanvasPattern | string>();
  readonly sans: string;

  constructor(element: Element) {
    this.#style = getComputedStyle(element);
    this.sans = this.#style.getPropertyValue('--sans').trim();
  }

  colour(token: string): string {
    let value = this.#known.get(token);
    if (value === undefined) {
      value = this.#style.getPropertyValue(`--${token}`).trim();
      this.#known.set(token, value);
    }
    return value;
  }

  hatch(c: CanvasRenderingContext2D, token: string, ratio: number): CanvasPattern | string {
    const known = this.#hatches.get(token);
    if (known !== undefined) return known;
    const tile = document.createElement('canvas');
    tile.width = tile.height = Math.round(6 * ratio);
    const pen = tile.getContext('2d');
    if (!pen) return this.colour(token);
    pen.scale(ratio, ratio);
    pen.fillStyle = this.colour(`${token}-fill`);
    pen.fillRect(0, 0, 6, 6);
    pen.strokeStyle = this.colour(token);
    pen.lineWidth = 1;
    pen.beginPath();
    for (const shift of [-6, 0, 6]) {
      pen.moveTo(shift, 6);
      pen.lineTo(shift + 6, 0);
    }
    pen.stroke();
    const pattern = c.createPattern(tile, 'repeat');
    pattern?.setTransform(new DOMMatrix([1 / ratio, 0, 0, 1 / ratio, 0, 0]));
    const made = pattern ?? this.colour(token);
    this.#hatches.set(token, made);
    return made;
  }
}

/** A pen for one picture. `range` and `length` are counted from the origin; `ratio`: device pixels of one. */
export function penFor(
  c: CanvasRenderingContext2D,
  palette: Palette,
  size: { readonly width: number; readonly height: number },
  range: Range,
  length: number,
  ratio: number,
): Pen {
  const { width, height } = size;
  const left = LABEL_WIDTH;
  const right = Math.max(left + 1, width - RIGHT_MARGIN);
  const perPixel = (range.to - range.from) / (right - left);
  const edges: number[] = [];
  for (let x = left; x < right + BIN; x += BIN) {
    const event = Math.max(0, Math.floor(range.from + (x - left) * perPixel));
    edges.push(Math.min(event, length));
    if (event >= length) break;
  }
  return {
    ...{ c, width, height, range, perPixel, length, left, right, edges },
    x: (event) => xOfEvent(event, range, width),
    eventAt: (x) => Math.floor(range.from + (x - left) * perPixel),
    colour: (token) => palette.colour(token),
    hatch: (token) => palette.hatch(c, token, ratio),
    sans: palette.sans,
  };
}

/** A text that is cut off where it has no room; nothing at all where it has nearly none. */
export function fitted(c: CanvasRenderingContext2D, text: string, room: number): string {
  if (room < 14) return '';
  if (c.measureText(text).width <= room) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (c.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle;
    else high = middle - 1;
  }
  return low < 3 ? '' : `${text.slice(0, low).trimEnd()}…`;
}
