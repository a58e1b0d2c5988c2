/**
 * Measures the ring picture: frames of the page while a queue of 4,096 entries is at work and 4,500 dots a second
 * move, what that costs the page's thread, and how long a jump in a queue of 32,768 entries takes.
 */
import type { CDPSession, Page } from 'playwright';
import { RingRun } from './ring-run.ts';
import { type Frames, framesDuring } from './ui-frames.ts';

/** Requests a second: each is published, taken and returned, a dot each. */
const REQUESTS = 1500;
/** How long frames are counted, in ms. */
const STRETCH_MS = 3000;
/** Frames a second that the events are spread over. */
const TICKS = 60;

/** What one stretch with the ring at work shows. */
export interface RingFrames {
  readonly frames: Frames;
  /** Dots that set out, a second; and frames that the painter drew, a second. */
  readonly dots: number;
  readonly drawn: number;
  /** Milliseconds that the painter's thread draws in a frame. */
  readonly painting: number;
  /** Milliseconds of the processor that the page's thread takes a second: other programs do not count. */
  readonly processor: number;
}

interface Told {
  readonly frames: number;
  readonly dots: number;
  readonly spent: number;
}

/** Number of the first virtio device with queues. */
async function deviceOf(page: Page): Promise<number> {
  return await page.evaluate(() => {
    const topology = window.virtioPlayground?.session.getState().topology;
    const list: unknown[] = [topology];
    for (const it of list) {
      if (typeof it !== 'object' || it === null) continue;
      const node = it as { dev?: unknown; virtio?: { queues?: unknown } };
      if (typeof node.dev === 'number' && node.virtio?.queues) return node.dev;
      list.push(...Object.values(it));
    }
    throw new Error('there is no virtio device');
  });
}

/** Puts records into the page's journal, and the cursor behind them. */
async function record(page: Page, run: RingRun, from: number): Promise<void> {
  await page.evaluate(async (text) => {
    const session = window.virtioPlayground?.session;
    if (!session) throw new Error('there is no session');
    const words = new Uint32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
    for (let at = 0; at < words.length; at += 12) session.store.append(words, at);
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    // The session learns at a frame how far the journal goes.
    session.seek(session.store.length);
    await frame();
    session.seek(session.store.length);
    await frame();
  }, run.records(from));
}

/** What the painter says that it drew so far. */
async function told(page: Page): Promise<Told> {
  return await page.evaluate(() => {
    const { frames, dots, spent } =
      document.querySelector<HTMLElement>('.ring-stage')?.dataset ?? {};
    return { frames: Number(frames ?? 0), dots: Number(dots ?? 0), spent: Number(spent ?? 0) };
  });
}

/** Time of the processor that the page's thread has taken, in ms. */
async function processorTime(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
}

/**
 * A queue of 4,096 entries at work, on a page that shows its machine. `shown`: whether the queue is looked at, or
 * another part of the machine, for comparison.
 */
export async function ringAtWork(page: Page, shown: boolean): Promise<RingFrames> {
  const card = page.getByRole('button', { name: shown ? /^virtio-blk-pci disk0/ : /^PIIX3/ });
  await card.first().click();
  await page.getByRole('tab', { name: 'Story' }).click();
  const run = new RingRun(await deviceOf(page), 4096, false);
  run.offer(600);
  run.take(400);
  await record(page, run, 0);
  if (shown) await page.locator('.ring-stage[data-at]').waitFor();
  const from = run.store.length;
  const ends: number[] = [];
  const each = REQUESTS / TICKS;
  for (let tick = 0; tick < (STRETCH_MS / 1000) * TICKS * 1.2; tick++) {
    run.offer(each);
    run.take(each);
    run.give(each);
    run.records(run.store.length);
    ends.push(run.store.length);
  }
  await page.evaluate((text) => {
    const raw = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    Object.assign(window, { ringWords: new Uint32Array(raw.buffer) });
  }, run.records(from));
  await page.waitForTimeout(800);
  const before = await told(page);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const began = await processorTime(cdp);
  const frames = await framesDuring(page, () => play(page, from, ends));
  const taken = (await processorTime(cdp)) - began;
  await cdp.detach();
  await page.waitForTimeout(700);
  const after = await told(page);
  const seconds = STRETCH_MS / 1000;
  return {
    frames,
    dots: (after.dots - before.dots) / seconds,
    drawn: (after.frames - before.frames) / seconds,
    painting: (after.spent - before.spent) / Math.max(1, after.frames - before.frames),
    processor: taken / seconds,
  };
}

/** Goes through the run at its own pace, as a session does that follows a guest. */
async function play(page: Page, from: number, ends: readonly number[]): Promise<void> {
  await page.evaluate(
    async ({ from, ends, ms, ticks }) => {
      const session = window.virtioPlayground?.session;
      const words = (window as unknown as { ringWords: Uint32Array }).ringWords;
      if (!session) throw new Error('there is no session');
      const start = performance.now();
      for (let at = from; ; ) {
        const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
        if (now - start > ms) return;
        const end = ends[Math.floor(((now - start) * ticks) / 1000)] ?? at;
        for (; at < end; at++) session.store.append(words, (at - from) * 12);
        session.seek(end);
      }
    },
    { from, ends, ms: STRETCH_MS, ticks: TICKS },
  );
}

/** Milliseconds from a jump in the run of a full-sized queue to its picture, for some jumps. */
export async function seekLargest(page: Page): Promise<number[]> {
  const run = new RingRun(await deviceOf(page), 32_768, false);
  for (let i = 0; i < 12; i++) {
    run.offer(1000);
    run.take(900);
    run.give(800);
  }
  await record(page, run, 0);
  await page.locator('.ring-stage[data-at]').waitFor();
  return await page.evaluate(async (length) => {
    const session = window.virtioPlayground?.session;
    const stage = document.querySelector<HTMLElement>('.ring-stage');
    if (!session || !stage) throw new Error('there is no ring');
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const times: number[] = [];
    for (const part of [0.9, 0.2, 0.7, 0.4, 1]) {
      const to = Math.floor(length * part);
      const start = performance.now();
      session.seek(to);
      while (stage.dataset.at !== String(to)) {
        if (performance.now() - start > 10_000) throw new Error('the picture does not come');
        await frame();
      }
      times.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    return times;
  }, run.store.length);
}
