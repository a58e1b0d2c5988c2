import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { Playground } from './playground.ts';

async function noViolation(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`),
  ).toEqual([]);
}

/** Runs the default script to its end, and looks at the moment when the device wrote the sector's bytes. */
async function inTheMiddle(playground: Playground): Promise<number> {
  await playground.fullSpeed();
  await playground.button('Run').click();
  await playground.until('ended');
  const journal = await playground.journal();
  const index = journal.findIndex(
    (event) => event.kind === 'dataWrite' && event.actor === 'device',
  );
  expect(index).toBeGreaterThan(0);
  await playground.page.evaluate((to) => window.virtioPlayground!.session.seek(to), index + 1);
  return index;
}

const card = (page: Page) => page.getByRole('region', { name: 'This byte' });
const chosen = (page: Page) => page.locator('[role="gridcell"][aria-selected="true"]');

/** Bytes in sight by address, as the page shows them. */
const shown = (page: Page): Promise<Record<string, string>> =>
  page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>('[role="gridcell"]')].map((cell) => [
        cell.dataset.addr ?? '',
        cell.textContent ?? '',
      ]),
    ),
  );

for (const colorScheme of ['light', 'dark'] as const)
  test(`memory and inspector are accessible, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    const playground = new Playground(page);
    await playground.open();
    await inTheMiddle(playground);
    await page.getByRole('tab', { name: 'Memory' }).click();
    await page.getByLabel('Follow writes').check();
    await expect(page.locator('[data-changed]').first()).toBeVisible();
    await noViolation(page);
    await page.screenshot({ path: test.info().outputPath(`memory-${colorScheme}.png`) });

    await page.getByRole('tab', { name: 'Inspector' }).click();
    await page.getByRole('button', { name: 'device_status', exact: true }).click();
    await page.getByText(/^How it got there/).click();
    await page.locator('.features summary').first().click();
    await page.getByRole('searchbox', { name: 'Search registers' }).fill('queue_');
    await noViolation(page);
    await page.screenshot({ path: test.info().outputPath(`inspector-${colorScheme}.png`) });
  });

test('memory at a moment is what the journal says, live memory is what RAM holds', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  const index = await inTheMiddle(playground);
  const event = (await playground.journal())[index];
  if (event?.kind !== 'dataWrite') throw new Error('another event than before');
  await page.getByRole('tab', { name: 'Memory' }).click();
  await page.getByLabel('Follow writes').check();
  await expect(card(page)).toContainText('owns it');
  await expect(page.locator('.memory-state')).toContainText('The past');

  await test.step('the bytes that the event wrote are marked', async () => {
    const bytes = await shown(page);
    const written = Object.entries(bytes).filter(([addr]) => Number(addr) >= event.addr);
    expect(written.length).toBeGreaterThan(32);
    const data = Object.values(event.data).slice(event.length);
    for (const [addr, text] of written.slice(0, 64))
      expect(text, addr).toBe((data[Number(addr) - event.addr] ?? 0).toString(16).padStart(2, '0'));
  });

  await test.step('one event before, they are not there yet', async () => {
    await page.getByLabel('Follow writes').uncheck();
    await page.evaluate((to) => window.virtioPlayground!.session.seek(to), index);
    await expect(page.locator('[data-changed]')).toHaveCount(0);
    expect((await shown(page))[event.addr]).toBe('00');
  });

  await test.step('at the end it is live', async () => {
    await page.evaluate(() => {
      const { session } = window.virtioPlayground!;
      session.seek(session.getState().length);
    });
    await expect(page.locator('.memory-state')).toContainText('Live');
    const bytes = Object.entries(await shown(page));
    const first = Number(bytes[0]?.[0]);
    const ram = await playground.ram(first, bytes.length);
    expect(bytes.map(([, text]) => Number.parseInt(text, 16))).toEqual(ram);
  });
});

test('memory is gone about in by key, and typed over while the machine rests', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await inTheMiddle(playground);
  await page.getByRole('tab', { name: 'Memory' }).click();
  const desc = await page.evaluate(() => {
    const { moment } = window.virtioPlayground!.session.getState();
    return [...moment.queues.values()].find(({ enabled }) => enabled)!.desc;
  });
  await page.getByLabel('Address', { exact: true }).fill(`0x${desc.toString(16)}`);
  await page.keyboard.press('Enter');
  await expect(card(page)).toContainText('desc[0].addr');
  await chosen(page).focus();

  await test.step('Enter follows an address', async () => {
    await page.keyboard.press('Enter');
    await expect(card(page)).toContainText('type');
    await playground.button('Back to the place before').click();
    await expect(card(page)).toContainText('desc[0].addr');
  });

  await test.step('arrows go from byte to byte, and digits do nothing to the past', async () => {
    await chosen(page).focus();
    for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowRight');
    await expect(card(page)).toContainText('desc[0].len');
    await expect(chosen(page)).toBeFocused();
    const before = await chosen(page).innerText();
    await page.keyboard.type('ff');
    await expect(chosen(page)).toHaveText(before);
    await expect(page.locator('.memory-state')).toContainText('cannot be changed in the past');
  });

  await test.step('at the end, digits and Enter change RAM, and the way back is offered', async () => {
    await page.evaluate(() => {
      const { session } = window.virtioPlayground!;
      session.seek(session.getState().length);
    });
    await expect(page.locator('.memory-state')).toContainText('Type hexadecimal digits');
    await chosen(page).focus();
    const before = await playground.ram(desc + 8, 2);
    await page.keyboard.type('beef');
    await page.keyboard.press('Escape');
    expect(await playground.ram(desc + 8, 2)).toEqual(before);
    await page.keyboard.type('beef');
    await page.keyboard.press('Enter');
    await expect.poll(() => playground.ram(desc + 8, 2)).toEqual([0xbe, 0xef]);
    const last = (await playground.journal()).at(-1);
    expect(last).toMatchObject({
      kind: 'memWrite',
      actor: 'user',
      addr: desc + 8,
      new: [0xbe, 0xef],
    });
    await page.getByRole('button', { name: /^Undo/ }).last().click();
    await expect.poll(() => playground.ram(desc + 8, 2)).toEqual(before);
  });
});

test('the inspector tells of a register what the journal does', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const index = await inTheMiddle(playground);
  await page.getByRole('tab', { name: 'Inspector' }).click();
  await page.getByRole('button', { name: 'device_status', exact: true }).click();
  const journal = await playground.journal();
  const accesses = journal.flatMap((event, i) =>
    (event.kind === 'regRead' || event.kind === 'regWrite') &&
    event.region === 2 &&
    event.offset === 0x14 &&
    i <= index
      ? [i + 1]
      : [],
  );
  const listed = page.locator('.history tbody tr td:first-child');
  await expect(listed).toHaveText(accesses.toReversed().slice(0, 12).map(String));
  await listed.last().getByRole('button').click();
  await expect.poll(async () => (await playground.glance()).cursor).toBe(accesses.slice(-12)[0]);
});
