import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import type { EventOf } from '../src/journal/schema.ts';
import { EXAMPLES } from '../src/lessons/examples.ts';
import { Playground } from './playground.ts';

const source = (id: string): string => EXAMPLES.find((one) => one.id === id)?.source ?? '';

async function run(page: Page, id: string): Promise<Playground> {
  const playground = new Playground(page);
  await playground.open();
  await playground.fullSpeed();
  await page.evaluate((it) => window.virtioPlayground!.session.run(it), source(id));
  await expect
    .poll(async () => {
      const { run, cursor, length } = await playground.glance();
      return cursor === length ? run : 'behind';
    })
    .toMatch(/ended|failed/);
  return playground;
}

/** The number in a cell, which may say that it lies behind the cursor. */
const plain = (text: string): number =>
  Number(
    text
      .replace(/,\s*later$/, '')
      .replaceAll(',', '')
      .trim(),
  );

test('the timeline shows the life of every request, and goes to each step of it', async ({
  page,
}) => {
  const playground = await run(page, 'requests-in-flight');
  const journal = await playground.journal();
  const all = (kind: string) => journal.flatMap((event, i) => (event.kind === kind ? [i] : []));
  const pops = all('chainPopped');
  const strip = page.getByRole('slider', { name: 'Place in the run' });
  const card = page.getByRole('region', { name: 'Chosen request' });

  await test.step('[2.7.13] by key: from request to request, and to its steps', async () => {
    await strip.press('Home');
    await strip.press('n');
    await strip.press('n');
    const pop = pops[1] ?? 0;
    const { head } = journal[pop] as EventOf<'chainPopped'>;
    const used = journal.findIndex(
      (event, i) => i > pop && event.kind === 'chainPushed' && event.head === head,
    );
    const told = journal.findIndex((event, i) => i > used && event.kind === 'interrupt');
    await expect(card).toContainText('IN, sector 1');
    const step = async (name: string): Promise<number> =>
      plain(await card.locator('li', { hasText: name }).locator('.mono').innerText());
    expect(await step('popped')).toBe(pop);
    expect(await step('used')).toBe(used);
    expect(await step('interrupt')).toBe(told);
    for (const [key, event] of [
      ['4', used],
      ['3', pop],
      ['5', told],
    ] as const) {
      await strip.press(key);
      await expect(strip).toHaveAttribute('aria-valuenow', String(event + 1));
    }
    await card.getByRole('button', { name: /popped/ }).click();
    await expect(strip).toHaveAttribute('aria-valuenow', String(pop + 1));
    await strip.press('Escape');
    await expect(card).toBeHidden();
  });

  await test.step('by pointer: a bar is chosen, the wheel zooms, 0 shows all again', async () => {
    const whole = page.getByRole('button', { name: 'Show the whole run' });
    await expect(whole).toBeDisabled();
    const box = (await strip.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 40);
    await page.mouse.wheel(0, -400);
    await expect(whole).toBeEnabled();
    await strip.press('0');
    await expect(whole).toBeDisabled();
    await strip.press('Home');
    await strip.press('n');
    await expect(card).toBeVisible();
    await strip.press('Escape');
  });

  await test.step('in words: a row for each request, with the journal’s own numbers', async () => {
    await page.getByRole('button', { name: 'Requests', exact: true }).click();
    const rows = page.getByRole('region', { name: 'Requests' }).locator('tbody tr[aria-rowindex]');
    await expect(page.locator('.request-table-head')).toContainText(`${pops.length} requests`);
    for (const [i, row] of (await rows.all()).slice(0, 8).entries()) {
      const cells = await row.locator('th, td').allInnerTexts();
      expect(plain(cells[5] ?? '')).toBe(pops[i]);
      expect(plain(cells[9] ?? '')).toBe(plain(cells[6] ?? '') - plain(cells[3] ?? ''));
    }
    await rows.nth(2).getByRole('button').click();
    await expect(card).toBeVisible();
    await page.keyboard.press('Escape');
  });

  await test.step('as files: a trace that another program can read', async () => {
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Share…' }).click();
    const dialog = page.getByRole('dialog');
    const save = async (name: RegExp): Promise<string> => {
      const download = page.waitForEvent('download');
      await dialog.getByRole('button', { name }).click();
      return await readFile(await (await download).path(), 'utf8');
    };
    const trace = JSON.parse(await save(/Trace for Perfetto/)) as { traceEvents: { ph: string }[] };
    expect(trace.traceEvents.filter(({ ph }) => ph === 's')).toHaveLength(pops.length);
    const table = await save(/Requests as a table/);
    expect(table.trimEnd().split('\r\n')).toHaveLength(pops.length + 1);
    await expect(dialog.getByRole('button', { name: /Packets/ })).toBeDisabled();
  });
});

test('a violation is marked on the timeline, and told with its section', async ({ page }) => {
  const playground = await run(page, 'bug-descriptor-loop');
  const journal = await playground.journal();
  const violation = journal.findIndex(({ kind }) => kind === 'violation');
  const strip = page.getByRole('slider', { name: 'Place in the run' });
  await strip.press('Home');
  await strip.press('v');
  await expect(strip).toHaveAttribute('aria-valuenow', String(violation + 1));
  const at = await page.locator('.strip-handle').boundingBox();
  const box = (await strip.boundingBox())!;
  await page.mouse.move((at?.x ?? 0) - 3, box.y + 22);
  await expect(page.locator('.timeline-note')).toContainText(/2\.7\.5\.2 /);
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`the timeline is accessible with all that it has open, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await run(page, 'requests-in-flight');
    await page.getByRole('button', { name: 'Plots', exact: true }).click();
    await page.getByRole('button', { name: 'Requests', exact: true }).click();
    await page.getByRole('slider', { name: 'Place in the run' }).press('p');
    await expect(page.getByRole('region', { name: 'Chosen request' })).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`),
    ).toEqual([]);
    const path = test.info().outputPath(`timeline-${colorScheme}.png`);
    await page.screenshot({ path, animations: 'disabled' });
  });
