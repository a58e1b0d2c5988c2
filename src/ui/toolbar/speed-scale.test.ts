import { describe, expect, it } from 'vitest';
import { DEFAULT_SPEED, nextSpeed, parseSpeed, SPEEDS, speedText, stopOf } from './speed-scale.ts';

describe('speed scale', () => {
  it('runs from one event a second to as fast as it goes, rising all the way', () => {
    expect(SPEEDS[0]).toBe(1);
    expect(SPEEDS.at(-1)).toBe(Number.POSITIVE_INFINITY);
    for (let i = 1; i < SPEEDS.length; i++)
      expect(SPEEDS[i] ?? 0).toBeGreaterThan(SPEEDS[i - 1] ?? 0);
  });

  it('is logarithmic: no stop is more than three times the one before', () => {
    for (let i = 1; i < SPEEDS.length - 1; i++)
      expect((SPEEDS[i] ?? 0) / (SPEEDS[i - 1] ?? 1)).toBeLessThanOrEqual(3);
  });

  it('finds every stop again, and the nearest of another speed', () => {
    SPEEDS.forEach((speed, i) => {
      expect(stopOf(speed)).toBe(i);
    });
    expect(SPEEDS[stopOf(30)]).toBe(25);
    expect(SPEEDS[stopOf(0)]).toBe(1);
  });

  it('reads back what was remembered and refuses anything else', () => {
    for (const speed of SPEEDS) expect(parseSpeed(String(speed))).toBe(speed);
    for (const text of [undefined, '', 'fast', '-1', '7e99'])
      expect(parseSpeed(text)).toBe(DEFAULT_SPEED);
  });

  it('goes up and down stop by stop, and no further than its ends', () => {
    let speed = 1;
    for (const next of SPEEDS.slice(1)) {
      speed = nextSpeed(speed, 1);
      expect(speed).toBe(next);
    }
    expect(nextSpeed(speed, 1)).toBe(Number.POSITIVE_INFINITY);
    for (const _ of SPEEDS) speed = nextSpeed(speed, -1);
    expect(speed).toBe(1);
  });

  it('says the last stop in words', () => {
    expect(speedText(2000)).toBe('2,000/s');
    expect(speedText(Number.POSITIVE_INFINITY)).toBe('full speed');
  });
});
