import type { DeviceNode } from '../../protocol/topology.ts';
import { backEndLines, busLabel, deviceLines } from '../topology/card-text.ts';
import { type MachineGraph, type MachineNode, RAM, virtioBelow } from '../topology/graph.ts';
import type { Rect } from '../topology/layout.ts';
import { rounded } from '../topology/path.ts';

/** Colours of a picture, as `#rrggbb`, by the names of the page's tokens. */
export type Colours = Record<(typeof COLOURS)[number], string>;

/** The tokens that a picture needs. */
export const COLOURS = [
  'background',
  'panel',
  'line',
  'line-strong',
  'ink',
  'dim',
  'driver',
  'driver-fill',
  'device',
  'violation',
] as const;

/** How a picture looks and what its machine does at the moment. */
export interface PictureLook {
  readonly colours: Colours;
  /** Stacks of font families. */
  readonly sans: string;
  readonly mono: string;
  /** Width of a text in a CSS font, in pixels. */
  measure(text: string, font: string): number;
  /** What the guest does. */
  readonly guest: string;
  /** Second line of a virtio device's card, and which of its four marks are on. */
  stateOf(device: DeviceNode): { readonly text: string; readonly marks: readonly boolean[] };
  markOf(device: DeviceNode): 'asked' | 'added' | 'leaving' | undefined;
  groupName(devices: readonly DeviceNode[]): string;
  /** For those who cannot see it. */
  readonly title: string;
  readonly description: string;
}

/** A picture as a text, and its size in pixels. */
export interface Svg {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

/** Free room around the machine. */
const MARGIN = 24;
const PADDING = 12;
const SIZES = { title: 13, detail: 11, group: 12, stub: 9.5 } as const;

/** The whole of a machine as an SVG of lines and texts, which every program can draw and edit. */
export function pictureSvg(graph: MachineGraph, look: PictureLook): Svg {
  const { layout } = graph;
  const width = Math.ceil(layout.width + 2 * MARGIN);
  const height = Math.ceil(layout.height + 2 * MARGIN);
  const pen = new Pen(look);
  const cards: string[] = [];
  for (const [id, node] of graph.nodes) {
    const rect = layout.rects.get(id);
    if (rect) cards.push(pen.card(node, rect));
  }
  const text = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-MARGIN} ${-MARGIN} ${width} ${height}" role="img">`,
    `<style>text{font-family:${escaped(look.sans)}}.m{font-family:${escaped(look.mono)}}</style>`,
    `<title>${escaped(look.title)}</title>`,
    `<desc>${escaped(look.description)}</desc>`,
    `<rect x="${-MARGIN}" y="${-MARGIN}" width="${width}" height="${height}" fill="${look.colours.panel}"/>`,
    ...pen.wires(graph),
    ...cards,
    '</svg>',
  ].join('\n');
  return { text, width, height };
}

/** How a box is drawn. */
interface BoxStyle {
  readonly fill: string;
  readonly stroke: string;
  readonly dash?: string;
  readonly rx?: number;
  readonly ry?: number;
}

/** Draws the parts of one picture. */
class Pen {
  readonly #look: PictureLook;

  constructor(look: PictureLook) {
    this.#look = look;
  }

  *wires({ layout, nodes, links }: MachineGraph): Generator<string> {
    const { colours } = this.#look;
    const dashed = `stroke="${colours.dim}" stroke-dasharray="5 3"`;
    for (const wire of layout.wires) {
      const kind =
        wire.to === RAM
          ? `stroke="${colours['line-strong']}" stroke-dasharray="2 4"`
          : nodes.get(wire.to)?.kind === 'backend'
            ? dashed
            : `stroke="${colours['line-strong']}"`;
      yield `<path d="${rounded(wire.points)}" fill="none" stroke-width="1.5" ${kind}/>`;
    }
    for (const link of links) {
      if (link.own) continue;
      const from = layout.rects.get(link.from);
      const to = nodes.get(link.to);
      if (!link.quiet)
        yield `<path d="${rounded(link.points)}" fill="none" stroke-width="1.5" opacity="0.55" ${dashed}/>`;
      else if (from && to?.kind === 'backend') {
        const x = from.x + from.width - 10;
        const y = from.y + from.height;
        yield `<path d="M${x} ${y}v9" fill="none" stroke-width="1.5" ${dashed}/>`;
        yield this.#text(to.facts.id, x - 5, y + 9.5, SIZES.stub, { anchor: 'end', mono: true });
      }
    }
  }

  card(node: MachineNode, rect: Rect): string {
    const { colours, guest, groupName } = this.#look;
    const plain: BoxStyle = { fill: colours.panel, stroke: colours.line };
    switch (node.kind) {
      case 'guest':
        return this.#lines(rect, ['Guest', `vCPU 0 · ${guest}`], {
          fill: colours['driver-fill'],
          stroke: colours.driver,
          detail: colours.ink,
        });
      case 'ram':
        return this.#lines(rect, ['Guest memory', `${node.bytes / 2 ** 20} MiB, shared`], {
          ...plain,
          stroke: colours['line-strong'],
          dash: '5 3',
        });
      case 'bus': {
        const { x, y, width } = rect;
        const label = this.#text(busLabel(node.bus), x + width / 2, y + 14, SIZES.detail, {
          anchor: 'middle',
          mono: true,
          most: width - 8,
        });
        return this.#box(rect, { fill: colours.background, stroke: colours.line, rx: 11 }) + label;
      }
      case 'backend': {
        const used = node.users.length > 0;
        return this.#lines(rect, backEndLines(node.facts, used), {
          fill: colours.background,
          stroke: used ? colours.line : colours['line-strong'],
          ...(!used && { dash: '1.5 2.5' }),
          rx: 12,
          ry: rect.height / 2,
        });
      }
      case 'platform': {
        const sign = node.expanded ? '' : '+ ';
        return this.#lines(
          rect,
          [`${sign}${node.devices.length} ${groupName(node.devices)}`, `on ${node.bus.name}`],
          { fill: colours.background, stroke: colours.line, dash: '5 3', quiet: true },
        );
      }
      case 'device':
        return this.#device(node.device, rect);
    }
  }

  #device(device: DeviceNode, rect: Rect): string {
    const { colours, markOf, stateOf } = this.#look;
    const virtio = virtioBelow(device) !== undefined;
    const mark = markOf(device);
    const [title, detail] = deviceLines(device);
    const state = device.virtio && !device.leaving ? stateOf(device) : undefined;
    const stroke = virtio ? mixed(colours.device, colours.line, 0.45) : colours.line;
    const card = this.#lines(rect, [title, state ? state.text : detail], {
      fill: colours.panel,
      stroke: device.leaving ? colours.violation : stroke,
      ...(device.leaving && { dash: '5 3' }),
      ...(state && { marks: state.marks }),
    });
    if (!mark) return card;
    const colour = mark === 'leaving' ? colours.violation : virtio ? colours.device : colours.dim;
    const x = rect.x + 5.5;
    const broken = mark === 'added' ? ' stroke-dasharray="5 4"' : '';
    return `${card}<path d="M${x} ${rect.y + 7}V${rect.y + rect.height - 7}" stroke="${colour}" stroke-width="3"${broken}/>`;
  }

  /** A card with a title and a line below it. */
  #lines(
    rect: Rect,
    [title, detail]: readonly [string, string],
    style: BoxStyle & { detail?: string; marks?: readonly boolean[]; quiet?: boolean },
  ): string {
    const { colours } = this.#look;
    const { x, y, width, height } = rect;
    const middle = y + height / 2;
    const most = width - 2 * PADDING;
    const marks = (style.marks ?? []).map((on, i) => {
      const paint = on
        ? `fill="${colours.device}" stroke="${colours.device}"`
        : `fill="none" stroke="${colours['line-strong']}"`;
      return `<rect x="${x + PADDING + 0.5 + 9 * i}" y="${middle + 4.5}" width="6" height="6" rx="1.5" ${paint}/>`;
    });
    const indent = marks.length > 0 ? 9 * marks.length + 4 : 0;
    return [
      this.#box(rect, style),
      this.#text(title, x + PADDING, middle - 4.5, style.quiet ? SIZES.group : SIZES.title, {
        colour: colours.ink,
        weight: style.quiet ? 500 : 650,
        most,
      }),
      ...marks,
      this.#text(detail, x + PADDING + indent, middle + 11.5, SIZES.detail, {
        mono: !style.quiet,
        most: most - indent,
        ...(style.detail !== undefined && { colour: style.detail }),
      }),
    ].join('');
  }

  #box({ x, y, width, height }: Rect, { fill, stroke, dash, rx = 7, ry }: BoxStyle): string {
    const round = ry === undefined ? `rx="${rx}"` : `rx="${rx}" ry="${ry}"`;
    const broken = dash === undefined ? '' : ` stroke-dasharray="${dash}"`;
    // The stroke lies within the box, as the page's borders do.
    return `<rect x="${x + 0.75}" y="${y + 0.75}" width="${width - 1.5}" height="${height - 1.5}" ${round} fill="${fill}" stroke="${stroke}" stroke-width="1.5"${broken}/>`;
  }

  #text(
    text: string,
    x: number,
    y: number,
    size: number,
    style: {
      colour?: string;
      weight?: number;
      anchor?: 'middle' | 'end';
      mono?: boolean;
      most?: number;
    },
  ): string {
    const { colours, sans, mono, measure } = this.#look;
    const family = style.mono ? mono : sans;
    const font = `${style.weight ?? 400} ${size}px ${family}`;
    const shown =
      style.most === undefined ? text : fitted(text, style.most, (t) => measure(t, font));
    const anchor = style.anchor ? ` text-anchor="${style.anchor}"` : '';
    const kind = style.mono ? ' class="m"' : '';
    const weight = style.weight === undefined ? '' : ` font-weight="${style.weight}"`;
    return `<text${kind} x="${x}" y="${y}" font-size="${size}"${weight} fill="${style.colour ?? colours.dim}"${anchor}>${escaped(shown)}</text>`;
  }
}

/** A text that is no wider than `most`, an ellipsis in the place of what does not fit. */
function fitted(text: string, most: number, width: (text: string) => number): string {
  if (width(text) <= most) return text;
  let [fits, tooLong] = [0, text.length];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (width(`${text.slice(0, middle)}…`) <= most) fits = middle;
    else tooLong = middle;
  }
  return `${text.slice(0, fits).trimEnd()}…`;
}

/** A colour between two, both `#rrggbb`. `share`: how much of the first. */
function mixed(first: string, second: string, share: number): string {
  const part = (at: number) => {
    const [a, b] = [first, second].map((hex) => Number.parseInt(hex.slice(at, at + 2), 16));
    const value = Math.round((a ?? 0) * share + (b ?? 0) * (1 - share));
    return value.toString(16).padStart(2, '0');
  };
  return `#${part(1)}${part(3)}${part(5)}`;
}

/** As it stands in XML; what XML cannot hold at all is left out. */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 §2.2 leaves them out
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}
