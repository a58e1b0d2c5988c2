import { expect, test } from '@playwright/test';
import type { JournalEvent } from '../src/journal/schema.ts';
import { Playground } from './playground.ts';

/** Kinds of the table that a count of decoded events tells, each with what counts. */
const COUNTS: Readonly<Record<string, (event: JournalEvent) => boolean>> = {
  stores: (e) => (e.kind === 'memWrite' || e.kind === 'dataWrite') && e.actor === 'driver',
  'DMA writes': (e) => (e.kind === 'memWrite' || e.kind === 'dataWrite') && e.actor !== 'driver',
  'chains taken': (e) => e.kind === 'chainPopped',
  doorbells: (e) => e.kind === 'notification' && e.sent === 1,
  'interrupts, line': (e) => e.kind === 'interrupt' && e.step === 0,
  'back end requests': (e) => e.kind === 'backendRequest',
  'back end completions': (e) => e.kind === 'backendCompletion',
};

const ENDLESS = `import { virtio, VirtioBlk } from 'guest';
const disk = virtio.probe(VirtioBlk);
const { queue } = disk;
for (;;) {
  for (let sector = 1; sector <= 8; sector++) disk.startRead(sector);
  disk.submit();
  while (queue.inFlight > 0) disk.next();
}
`;

test('the table of traffic says what the journal says, at any moment', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.fullSpeed();
  await playground.button('Run').click();
  await playground.until('ended');
  await playground.button('Traffic now').click();
  const region = page.getByRole('region', { name: 'Traffic now' });
  const journal = await playground.journal();
  const rows = async (): Promise<ReadonlyMap<string, string>> =>
    new Map(
      await Promise.all(
        (await region.locator('tbody tr').all()).map(
          async (row): Promise<[string, string]> => [
            (await row.locator('th').innerText()).trim(),
            (await row.locator('td').first().innerText()).trim(),
          ],
        ),
      ),
    );
  for (const at of [journal.length, journal.length >> 1, journal.length - 7]) {
    await page.evaluate((to) => window.virtioPlayground!.session.seek(to), at);
    const stretch = journal.slice(Math.max(0, at - 1024), at);
    await expect(region.locator('caption')).toContainText(`last ${stretch.length} events`);
    const shown = await rows();
    for (const [name, counts] of Object.entries(COUNTS)) {
      const count = stretch.filter(counts).length;
      expect(shown.get(name), `${name} before event ${at}`).toBe(
        count === 0 ? undefined : String(count),
      );
    }
  }

  await test.step('the same moment shows the same again', async () => {
    const before = await rows();
    await page.evaluate(() => window.virtioPlayground!.session.seek(0));
    await expect(region).toContainText('no traffic');
    await page.evaluate((to) => window.virtioPlayground!.session.seek(to), journal.length - 7);
    await expect(region.locator('tbody tr')).toHaveCount(before.size);
    expect(await rows()).toEqual(before);
  });
});

test('a guest at full speed is shown as flow, which stops when it pauses', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.fullSpeed();
  await playground.button('Traffic now').click();
  await page.evaluate((source) => window.virtioPlayground!.session.run(source), ENDLESS);
  const region = page.getByRole('region', { name: 'Traffic now' });
  await expect(region.locator('tbody th', { hasText: 'stores' })).toBeVisible();
  await expect(region.locator('caption')).toContainText('A second');
  await expect(page.locator('.way')).toHaveCount(0);

  /** Pixels of the canvas that are not empty, and all of them as a sum. */
  const picture = () =>
    page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.flow canvas');
      const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
      let sum = 0;
      for (const [i, value] of (data ?? []).entries()) sum = (sum + value * (i % 65_521)) % 2 ** 40;
      return { inked: data?.some((value) => value > 0) ?? false, sum };
    });
  await expect.poll(async () => (await picture()).inked).toBe(true);

  await page.evaluate(() => window.virtioPlayground!.session.pause());
  await playground.until('paused');
  await expect(region.locator('caption')).toContainText('events before the cursor');
  let last = await picture();
  await expect
    .poll(
      async () => {
        const before = last;
        await page.waitForTimeout(300);
        last = await picture();
        return last.inked && last.sum === before.sum;
      },
      { message: 'nothing moves while nothing happens' },
    )
    .toBe(true);
});
