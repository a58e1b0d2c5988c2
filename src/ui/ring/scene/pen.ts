import type { Box } from './layout.ts';
import type { Look, Token } from './protocol.ts';

/** A canvas's context, in a worker or on the page: what both have. */
export type Context = OffscreenCanvasRenderingContext2D;

/** How a box is drawn. */
export interface BoxStyle {
  readonly fill: Token;
  readonly edge: Token;
  readonly width?: number;
  readonly dashed?: boolean;
}

/** What a piece of text looks like. */
export interface TextStyle {
  readonly colour: Token;
  readonly size?: number;
  readonly weight?: number;
  readonly face?: 'mono' | 'sans';
  readonly align?: CanvasTextAlign;
  /** Pixels that it may be wide; what is longer ends in dots. */
  readonly most?: number;
}

const DASH = [4, 3];
const SOLID: number[] = [];

/** Draws what the ring picture is made of, by the names of the style sheet's colours. */
export class Pen {
  readonly c: Context;
  readonly look: Look;

  constructor(c: Context, look: Look) {
    this.c = c;
    this.look = look;
    c.textBaseline = 'middle';
  }

  colour(token: Token): string {
    return this.look.colours[token];
  }

  clear({ x, y, width, height }: Box): void {
    this.c.fillStyle = this.colour('panel');
    this.c.fillRect(x, y, width, height);
  }

  box({ x, y, width, height }: Box, style: BoxStyle, radius = 4): void {
    const { c } = this;
    c.beginPath();
    c.roundRect(x, y, width, height, radius);
    c.fillStyle = this.colour(style.fill);
    c.fill();
    c.lineWidth = style.width ?? 1.2;
    c.strokeStyle = this.colour(style.edge);
    c.setLineDash(style.dashed ? DASH : SOLID);
    c.stroke();
    c.setLineDash(SOLID);
  }

  /** Width in pixels of what was written. */
  text(text: string, x: number, y: number, style: TextStyle): number {
    const { c } = this;
    const { size = 11.5, weight = 400, face = 'mono', align = 'left', most } = style;
    c.font = `${weight} ${size}px ${this.look[face]}`;
    c.textAlign = align;
    c.fillStyle = this.colour(style.colour);
    let shown = text;
    let width = c.measureText(shown).width;
    if (most !== undefined && width > most) {
      const keep = Math.floor((shown.length * most) / width) - 1;
      if (keep < 2) return 0;
      shown = `${shown.slice(0, keep)}…`;
      width = c.measureText(shown).width;
    }
    c.fillText(shown, x, y + 0.5);
    return width;
  }

  /** A line with an arrow's head at its end. */
  arrow(points: readonly number[], colour: Token, dashed = false): void {
    const { c } = this;
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0, x3 = 0, y3 = 0] = points;
    c.strokeStyle = c.fillStyle = this.colour(colour);
    c.lineWidth = 1.6;
    c.setLineDash(dashed ? DASH : SOLID);
    c.beginPath();
    c.moveTo(x0, y0);
    c.bezierCurveTo(x1, y1, x2, y2, x3, y3);
    c.stroke();
    c.setLineDash(SOLID);
    // The head lies along the curve's last stretch.
    const angle = Math.atan2(y3 - y2, x3 - x2 || (x3 > x0 ? 1 : -1));
    c.save();
    c.translate(x3, y3);
    c.rotate(angle);
    c.beginPath();
    c.moveTo(1, 0);
    c.lineTo(-7, -3.8);
    c.lineTo(-7, 3.8);
    c.fill();
    c.restore();
  }

  /** The beginning of a line that leads out of sight, up (-1) or down (1). */
  stub(x: number, y: number, way: 1 | -1, colour: Token, dashed = false): void {
    const { c } = this;
    c.strokeStyle = c.fillStyle = this.colour(colour);
    c.lineWidth = 1.6;
    c.setLineDash(dashed ? DASH : SOLID);
    c.beginPath();
    c.moveTo(x, y);
    c.lineTo(x + 9, y);
    c.lineTo(x + 9, y + 3 * way);
    c.stroke();
    c.setLineDash(SOLID);
    c.beginPath();
    c.moveTo(x + 5, y + 3 * way);
    c.lineTo(x + 13, y + 3 * way);
    c.lineTo(x + 9, y + 9 * way);
    c.fill();
  }

  /** A small triangle beside a slot that some index means; `turn` is 1 to point right, -1 left. */
  flag(x: number, y: number, colour: Token, turn: 1 | -1 = 1): void {
    const { c } = this;
    c.fillStyle = this.colour(colour);
    c.beginPath();
    c.moveTo(x, y - 5);
    c.lineTo(x + 7.5 * turn, y);
    c.lineTo(x, y + 5);
    c.fill();
  }

  /**
   * A line across an entry's edge at `y`, which an index will pass, with words on it. Centred at `x`.
   */
  wire(x: number, y: number, width: number, words: string, colour: Token, passed = false): void {
    const { c } = this;
    c.font = `600 9.5px ${this.look.mono}`;
    const pill = Math.ceil(c.measureText(words).width) + 10;
    c.strokeStyle = this.colour(colour);
    c.lineWidth = 1.6;
    c.setLineDash(passed ? DASH : SOLID);
    c.beginPath();
    c.moveTo(x - width / 2, y);
    c.lineTo(x + width / 2, y);
    c.stroke();
    c.setLineDash(SOLID);
    const box = { x: x - pill / 2, y: y - 6.5, width: pill, height: 13 };
    this.box(box, { fill: 'panel', edge: colour, width: 1, dashed: passed }, 6.5);
    this.text(words, x, y, { colour, size: 9.5, weight: 600, align: 'center' });
  }
}
