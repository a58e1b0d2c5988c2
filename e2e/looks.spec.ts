import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { Playground } from './playground.ts';

/** Keeps a picture of the page with the test's artefacts, for eyes. */
async function picture(page: Page, name: string): Promise<void> {
  const path = test.info().outputPath(`${name}.png`);
  await page.screenshot({ path, animations: 'disabled' });
  await test.info().attach(name, { path, contentType: 'image/png' });
}

async function noSeriousViolation(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(
    serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`),
  ).toEqual([]);
}

/** A moment worth looking at: the device has the chain and writes its data. */
async function inTheMiddle(playground: Playground): Promise<void> {
  await playground.fullSpeed();
  await playground.button('Run').click();
  await playground.until('ended');
  const journal = await playground.journal();
  const at = journal.findIndex((event) => event.kind === 'dataWrite' && event.actor !== 'driver');
  expect(at).toBeGreaterThan(0);
  await playground.page.evaluate((to) => window.virtioPlayground!.session.seek(to), at + 1);
  await expect(playground.page.locator('.ring-desc[data-hit]')).toBeVisible();
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the page is accessible and whole, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    const playground = new Playground(page);
    await playground.open();
    await noSeriousViolation(page);
    await inTheMiddle(playground);
    await noSeriousViolation(page);
    for (const [width, height] of [
      [1280, 800],
      [1440, 900],
      [1920, 1080],
    ] as const) {
      await page.setViewportSize({ width, height });
      const overflow = await page.evaluate(() => ({
        right: document.documentElement.scrollWidth - window.innerWidth,
        down: document.documentElement.scrollHeight - window.innerHeight,
      }));
      expect(overflow).toEqual({ right: 0, down: 0 });
      await picture(page, `${colorScheme}-${width}x${height}`);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await page.getByRole('tab', { name: 'Inspector' }).click();
    await noSeriousViolation(page);
    await picture(page, `${colorScheme}-inspector`);
    await page.keyboard.press('F1');
    await expect(page.getByRole('dialog')).toBeVisible();
    await noSeriousViolation(page);
    await picture(page, `${colorScheme}-help`);
  });
}

test('without cross-origin isolation the page says why and what to do', async ({ page }) => {
  const { NO_ISOLATION_URL } = process.env;
  if (!NO_ISOLATION_URL) throw new Error('NO_ISOLATION_URL is set by playwright.config.ts');
  await page.goto(NO_ISOLATION_URL);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('not cross-origin isolated');
  await expect(page.getByText('SharedArrayBuffer')).toBeVisible();
  await expect(page.getByText('Cross-Origin-Opener-Policy: same-origin')).toBeVisible();
  await expect(page.getByText('Cross-Origin-Embedder-Policy: require-corp')).toBeVisible();
  await expect(page.getByText('npm start')).toBeVisible();
  await noSeriousViolation(page);
  await picture(page, 'no-isolation');
});
