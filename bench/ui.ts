/**
 * Measures the page's pictures in a headless Chromium without a GPU: frames while a hand pans and zooms machines of
 * 200 and 1,000 devices, at rest and with traffic, and travels over a timeline of a million events, how long the picture takes after a paste, an
 * added device and an undo; and a queue of 4,096 entries at work, a jump in one of 32,768, saved runs that are
 * opened; and how soon the page answers while a guest runs as fast as it can and samples are recorded. `--url ADDRESS` measures a page that is served already; `--rounds N` (3); `--only ring`, `topology`,
 * `timeline`, `sampled` or `runs`.
 */
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright';
import { preview } from 'vite';
import { requireBrowser } from '../.ci/browser.mjs';
import { type Frames, framesDuring, hover, pan, zoom } from './ui-frames.ts';
import { manyDevices } from './ui-line.ts';
import { printFrames, printRing, printSampled, printTimes } from './ui-report.ts';
import { type RingFrames, ringAtWork, seekLargest } from './ui-ring.ts';
import { timeOpenRun, writeRun } from './ui-run.ts';
import { SAMPLED_LINE, type SampledRun, sampledRun } from './ui-sampled.ts';
import { middleOfLanes, openMillion, travel } from './ui-timeline.ts';
import { timeAdd, timePaste } from './ui-times.ts';

const { values: given } = parseArgs({
  options: {
    url: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
});
const ROUNDS = Math.max(1, Number(given.rounds) || 3);
const VIEW = { width: 1440, height: 900 };

/** All rounds with a guest at full speed. */
const sampled: SampledRun[] = [];

/** Best round by name: other programs on the machine can only make frames fewer. */
const frames = new Map<string, Frames>();
const times = new Map<string, number[]>();

async function measure(name: string, page: Page, work: () => Promise<void>): Promise<void> {
  const got = await framesDuring(page, work);
  console.error(`${name}: ${got.perSecond.toFixed(1)} frames/s`);
  const best = frames.get(name);
  if (!best || got.perSecond > best.perSecond) frames.set(name, got);
}

function took(name: string, ms: number): void {
  times.set(name, [...(times.get(name) ?? []), ms]);
}

async function open(browser: Browser, url: string, line?: string): Promise<Page> {
  const page = await browser.newPage({ viewport: VIEW });
  // What runs this file names functions by a helper that the page does not have.
  await page.addInitScript('globalThis.__name = (it) => it');
  if (line === undefined) {
    await page.goto('about:blank');
    return page;
  }
  await page.goto(url);
  await page.waitForFunction(
    () => window.virtioPlayground?.document?.state().doc.options.length ?? 0,
  );
  await page.getByRole('button', { name: 'Build', exact: true }).first().click();
  await page.locator('.topology-canvas').waitFor();
  await page.evaluate((it) => window.virtioPlayground?.session.build(it), line);
  await page.waitForTimeout(1200);
  return page;
}

/** A free spot of the canvas to take hold of, and its middle. */
async function holds(
  page: Page,
): Promise<{ free: { x: number; y: number }; middle: { x: number; y: number } }> {
  // A view that moves does not say what is below the pointer.
  await page.waitForFunction(() => !document.querySelector('.topology-canvas[data-moving]'));
  return await page.evaluate(() => {
    const area = document.querySelector('.react-flow')?.getBoundingClientRect();
    if (!area) throw new Error('there is no canvas');
    const middle = { x: area.left + area.width / 2, y: area.top + area.height / 2 };
    for (let x = area.left + area.width / 2; x < area.right - 20; x += 5)
      for (let y = area.top + area.height / 3; y < area.bottom - 20; y += 2)
        if (document.elementFromPoint(x, y)?.classList.contains('react-flow__pane'))
          return { free: { x, y }, middle };
    throw new Error('nothing free to take hold of');
  });
}

async function panAndZoom(name: string, page: Page): Promise<void> {
  const { free, middle } = await holds(page);
  await measure(`${name}: pan`, page, () => pan(page, free, 160));
  await page.waitForTimeout(300);
  await measure(`${name}: zoom`, page, () => zoom(page, middle));
  await page.waitForTimeout(300);
}

/** Zooms in until cards are at their full size. */
async function zoomIn(page: Page): Promise<void> {
  await page.evaluate(() => {
    const canvas = document.querySelector<HTMLElement>('.react-flow');
    canvas?.focus();
  });
  const { middle } = await holds(page);
  await page.mouse.move(middle.x, middle.y);
  for (let i = 0; i < 200; i++) {
    const scale = await page.evaluate(() => {
      const view = document.querySelector<HTMLElement>('.react-flow__viewport');
      return new DOMMatrix(view?.style.transform).a;
    });
    if (scale >= 1) break;
    await page.mouse.wheel(0, -60);
    await page.waitForTimeout(20);
  }
}

/** With the queue looked at, and without: the best round of each. */
const ring = new Map<string, RingFrames>();

async function ringRound(browser: Browser, url: string): Promise<void> {
  for (const shown of [true, false]) {
    const page = await watch(browser, url);
    const got = await ringAtWork(page, shown);
    const name = shown ? '4,096 entries, 4,500 dots/s' : 'the same run, another device looked at';
    console.error(`${name}: ${got.frames.perSecond.toFixed(1)} frames/s`);
    const best = ring.get(name);
    if (!best || got.frames.perSecond > best.frames.perSecond) ring.set(name, got);
    await page.close();
  }
  const page = await watch(browser, url);
  for (const ms of await seekLargest(page)) took('jump in a queue of 32,768 entries', ms);
  await page.close();
}

/** The page as a visitor finds it. */
async function watch(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: VIEW });
  await page.addInitScript('globalThis.__name = (it) => it');
  await page.goto(url);
  await page.getByRole('button', { name: /^virtio-blk-pci disk0/ }).waitFor();
  await page.waitForTimeout(1200);
  return page;
}

/** Whether a part is measured. */
const wanted = (part: 'ring' | 'topology' | 'timeline' | 'sampled' | 'runs'): boolean =>
  (given.only ?? part) === part;

/** Disks that are read without end: their traffic is drawn as flow. */
const READERS = `import { virtio, VirtioBlk } from 'guest';
const disks = [0, 1, 2, 3].map((nth) => virtio.probe(VirtioBlk, nth));
for (;;)
  for (const disk of disks) {
    for (let sector = 0; sector < 8; sector++) disk.startRead(sector);
    disk.submit();
    while (disk.queue.inFlight > 0) disk.next();
  }
`;

/** Pans while traffic flows, and notes what the flow costs the page's thread. */
async function panWithFlow(name: string, page: Page): Promise<void> {
  await page.evaluate((source) => {
    const session = window.virtioPlayground?.session;
    session?.setSpeed(Number.POSITIVE_INFINITY);
    session?.run(source);
  }, READERS);
  await page.waitForFunction(() => {
    const canvas = document.querySelector<HTMLElement>('.flow canvas');
    return canvas?.dataset.cost !== undefined;
  });
  await page.waitForTimeout(1500);
  const { free } = await holds(page);
  await measure(`${name}: pan with flow`, page, () => pan(page, free, 160));
  const cost = await page.evaluate(
    () => document.querySelector<HTMLElement>('.flow canvas')?.dataset.cost,
  );
  took(`flow of ${name}, a frame (median)`, Number(cost));
  await page.evaluate(() => window.virtioPlayground?.session.reset());
  await page.waitForTimeout(500);
}

async function topologyRound(browser: Browser, url: string): Promise<void> {
  const blank = await open(browser, url);
  await measure('floor: an empty page', blank, () => hover(blank, { x: 500, y: 400 }));
  await blank.close();

  const one = await open(browser, url, '-M pc -m 64 -device virtio-rng-pci,id=rng0');
  await panAndZoom('1 device', one);
  await one.close();

  const line200 = manyDevices(200);
  const some = await open(browser, url, line200);
  await panAndZoom('200 devices, whole', some);
  await panWithFlow('200 devices, whole', some);
  await zoomIn(some);
  await panAndZoom('200 devices, zoomed in', some);
  for (const [name, ms] of Object.entries(await timeAdd(some))) took(name, ms);
  took('paste of 200 devices', await timePaste(some, line200));
  await some.close();

  const many = await open(browser, url, manyDevices(1000));
  await panAndZoom('1,000 devices, whole', many);
  await zoomIn(many);
  await panAndZoom('1,000 devices, zoomed in', many);
  await panWithFlow('1,000 devices, zoomed in', many);
  await many.close();
}

async function timelineRound(browser: Browser, url: string): Promise<void> {
  const long = await open(browser, url);
  await openMillion(long, url);
  const lanes = await middleOfLanes(long);
  await measure('timeline of 1,000,000 events: zoom and pan', long, () => travel(long, lanes));
  await long.getByRole('button', { name: 'Plots', exact: true }).click();
  await measure('the same with its plots', long, () => travel(long, lanes));
  await long.close();
}

async function sampledRound(browser: Browser, url: string): Promise<void> {
  const page = await watch(browser, url);
  await page.evaluate((it) => window.virtioPlayground?.session.build(it), SAMPLED_LINE);
  const got = await sampledRun(page);
  console.error(`sampled: ${got.buffers.toFixed(0)} buffers/s`);
  sampled.push(got);
  await page.close();
}

/** Opens a saved run of a million events, as a person does. */
async function openRun(browser: Browser, url: string, path: string): Promise<void> {
  const page = await open(browser, url, '-M pc -m 64 -device virtio-rng-pci,id=rng0');
  const { shown, longest } = await timeOpenRun(page, path);
  took('a saved run of a million events, opened', shown);
  took('the longest task of the page meanwhile', longest);
  await page.close();
}

const saved = wanted('runs') ? writeRun() : undefined;
const server = given.url === undefined ? await preview({ preview: { port: 0 } }) : undefined;
const url = given.url ?? server?.resolvedUrls?.local[0] ?? '';
const browser = await chromium.launch({
  executablePath: requireBrowser(),
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
});
try {
  for (let i = 0; i < ROUNDS; i++) {
    if (saved !== undefined) await openRun(browser, url, saved);
    if (wanted('ring')) await ringRound(browser, url);
    if (wanted('topology')) await topologyRound(browser, url);
    if (wanted('timeline')) await timelineRound(browser, url);
    if (wanted('sampled')) await sampledRound(browser, url);
  }
} finally {
  await browser.close();
  await server?.close();
}
console.log(`Best of ${ROUNDS} rounds, ${VIEW.width} × ${VIEW.height}, Chromium without a GPU.`);
if (frames.size > 0) printFrames(frames);
if (ring.size > 0) printRing(ring);
if (sampled.length > 0) printSampled(sampled);
if (times.size > 0) printTimes(times);
