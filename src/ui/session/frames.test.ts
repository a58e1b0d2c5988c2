import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BrowserFrames } from './frames.ts';

let page: EventTarget & { visibilityState: string };
let paint: ((now: number) => void)[];
beforeEach(() => {
  vi.useFakeTimers();
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  paint = [];
  vi.stubGlobal('document', page);
  vi.stubGlobal('requestAnimationFrame', (callback: (now: number) => void) => paint.push(callback));
  vi.stubGlobal('cancelAnimationFrame', (id: number) => delete paint[id - 1]);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const show = (visibilityState: string): void => {
  page.visibilityState = visibilityState;
  page.dispatchEvent(new Event('visibilitychange'));
};

it('calls once a frame, however often it was asked', () => {
  const frames = new BrowserFrames();
  const times: number[] = [];
  frames.request((now) => times.push(now));
  frames.request((now) => times.push(now));
  for (const callback of paint.splice(0)) callback(16);
  expect(times).toEqual([16]);
});

it('goes on by a slow timer when the page is hidden, and by frames when it is back', () => {
  const frames = new BrowserFrames();
  let count = 0;
  const again = (): void => {
    count++;
    frames.request(again);
  };
  frames.request(again);
  show('hidden');
  expect(paint.filter(Boolean)).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(count).toBe(4);
  show('visible');
  vi.advanceTimersByTime(1000);
  expect(count).toBe(4);
  for (const callback of paint.splice(0)) callback?.(16);
  expect(count).toBe(5);
});

it('is silent after its end', () => {
  const frames = new BrowserFrames();
  let count = 0;
  frames.request(() => count++);
  frames.dispose();
  show('hidden');
  vi.advanceTimersByTime(1000);
  expect([count, paint.filter(Boolean).length]).toEqual([0, 0]);
});
