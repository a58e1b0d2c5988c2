import { describe, expect, it } from 'vitest';
import {
  DEFAULT_SPEED,
  nextSpeed,
  parseSpeed,
  SAMPLED_STOP,
  SPEEDS,
  type SpeedChoice,
  speedAt,
  speedKey,
  speedText,
  stopOf,
} from './speed-scale.ts';

const recorded = (speed: number): SpeedChoice => ({ speed, sampling: false });

describe('speed scale', () => {
  it('goes from one event a second to as fast as it goes', () => {
    expect(SPEEDS[0]).toBe(1);
    expect(SPEEDS.at(-1)).toBe(Number.POSITIVE_INFINITY);
    for (let i = 1; i < SPEEDS.length; i++)
      expect(SPEEDS[i] ?? 0).toBeGreaterThan(SPEEDS[i - 1] ?? 0);
  });

  it('takes steps that one can tell apart and not leap over', () => {
    for (let i = 1; i < SPEEDS.length - 1; i++)
      expect((SPEEDS[i] ?? 0) / (SPEEDS[i - 1] ?? 1)).toBeLessThanOrEqual(3);
  });

  it('finds every stop again, and the nearest of another speed', () => {
    SPEEDS.forEach((speed, i) => {
      expect(stopOf(recorded(speed))).toBe(i);
      expect(speedAt(i)).toEqual(recorded(speed));
    });
    expect(speedAt(SAMPLED_STOP)).toEqual({ speed: Number.POSITIVE_INFINITY, sampling: true });
    expect(stopOf(speedAt(SAMPLED_STOP))).toBe(SAMPLED_STOP);
    expect(SPEEDS[stopOf(recorded(30))]).toBe(25);
    expect(SPEEDS[stopOf(recorded(0))]).toBe(1);
  });

  it('reads back what was remembered and refuses anything else', () => {
    for (let stop = 0; stop <= SAMPLED_STOP; stop++)
      expect(parseSpeed(speedKey(speedAt(stop)))).toEqual(speedAt(stop));
    for (const text of [undefined, '', 'fast', '-1', '7e9', 'NaN'])
      expect(parseSpeed(text)).toEqual(recorded(DEFAULT_SPEED));
  });

  it('goes up and down stop by stop, and no further than its ends', () => {
    let choice = speedAt(0);
    for (let stop = 1; stop <= SAMPLED_STOP; stop++) {
      choice = nextSpeed(choice, 1);
      expect(stopOf(choice)).toBe(stop);
    }
    expect(nextSpeed(choice, 1)).toEqual(choice);
    for (let stop = 0; stop <= SAMPLED_STOP; stop++) choice = nextSpeed(choice, -1);
    expect(choice).toEqual(recorded(1));
  });

  it('says the last stops in words', () => {
    expect(speedText(recorded(2000))).toBe('2,000/s');
    expect(speedText(recorded(Number.POSITIVE_INFINITY))).toBe('full speed');
    expect(speedText(speedAt(SAMPLED_STOP))).toBe('full speed, sampled');
  });
});
