/** Pixels for the lanes' names, and free on the right. */
export const LABEL_WIDTH = 104;
export const RIGHT_MARGIN = 14;

/** The part of the run that the strip shows, as event counts; fractions while zooming. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Fewest events that fill the strip. */
export const NEAREST = 24;

/** Everything that is held. */
export function wholeRun(first: number, length: number): Range {
  return { from: first, to: Math.max(length, first + NEAREST) };
}

/** Pixel of the boundary after event `count - 1`, which is where the cursor `count` stands. */
export function xOfEvent(count: number, range: Range, width: number): number {
  const room = Math.max(1, width - LABEL_WIDTH - RIGHT_MARGIN);
  return LABEL_WIDTH + ((count - range.from) / (range.to - range.from)) * room;
}

/** The inverse of `xOfEvent`, unrounded and unclamped. */
export function eventAtX(x: number, range: Range, width: number): number {
  const room = Math.max(1, width - LABEL_WIDTH - RIGHT_MARGIN);
  return range.from + ((x - LABEL_WIDTH) / room) * (range.to - range.from);
}

/** Moves a span as little as brings the cursor into it. */
export function follow(range: Range, cursor: number, first: number, length: number): Range {
  const size = range.to - range.from;
  const margin = size * 0.05;
  let { from } = range;
  if (cursor < from + margin) from = cursor - margin;
  if (cursor > from + size - margin) from = cursor - size + margin;
  return clamped(from, size, first, length);
}

/** The span after a turn of the wheel: up is nearer, sideways moves. `at` stays where it is. */
export function zoomed(
  range: Range,
  wheel: { readonly deltaX: number; readonly deltaY: number },
  at: number,
  first: number,
  length: number,
): Range {
  const size = range.to - range.from;
  if (Math.abs(wheel.deltaX) > Math.abs(wheel.deltaY))
    return clamped(range.from + (wheel.deltaX / 800) * size, size, first, length);
  return scaled(range, Math.exp(wheel.deltaY / 500), at, first, length);
}

/** The range after it was moved by some events. */
export function panned(range: Range, events: number, first: number, length: number): Range {
  return clamped(range.from + events, range.to - range.from, first, length);
}

/** The range made `factor` times as long, about `at`, which stays where it is. */
export function scaled(
  range: Range,
  factor: number,
  at: number,
  first: number,
  length: number,
): Range {
  const size = range.to - range.from;
  const whole = wholeRun(first, length);
  const next = Math.min(whole.to - whole.from, Math.max(NEAREST, size * factor));
  const part = Math.min(1, Math.max(0, (at - range.from) / size));
  return clamped(at - part * next, next, first, length);
}

function clamped(from: number, size: number, first: number, length: number): Range {
  const end = Math.max(length, first + NEAREST);
  const start = Math.max(first, Math.min(from, end - size));
  return { from: start, to: start + size };
}
