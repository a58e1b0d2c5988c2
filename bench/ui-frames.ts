import type { CDPSession, Page } from 'playwright';

/** Frames of one stretch of work, and what they cost the page's thread. */
export interface Frames {
  readonly perSecond: number;
  /** Milliseconds from frame to frame. */
  readonly p95: number;
  readonly longest: number;
  /** Milliseconds of the processor that the main thread takes for each frame, and how many of them were script. */
  readonly main: number;
  readonly script: number;
}

/** Counts the page's frames while `work` goes on. */
export async function framesDuring(page: Page, work: () => Promise<void>): Promise<Frames> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.evaluate(() => {
    const stamps: number[] = [];
    const bench = { stamps, on: true };
    const note = (now: number): void => {
      stamps.push(now);
      if (bench.on) requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
    Object.assign(window, { bench });
  });
  const before = await metrics(cdp);
  await work();
  const after = await metrics(cdp);
  const stamps = await page.evaluate(() => {
    const { bench } = window as unknown as { bench: { stamps: number[]; on: boolean } };
    bench.on = false;
    return bench.stamps;
  });
  await cdp.detach();
  const gaps = stamps.slice(1).map((stamp, i) => stamp - (stamps[i] ?? stamp));
  const sorted = gaps.toSorted((a, b) => a - b);
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  const cost = (name: string): number =>
    (((after.get(name) ?? 0) - (before.get(name) ?? 0)) * 1000) / Math.max(1, gaps.length);
  return {
    perSecond: (gaps.length * 1000) / total,
    p95: sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN,
    longest: sorted.at(-1) ?? Number.NaN,
    main: cost('TaskDuration'),
    script: cost('ScriptDuration'),
  };
}

async function metrics(cdp: CDPSession): Promise<ReadonlyMap<string, number>> {
  const { metrics: list } = await cdp.send('Performance.getMetrics');
  return new Map(list.map(({ name, value }) => [name, value]));
}

/** Where the pointer works: the middle of an area. */
interface Spot {
  readonly x: number;
  readonly y: number;
}

/** How long each stretch of work takes, in ms, and how often the hand reports: as a mouse does, 125 times a second. */
const STRETCH_MS = 2500;
const REPORT_MS = 8;

/** Drags from a spot in circles, as a person pans. */
export async function pan(page: Page, { x, y }: Spot, reach: number): Promise<void> {
  await page.mouse.move(x, y);
  await page.mouse.down();
  await steadily(async (part) => {
    const turn = part * 2 * Math.PI * 3;
    await page.mouse.move(x + Math.sin(turn) * reach, y + (1 - Math.cos(turn)) * reach * 0.4);
  });
  await page.mouse.up();
}

/** Turns the wheel over a spot, in and out again. */
export async function zoom(page: Page, { x, y }: Spot): Promise<void> {
  await page.mouse.move(x, y);
  await steadily(async (part) => {
    await page.mouse.wheel(0, Math.sin(part * 2 * Math.PI * 3) > 0 ? -14 : 14);
  });
}

/** Moves the pointer and does nothing else. */
export async function hover(page: Page, { x, y }: Spot): Promise<void> {
  await steadily(async (part) => {
    await page.mouse.move(x + Math.sin(part * 2 * Math.PI * 3) * 150, y);
  });
}

async function steadily(act: (part: number) => Promise<void>): Promise<void> {
  const start = performance.now();
  for (let next = start; ; next += REPORT_MS) {
    const now = performance.now();
    if (now - start >= STRETCH_MS) return;
    if (now < next) await new Promise((resolve) => setTimeout(resolve, next - now));
    await act((performance.now() - start) / STRETCH_MS);
  }
}
