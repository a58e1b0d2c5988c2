import type { Page } from 'playwright';
import { DEFAULT_COMMAND_LINE } from '../src/lessons/default-machine.ts';

/** Events of the run whose timeline is measured. */
const EVENTS = 1_000_000;

/**
 * Opens the page on a run of a million events, of which the timeline has read everything. The page runs its
 * own example; what follows is recorded as that example's requests are, one after another.
 */
export async function openMillion(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForFunction(() => window.virtioPlayground?.document);
  await page.evaluate((line) => window.virtioPlayground?.session.build(line), DEFAULT_COMMAND_LINE);
  await page.evaluate(() => window.virtioPlayground?.session.setSpeed(Number.POSITIVE_INFINITY));
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForFunction(() => window.virtioPlayground?.session.getState().run === 'ended');
  await page.evaluate(fill, EVENTS);
  await page.locator('.strip').waitFor();
  // The page learns of them with a frame, and can go there with the next.
  await page.evaluate(() => window.virtioPlayground?.session.seek(0));
  await page.waitForFunction(
    (events) => (window.virtioPlayground?.session.getState().length ?? 0) >= events,
    EVENTS,
  );
  await page.evaluate((events) => window.virtioPlayground?.session.seek(events), EVENTS);
  await page.waitForTimeout(3000);
}

/** In the page: appends requests to the journal until it has `events` events. */
function fill(events: number): void {
  const session = window.virtioPlayground?.session;
  if (!session) throw new Error('there is no session');
  const { store } = session;
  const WORDS = 12;
  const CODE = { regRead: 1, memWrite: 3, popped: 5, pushed: 6, notification: 7, interrupt: 8 };
  let devQueue = 0;
  let driver = 0;
  let index = 0;
  for (let i = 0; i < store.length; i++) {
    if (store.kindAt(i) === 'queueConfig') {
      devQueue = store.word(i, 2);
      driver = store.word(i, 6);
    }
    if (store.kindAt(i) === 'chainPopped') index = store.word(i, 3);
  }
  const record = new Uint32Array(WORDS);
  const append = (head: number, ...words: number[]): void => {
    record.fill(0);
    record[0] = head;
    record[1] = store.length + 1;
    for (const [i, word] of words.entries()) record[2 + i] = word;
    store.append(record, 0);
  };
  const device = 1 << 8;
  for (let n = 0; store.length < events; n++) {
    const together = 1 + ((n * 7) % 8);
    const next = index + together;
    append(CODE.memWrite | (2 << 12), driver + 2, 0, index & 0xffff, 0, 0, 0, next & 0xffff);
    append(CODE.notification | (n % 3 === 0 ? 0 : 1 << 16), devQueue, n % 3 === 0 ? 3 : 0);
    for (let k = 0; k < together; k++)
      append(CODE.popped | device | (k << 16), devQueue, (index + k + 1) & 0xffff, 16, 513, 3);
    for (let k = 0; k < together; k++) {
      append(CODE.memWrite | device | (4 << 12), 0x9000, 0, 0, 0, 0, 0, k);
      append(CODE.pushed | device | (k << 16), devQueue, (index + k + 1) & 0xffff, 513);
      append(CODE.interrupt | device | (k < together - 1 ? 2 << 16 : 0), devQueue, 11, 0);
    }
    append(CODE.regRead | (3 << 16) | (1 << 12), devQueue & 0xffff, 0, 0, 0, 1, 0, 0);
    append(CODE.interrupt | device | (1 << 16), (devQueue & 0xffff) | 0xffff_0000, 11, 0);
    index = next;
  }
}

/** Middle of the lanes. */
export async function middleOfLanes(page: Page): Promise<{ x: number; y: number }> {
  const box = await page.locator('.strip').boundingBox();
  if (!box) throw new Error('there is no timeline');
  return { x: box.x + box.width * 0.55, y: box.y + box.height * 0.45 };
}

/** How often the hand reports, and how long it goes on, in ms. */
const REPORT_MS = 8;
const STRETCH_MS = 2500;

/** Zooms from the whole run to a few events and out again, and pans on the way. */
export async function travel(page: Page, { x, y }: { x: number; y: number }): Promise<void> {
  await page.mouse.move(x, y);
  const start = performance.now();
  for (let now = start; now - start < STRETCH_MS; now = performance.now()) {
    const part = (now - start) / STRETCH_MS;
    const nearer = part < 0.5 ? -1 : 1;
    if (Math.floor(part * 40) % 4 === 3) await page.mouse.wheel(nearer * 40, 0);
    else await page.mouse.wheel(0, nearer * 60);
    await new Promise((resolve) => setTimeout(resolve, REPORT_MS));
  }
}
