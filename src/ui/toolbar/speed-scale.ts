import type { Speed } from '../session/session.ts';

/** Speeds that the slider stops at, events a second, about evenly spaced on a logarithmic scale. */
export const SPEEDS: readonly Speed[] = [
  1,
  2,
  3,
  5,
  8,
  12,
  25,
  50,
  100,
  200,
  500,
  1000,
  2000,
  5000,
  Number.POSITIVE_INFINITY,
];

/** Slow enough to follow by eye, fast enough to finish a request in a few seconds. */
export const DEFAULT_SPEED: Speed = 25;

/** Index of the stop nearest to `speed` on the logarithmic scale. */
export function stopOf(speed: Speed): number {
  if (speed === Number.POSITIVE_INFINITY) return SPEEDS.length - 1;
  let best = 0;
  for (let i = 0; i < SPEEDS.length - 1; i++)
    if (distance(SPEEDS[i] ?? 1, speed) < distance(SPEEDS[best] ?? 1, speed)) best = i;
  return best;
}

const distance = (a: number, b: number): number => Math.abs(Math.log(a) - Math.log(Math.max(b, 1)));

/** The next speed up (1) or down (-1) from one; the ends stay. */
export function nextSpeed(speed: Speed, way: 1 | -1): Speed {
  return SPEEDS[Math.min(Math.max(stopOf(speed) + way, 0), SPEEDS.length - 1)] ?? speed;
}

/** Speed in words, short. */
export function speedText(speed: Speed): string {
  return speed === Number.POSITIVE_INFINITY ? 'full speed' : `${speed.toLocaleString('en')}/s`;
}

/** A remembered speed, or the default where it is not one of ours. */
export function parseSpeed(text: string | undefined): Speed {
  const speed = text === 'Infinity' ? Number.POSITIVE_INFINITY : Number(text);
  return SPEEDS.includes(speed) ? speed : DEFAULT_SPEED;
}
