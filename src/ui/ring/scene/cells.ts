import { hex } from '../../../base/bits.ts';
import type { PackedDescriptorView } from '../../../journal/fold/packed-view.ts';
import type {
  AvailableView,
  DescriptorView,
  TableEntry,
  UsedView,
} from '../../../journal/fold/ring-view.ts';
import { flagLetters, flagWords, markWords, packedWord } from '../entry-words.ts';
import type { Box } from './layout.ts';
import type { BoxStyle, Pen } from './pen.ts';
import type { Fault, Token } from './protocol.ts';

/** What is true of an entry beside what it holds. */
export interface Marks {
  /** The event at the cursor touched it. */
  readonly lit: boolean;
  /** Part of the chain that somebody points at. */
  readonly chain: boolean;
  /** The rule that it broke. */
  readonly fault: Fault | undefined;
  /** Too narrow for words. */
  readonly narrow: boolean;
}

const QUIET: BoxStyle = { fill: 'panel', edge: 'line' };
/** Width of a character of the cells' font, in pixels. */
const CHARACTER = 7;
const INSET = 9;

/** The style of a cell, whatever it is, with what is true of it beside. */
function styled(style: BoxStyle, { lit, chain, fault }: Marks): BoxStyle {
  if (lit) return { fill: 'current', edge: 'current-edge', width: 2.4 };
  if (fault) return { fill: 'violation-fill', edge: 'violation', width: 2 };
  return chain ? { ...style, width: 2.6 } : style;
}

/** Draws an entry of the available ring: a head. */
export function drawAvailable(pen: Pen, box: Box, it: AvailableView, size: number, marks: Marks) {
  const style: Record<AvailableView['state'], BoxStyle> = {
    empty: QUIET,
    staged: { fill: 'panel', edge: 'driver', dashed: true },
    pending: { fill: 'driver-fill', edge: 'driver' },
    seen: QUIET,
  };
  pen.box(box, styled(style[it.state], marks));
  const y = box.y + box.height / 2;
  const quiet = it.state === 'empty' || it.state === 'seen';
  const text = it.state === 'empty' ? '–' : String(it.head);
  const lap = it.index !== undefined && it.index >= size && box.width >= 84;
  const colour = quiet && !marks.lit ? 'dim' : 'ink';
  if (!lap) pen.text(text, box.x + box.width / 2, y, { colour, align: 'center' });
  else {
    pen.text(text, box.x + INSET, y, { colour });
    lapText(pen, box.x + box.width - 7, y, it.index);
  }
}

/** Draws an entry of the used ring: a head and what the device wrote. */
export function drawUsed(pen: Pen, box: Box, it: UsedView, size: number, marks: Marks) {
  const style: Record<UsedView['state'], BoxStyle> = {
    empty: QUIET,
    staged: { fill: 'panel', edge: 'device', dashed: true },
    published: { fill: 'panel', edge: 'device' },
  };
  pen.box(box, styled(style[it.state], marks));
  const y = box.y + box.height / 2;
  if (it.state === 'empty') {
    pen.text('–', box.x + box.width / 2, y, { colour: 'dim', align: 'center' });
    return;
  }
  pen.text(String(it.id), box.x + (marks.narrow ? 5 : INSET), y, { colour: 'ink' });
  const lap = it.index !== undefined && it.index >= size && box.width >= 130;
  const right = box.x + box.width - (marks.narrow ? 4 : 7);
  if (lap) lapText(pen, right, y, it.index);
  const end = lap ? right - 46 : right;
  pen.text(`${it.len}${marks.narrow ? '' : ' B'}`, end, y, { colour: 'dim', align: 'right' });
}

/** The free-running index of an entry, where that is not its slot's number any more. */
function lapText(pen: Pen, x: number, y: number, index: number | undefined): void {
  pen.text(`#${index}`, x, y, { colour: 'dim', size: 10, align: 'right' });
}

const OWNER_STYLE: Record<DescriptorView['owner'], BoxStyle> = {
  free: QUIET,
  driver: { fill: 'panel', edge: 'driver', dashed: true },
  device: { fill: 'device-fill', edge: 'device' },
};
const OWNER_TONE: Record<DescriptorView['owner'], Token> = {
  free: 'dim',
  driver: 'driver',
  device: 'device',
};

/** Draws a descriptor of a split queue: address, length, flags, and what its buffer is. */
export function drawDescriptor(
  pen: Pen,
  box: Box,
  it: DescriptorView,
  role: string | undefined,
  marks: Marks,
): void {
  pen.box(box, styled(OWNER_STYLE[it.owner], marks));
  if (it.owner === 'free' && it.addr === 0 && it.len === 0) {
    blank(pen, box);
    return;
  }
  const free = it.owner === 'free';
  const flags = marks.narrow ? flagLetters(it) : flagWords(it);
  const behind = 10 + flags.length * CHARACTER;
  const end = addressAndLength(pen, box, it, behind, marks.narrow, free && !marks.lit);
  const y = box.y + box.height / 2;
  const tone = OWNER_TONE[it.owner];
  const width = pen.text(flags, end + 10, y, { colour: tone, size: 11, weight: 600 });
  label(pen, box, end + 10 + width, free ? 'free' : role, free, marks);
}

/** Draws a descriptor of a packed queue: with its two marks, its buffer ID, and what they mean now. */
export function drawPacked(
  pen: Pen,
  box: Box,
  it: PackedDescriptorView,
  role: string | undefined,
  marks: Marks,
): void {
  const { state } = it;
  const style: BoxStyle =
    state === 'used' ? { fill: 'panel', edge: 'device' } : OWNER_STYLE[it.owner];
  pen.box(box, styled(style, marks));
  if (state === 'free' && it.addr === 0 && it.len === 0 && it.flags === 0) {
    blank(pen, box);
    return;
  }
  const y = box.y + box.height / 2;
  const stale = it.owner === 'free';
  const tone = state === 'used' ? 'device' : OWNER_TONE[it.owner];
  const bits = marks.narrow ? `${it.avail ? 1 : 0}${it.used ? 1 : 0}` : markWords(it);
  const flags = marks.narrow ? flagLetters(it) : flagWords(it);
  const idWidth = (marks.narrow ? 4 : 9) * CHARACTER;
  const behind = 22 + idWidth + (bits.length + flags.length) * CHARACTER;
  const end = addressAndLength(pen, box, it, behind, marks.narrow, stale && !marks.lit);
  let x = end + 10;
  x += pen.text(bits, x, y, { colour: tone, size: 11, weight: 600 }) + 12;
  pen.text(marks.narrow ? String(it.id) : `id ${it.id}`, x, y, { colour: 'ink' });
  x += idWidth;
  x += pen.text(flags, x, y, { colour: tone, size: 11, weight: 600 });
  const word = packedWord(it);
  label(pen, box, x, stale ? word : (role ?? word), stale, marks);
}

/** Draws an entry of an indirect table. */
export function drawTableEntry(
  pen: Pen,
  box: Box,
  it: TableEntry,
  entry: number,
  owner: DescriptorView['owner'],
  marks: Marks,
): void {
  const style = OWNER_STYLE[owner];
  pen.box(box, styled({ ...style, fill: 'panel' }, marks));
  const y = box.y + box.height / 2;
  pen.text(String(entry), box.x - 6, y, { colour: 'dim', size: 10, align: 'right' });
  const own = { ...it, indirect: false };
  const next = it.hasNext ? ` → ${it.next}` : '';
  const words = `${marks.narrow ? flagLetters(own) : flagWords(own)}${next}`;
  const behind = 10 + words.length * CHARACTER;
  const end = addressAndLength(pen, box, it, behind, marks.narrow, false);
  pen.text(words, end + 10, y, { colour: OWNER_TONE[owner], size: 11, weight: 600 });
}

function blank(pen: Pen, box: Box): void {
  pen.text('free', box.x + box.width / 2, box.y + box.height / 2, {
    colour: 'dim',
    align: 'center',
  });
}

/** Where the length ends. Of an address that leaves no room for what comes `behind`, the last digits are shown. */
function addressAndLength(
  pen: Pen,
  box: Box,
  { addr, len }: { addr: number; len: number },
  behind: number,
  narrow: boolean,
  dim: boolean,
): number {
  const y = box.y + box.height / 2;
  const whole = narrow ? hex(addr) : hex(addr, 8);
  const inset = narrow ? 5 : INSET;
  const x = box.x + inset;
  const count = Math.max(narrow ? 3 : 4, String(len).length + 1);
  const where = lastOf(whole, (box.width - 2 * inset - behind) / CHARACTER - count);
  const size = narrow ? 11 : 11.5;
  const colour = dim ? 'dim' : 'ink';
  pen.text(where, x, y, { colour, size });
  const end = x + (where.length + count) * CHARACTER;
  pen.text(String(len), end, y, { colour, size, align: 'right' });
  return end;
}

/** A text in at most so many characters: its end, which tells neighbours apart; nothing rather than a digit or two. */
function lastOf(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = Math.floor(most) - 1;
  return kept < 3 ? '' : `…${text.slice(-kept)}`;
}

/** What an entry is, at the right of its cell: the rule that it broke before all else. */
function label(
  pen: Pen,
  box: Box,
  from: number,
  text: string | undefined,
  quiet: boolean,
  { fault, lit }: Marks,
): void {
  const most = box.x + box.width - from - 18;
  const x = box.x + box.width - INSET;
  const y = box.y + box.height / 2;
  if (fault) {
    // A title that is cut off tells less than none.
    const words = `⚠ §${fault.section}${most > 190 ? ` ${fault.title}` : ''}`;
    pen.text(words, x, y, { colour: 'violation', weight: 600, size: 11, align: 'right', most });
  } else if (text && most > 24)
    pen.text(text, x, y, {
      colour: quiet && !lit ? 'dim' : 'ink',
      face: 'sans',
      align: 'right',
      most,
    });
}
