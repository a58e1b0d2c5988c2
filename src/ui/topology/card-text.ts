import type { BackEndFacts, BusNode, DeviceNode } from '../../protocol/topology.ts';

/** Room for the longest word for a device's status, and for the four marks before it. */
const LONGEST_STATE = '****** DEVICE_NEEDS_RESET';
/** What the card of a device says that the guest was asked to let go of. */
export const LEAVING = 'asked to leave';
/** What the card of a back end says that no device uses. */
const UNUSED = 'unused';

/** How large a picture's cards are lettered; the style sheet has the same sizes of type. All lengths in pixels. */
export interface Lettering {
  /** Size of a card's title, and width of a character of its second line and of a bus's name. */
  readonly title: number;
  readonly detail: number;
  readonly bus: number;
  readonly cardHeight: number;
  readonly busHeight: number;
  readonly widest: number;
}

/** For a reader at the screen: 13 px bold above 11 px monospaced. */
export const AT_DESK: Lettering = {
  title: 13,
  detail: 6.7,
  bus: 6.5,
  cardHeight: 46,
  busHeight: 20,
  widest: 290,
};
/** For a room with a projector: 20 px bold above 15 px monospaced. */
export const IN_ROOM: Lettering = {
  title: 20,
  detail: 9.1,
  bus: 9.1,
  cardHeight: 62,
  busHeight: 28,
  widest: 420,
};
/** Left and right of a card's text together, and of a bus's name. */
const PADDING = 28;

/** `pci.0 · PCI` */
export function busLabel(bus: BusNode): string {
  return bus.name === bus.type ? bus.name : `${bus.name} · ${bus.type}`;
}

/** Title and second line of a device's card; a virtio device's second line is the moment's status instead. */
export function deviceLines(device: DeviceNode): readonly [title: string, detail: string] {
  const title = device.id ? `${device.type} ${device.id}` : device.type;
  if (device.leaving) return [title, LEAVING];
  return [title, placeOf(device)];
}

/** Where a device sits and who made it, as `info qtree` tells: `02.0 · 1af4:1001`. */
function placeOf(device: DeviceNode): string {
  const pciId = device.facts.map((fact) => /pci id ([0-9a-f:]+)/.exec(fact)?.[1]).find(Boolean);
  return [device.address, pciId].filter(Boolean).join(' · ') || (device.ancestors[0] ?? '');
}

/** Title and second line of a back end's card. */
export function backEndLines(
  facts: BackEndFacts,
  used: boolean,
): readonly [title: string, detail: string] {
  const own = facts.id.startsWith('/');
  // An object that a device made for itself has a path for an id: its type says more.
  const title = own ? facts.type : facts.id;
  const detail = (own ? facts.id.split('/').at(-1) : facts.summary) || facts.type;
  return [title, used ? detail : `${detail} · ${UNUSED}`];
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Room for a bus's pill. */
export function busSize(bus: BusNode, type: Lettering): Size {
  return { width: textWidth(busLabel(bus), type.bus) + PADDING, height: type.busHeight };
}

/** Room for a device's card, whatever its status. */
export function deviceSize(device: DeviceNode, type: Lettering): Size {
  if (!device.virtio) return cardSize(deviceLines(device), type);
  return cardSize([deviceLines(device)[0], LONGEST_STATE], type);
}

/** Room for two lines of text. Estimated, so that layout is pure. */
export function cardSize([title, detail]: readonly [string, string], type: Lettering): Size {
  const text = Math.max(Math.ceil(boldWidth(title) * type.title), textWidth(detail, type.detail));
  const least = Math.round(type.title * 9.5);
  return {
    width: Math.min(Math.max(text, least) + PADDING, type.widest),
    height: type.cardHeight,
  };
}

/** Widths of bold type by character, and a monospaced one, and a line's height, for each pixel of the size of type. */
const NARROW = 0.43;
const WIDE = 1;
const BOLD = 0.7;
const MONO = 0.62;
const LINE = 1.15;
const FAR_PADDING = 14;

/** Width of bold text, for each pixel of its size: of the widest of the usual fonts, a little more. */
function boldWidth(text: string): number {
  let width = 0;
  for (const character of text)
    width += /[\s\-.,:/()[\]'|fijlrtI]/.test(character)
      ? NARROW
      : /[mwMW@%]/.test(character)
        ? WIDE
        : BOLD;
  return width;
}

/** Largest size of type at which lines of text fit a box: bold, or one monospaced line in a bus's pill. */
export function farType(lines: readonly string[], { width, height }: Size, mono: boolean): number {
  const written = lines.filter(Boolean);
  const longest = Math.max(
    BOLD,
    ...written.map((line) => (mono ? line.length * MONO : boldWidth(line))),
  );
  const fits = (width - FAR_PADDING) / longest;
  const high = (height - 4) / (Math.max(1, written.length) * LINE);
  return Math.floor(Math.min(fits, high) * 2) / 2;
}

function textWidth(text: string, perCharacter: number): number {
  return Math.ceil(text.length * perCharacter);
}
