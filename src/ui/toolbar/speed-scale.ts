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

/** How fast a run goes, and whether only samples of it are recorded. */
export interface SpeedChoice {
  readonly speed: Speed;
  readonly sampling: boolean;
}

/** The stop behind all speeds: as fast as the guest can, which recording everything would not let it. */
export const SAMPLED_STOP = SPEEDS.length;

/** Index of the stop nearest to a choice on the logarithmic scale. */
export function stopOf({ speed, sampling }: SpeedChoice): number {
  if (speed === Number.POSITIVE_INFINITY) return sampling ? SAMPLED_STOP : SPEEDS.length - 1;
  let best = 0;
  for (let i = 0; i < SPEEDS.length - 1; i++)
    if (distance(SPEEDS[i] ?? 1, speed) < distance(SPEEDS[best] ?? 1, speed)) best = i;
  return best;
}

const distance = (a: number, b: number): number => Math.abs(Math.log(a) - Math.log(Math.max(b, 1)));

/** The choice at a stop; beyond the ends, that of the last or the first one. */
export function speedAt(stop: number): SpeedChoice {
  const speed = SPEEDS[Math.min(Math.max(stop, 0), SPEEDS.length - 1)] ?? DEFAULT_SPEED;
  return { speed, sampling: stop >= SAMPLED_STOP };
}

/** The next choice up (1) or down (-1) from one; the ends stay. */
export function nextSpeed(choice: SpeedChoice, way: 1 | -1): SpeedChoice {
  return speedAt(stopOf(choice) + way);
}

/** Speed in words, short. */
export function speedText({ speed, sampling }: SpeedChoice): string {
  if (sampling) return 'full speed, sampled';
  return speed === Number.POSITIVE_INFINITY ? 'full speed' : `${speed.toLocaleString('en')}/s`;
}

/** A choice as text, to be remembered. */
export function speedKey({ speed, sampling }: SpeedChoice): string {
  return sampling ? 'sampled' : String(speed);
}

/** A remembered choice, or the default where it is not one of ours. */
export function parseSpeed(text: string | undefined): SpeedChoice {
  if (text === 'sampled') return speedAt(SAMPLED_STOP);
  const speed = text === 'Infinity' ? Number.POSITIVE_INFINITY : Number(text);
  return { speed: SPEEDS.includes(speed) ? speed : DEFAULT_SPEED, sampling: false };
}
