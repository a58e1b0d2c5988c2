/** Pixels for the lanes' names, and free on the right. */
export const LABEL_WIDTH = 84;
export const RIGHT_MARGIN = 14;

/** The stretch of the run that the strip shows, as event counts; fractions while zooming. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Fewest events that fill the strip. */
const NEAREST = 24;

/** Everything that is held. */
export function wholeRun(first: number, length: number): Span {
  return { from: first, to: Math.max(length, first + NEAREST) };
}

/** Pixel of the boundary after event `count - 1`, which is where the cursor `count` stands. */
export function xOfEvent(count: number, span: Span, width: number): number {
  const room = Math.max(1, width - LABEL_WIDTH - RIGHT_MARGIN);
  return LABEL_WIDTH + ((count - span.from) / (span.to - span.from)) * room;
}

/** The inverse of `xOfEvent`, unrounded and unclamped. */
export function eventAtX(x: number, span: Span, width: number): number {
  const room = Math.max(1, width - LABEL_WIDTH - RIGHT_MARGIN);
  return span.from + ((x - LABEL_WIDTH) / room) * (span.to - span.from);
}

/** Moves a span as little as brings the cursor into it. */
export function follow(span: Span, cursor: number, first: number, length: number): Span {
  const size = span.to - span.from;
  const margin = size * 0.05;
  let { from } = span;
  if (cursor < from + margin) from = cursor - margin;
  if (cursor > from + size - margin) from = cursor - size + margin;
  return clamped(from, size, first, length);
}

/** The span after a turn of the wheel: up is nearer, sideways moves. `at` stays where it is. */
export function zoomed(
  span: Span,
  wheel: { readonly deltaX: number; readonly deltaY: number },
  at: number,
  first: number,
  length: number,
): Span {
  const size = span.to - span.from;
  if (Math.abs(wheel.deltaX) > Math.abs(wheel.deltaY))
    return clamped(span.from + (wheel.deltaX / 800) * size, size, first, length);
  const whole = wholeRun(first, length);
  const next = Math.min(
    whole.to - whole.from,
    Math.max(NEAREST, size * Math.exp(wheel.deltaY / 500)),
  );
  const part = Math.min(1, Math.max(0, (at - span.from) / size));
  return clamped(at - part * next, next, first, length);
}

function clamped(from: number, size: number, first: number, length: number): Span {
  const end = Math.max(length, first + NEAREST);
  const start = Math.max(first, Math.min(from, end - size));
  return { from: start, to: start + size };
}
