import { expect, test } from '@playwright/test';
import type { EventOf, JournalEvent } from '../src/journal/schema.ts';
import { helloImage } from '../src/lessons/hello-image.ts';
import { Playground } from './playground.ts';

const sectorText = (sector: number): string =>
  new TextDecoder()
    .decode(helloImage().slice(sector * 512, (sector + 1) * 512))
    .replace(/\0+$/, '')
    .trim();

const u16 = (bytes: number[], at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
const u32 = (bytes: number[], at: number): number =>
  (u16(bytes, at) | (u16(bytes, at + 2) << 16)) >>> 0;

const is =
  <K extends JournalEvent['kind']>(kind: K) =>
  (event: JournalEvent): event is Extract<JournalEvent, { kind: K }> =>
    event.kind === kind;

/** First and last event of one kind that `holds`, after event `from`; fails where there is none. */
function find(
  journal: readonly JournalEvent[],
  from: number,
  what: string,
  holds: (event: JournalEvent) => boolean,
): number {
  const at = journal.findIndex((event, i) => i > from && holds(event));
  expect(at, what).toBeGreaterThan(from);
  return at;
}

test('a driver reads a real disk through a real queue, and one watches', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();

  await test.step('[2.7.13] Run prints what the disk holds, in the order that the rules demand', async () => {
    await playground.fullSpeed();
    await playground.button('Run').click();
    await playground.until('ended');
    const printed = (await playground.printed()).join('\n').replace(/\s+/g, ' ');
    expect(printed).toContain(sectorText(1).replace(/\s+/g, ' '));

    const journal = await playground.journal();
    const setUp = find(
      journal,
      -1,
      'queue set up',
      (e) => e.kind === 'queueConfig' && e.enabled === 1,
    );
    const queue = journal[setUp] as EventOf<'queueConfig'>;
    const writes = (address: number) => (e: JournalEvent) =>
      e.kind === 'memWrite' && e.addr === address;
    const available = find(journal, setUp, 'avail.idx', writes(queue.driver + 2));
    const rung = find(
      journal,
      available,
      'doorbell',
      (e) => e.kind === 'notification' && e.sent === 1,
    );
    const popped = find(journal, rung, 'popped', is('chainPopped'));
    const used = find(journal, popped, 'used.idx', writes(queue.device + 2));
    const raised = find(journal, used, 'interrupt', (e) => e.kind === 'interrupt' && e.step === 0);
    expect([available, rung, popped, used, raised]).toEqual(
      [available, rung, popped, used, raised].toSorted((a, b) => a - b),
    );
    expect(journal.slice(0, available).some(is('chainPopped'))).toBe(false);
    expect(journal.slice(0, used).some((e) => e.kind === 'interrupt' && e.step === 0)).toBe(false);
  });

  await test.step('[2.7] the rings on the page are the rings in guest memory', async () => {
    const journal = await playground.journal();
    const queue = journal.findLast(is('queueConfig'));
    if (!queue) throw new Error('no queue was set up');
    const desc = await playground.ram(queue.desc, 16 * queue.size);
    const avail = await playground.ram(queue.driver, 6 + 2 * queue.size);
    const used = await playground.ram(queue.device, 6 + 8 * queue.size);

    await playground.button('Table').click();
    const tables = page.getByRole('region', { name: 'Queue as tables' }).locator('table');
    await expect(tables.first()).toBeVisible();
    const cells = async (table: number): Promise<string[][]> =>
      await Promise.all(
        (await tables.nth(table).locator('tbody tr').all()).map((row) =>
          row.locator('th, td').allInnerTexts(),
        ),
      );
    const descriptors = await cells(0);
    expect(descriptors).toHaveLength(queue.size);
    descriptors.forEach((row, i) => {
      const flags = u16(desc, i * 16 + 12);
      expect(Number(row[1]), `address of descriptor ${i}`).toBe(
        u32(desc, i * 16) + u32(desc, i * 16 + 4) * 2 ** 32,
      );
      expect(Number(row[2]), `length of descriptor ${i}`).toBe(u32(desc, i * 16 + 8));
      expect(row[3]?.includes('NEXT')).toBe((flags & 1) !== 0);
      expect(row[3]?.includes('WRITE')).toBe((flags & 2) !== 0);
      if (flags & 1) expect(Number(row[4])).toBe(u16(desc, i * 16 + 14));
    });
    const published = u16(avail, 2);
    expect(published).toBeGreaterThan(0);
    expect(u16(used, 2)).toBe(published);
    await expect(tables.nth(1).locator('caption')).toContainText(`idx ${published},`);
    await expect(tables.nth(2).locator('caption')).toContainText(`idx ${published},`);
    for (const [i, row] of (await cells(2)).entries()) {
      if (i >= published) continue;
      expect(Number(row[1]), `head in used[${i}]`).toBe(u32(used, 4 + i * 8));
      expect(Number(row[2]), `bytes in used[${i}]`).toBe(u32(used, 8 + i * 8));
    }
    await playground.button('Table').click();
  });

  await test.step('the timeline takes everything back in time', async () => {
    const slider = page.getByRole('slider', { name: 'Place in the run' });
    await slider.press('Home');
    await expect(slider).toHaveAttribute('aria-valuenow', '0');
    await expect(page.getByText('The driver has not set this queue up yet')).toBeVisible();
    await expect(page.getByText('What the script prints appears here')).toBeVisible();
    await slider.press('End');
    await slider.press('ArrowLeft');
    const { length } = await playground.glance();
    await expect.poll(async () => (await playground.glance()).cursor).toBe(length - 1);
  });

  await test.step('Reset empties the journal and keeps the machine and the script', async () => {
    const before = await playground.glance();
    await playground.button('Reset').click();
    await expect.poll(async () => (await playground.glance()).run).toBe('idle');
    const after = await playground.glance();
    expect(after.commandLine).toBe(before.commandLine);
    expect(after.length).toBeLessThan(before.length);
    expect(await playground.journal()).not.toContainEqual(
      expect.objectContaining({ kind: 'chainPopped' }),
    );
  });
});

test('Step goes one event at a time, and the line, the wire, the cell and the sentence agree', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  const current = page.locator('.story-list [aria-current="step"]');

  for (let i = 0; i < 12; i++) {
    const before = await playground.glance();
    await playground.button('Step').click();
    await expect.poll(async () => (await playground.glance()).cursor).toBe(before.cursor + 1);
    const { line } = await playground.glance();
    await expect(current).toContainText(String(before.cursor + 1));
    if (line > 0) await expect(page.locator('.code-current').first()).toBeVisible();
  }
  const there = await playground.glance();
  expect(there.run).toBe('paused');
  await playground.button('Back').click();
  await expect.poll(async () => (await playground.glance()).cursor).toBe(there.cursor - 1);

  // The same event in all five panels: the store that publishes the first chain.
  await playground.fullSpeed();
  await playground.button('Run').click();
  await playground.until('ended');
  const journal = await playground.journal();
  const queue = journal.find(is('queueConfig'));
  const published = journal.findIndex(
    (e) => e.kind === 'memWrite' && e.addr === (queue?.driver ?? 0) + 2,
  );
  await page.evaluate((at) => window.virtioPlayground!.session.seek(at), published + 1);
  await expect(current).toContainText('Available index 0 → 1');
  await expect(page.locator('.ring-index[data-hit]')).toContainText('idx 0 → 1');
  await expect(page.locator('.way')).toHaveAttribute('data-carrier', 'memory');
  await expect(page.locator('.card-ram')).toHaveAttribute('data-lit', 'end');
  await expect(page.getByRole('slider', { name: 'Place in the run' })).toHaveAttribute(
    'aria-valuenow',
    String(published + 1),
  );
  const { line } = await playground.glance();
  await expect(page.getByText(`paused · line ${line}`)).toBeVisible();

  // The next one that leaves the guest is the doorbell: another way, another hue.
  const rung = journal.findIndex((e, i) => i > published && e.kind === 'notification');
  await page.evaluate((at) => window.virtioPlayground!.session.seek(at), rung + 1);
  await expect(page.locator('.way')).toHaveAttribute('data-tone', 'notify');
  await expect(page.locator('.way')).toHaveAttribute('data-carrier', 'exit');

  await test.step('a descriptor shows its bytes, decoded', async () => {
    const entry = page.locator('.ring-cursor');
    await page.getByRole('button', { name: /^Descriptor 0: / }).focus();
    await expect(page.locator('.ring-bytes')).toContainText('IN, sector 1');
    await entry.press('ArrowDown');
    await expect(entry).toHaveAccessibleName(/^Descriptor 1: data, .* 512 bytes, WRITE NEXT/);
    await entry.press('ArrowLeft');
    await expect(entry).toHaveAccessibleName(/^Available ring, entry 1: empty/);
    await entry.press('Home');
    await expect(entry).toHaveAccessibleName(
      /^Available ring, entry 0: head 0, index 0, published, not taken/,
    );
    await entry.press(' ');
    await entry.blur();
    await expect(page.locator('.ring-bytes')).toContainText('0 mod');
    await page.locator('.ring-bytes').getByRole('button', { name: 'Close' }).click();
    await expect(page.locator('.ring-bytes')).toHaveCount(0);
  });
});
