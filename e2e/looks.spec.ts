import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { Playground } from './playground.ts';

/** Keeps a picture of the page with the test's artefacts, for eyes. */
async function picture(page: Page, name: string): Promise<void> {
  const path = test.info().outputPath(`${name}.png`);
  await page.screenshot({ path, animations: 'disabled' });
  await test.info().attach(name, { path, contentType: 'image/png' });
}

async function noViolation(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`),
  ).toEqual([]);
}

/** Nothing of the page is out of sight at any usual size. */
async function isWhole(page: Page, name: string): Promise<void> {
  for (const [width, height] of [
    [1280, 720],
    [1440, 900],
    [1920, 1080],
  ] as const) {
    await page.setViewportSize({ width, height });
    const overflow = await page.evaluate(() => ({
      right: document.documentElement.scrollWidth - window.innerWidth,
      down: document.documentElement.scrollHeight - window.innerHeight,
    }));
    expect(overflow).toEqual({ right: 0, down: 0 });
    await picture(page, `${name}-${width}x${height}`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
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
  await expect(playground.page.locator('.ring-stage')).toHaveAttribute('data-at', String(at + 1));
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the page is accessible and whole, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    const playground = new Playground(page);
    await playground.open();
    await noViolation(page);
    await inTheMiddle(playground);
    await noViolation(page);
    await isWhole(page, colorScheme);
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await page.getByRole('tab', { name: 'Inspector' }).click();
    await noViolation(page);
    await picture(page, `${colorScheme}-inspector`);
    await page.keyboard.press('F1');
    await expect(page.getByRole('dialog')).toBeVisible();
    await noViolation(page);
    await picture(page, `${colorScheme}-help`);
  });

  test(`the workbench is accessible and whole, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const playground = new Playground(page);
    await playground.open();
    await page.keyboard.press('F4');
    await expect(page.getByRole('region', { name: 'Palette' })).toBeVisible();
    await noViolation(page);

    await test.step('a device in the inspector', async () => {
      await page.getByRole('button', { name: /^virtio-blk-pci disk0/ }).click();
      await expect(page.getByLabel('disable-legacy', { exact: true })).toBeVisible();
      await noViolation(page);
      await isWhole(page, `build-${colorScheme}`);
    });

    await test.step('where it could go', async () => {
      await page.keyboard.press('c');
      await expect(page.getByRole('dialog')).toBeVisible();
      await noViolation(page);
      await picture(page, `connect-${colorScheme}`);
      await page.keyboard.press('Escape');
    });

    await test.step('a refusal and its ways out', async () => {
      const line = page.getByRole('textbox', { name: 'QEMU command line of the machine' });
      await line.fill(`${await line.inputValue()} -device virtio-net-device`);
      await line.press('Enter');
      await expect(page.getByRole('region', { name: /^Refused/ })).toBeVisible();
      await noViolation(page);
      await picture(page, `build-refused-${colorScheme}`);
      await page.getByRole('button', { name: /^Close: leave the machine/ }).click();
      await line.press('Escape');
    });

    await test.step('the command line as text, and large type', async () => {
      await page.getByRole('button', { name: 'Edit text' }).click();
      await noViolation(page);
      await page.keyboard.press('F7');
      await noViolation(page);
      await isWhole(page, `presentation-${colorScheme}`);
      await page.keyboard.press('F7');
    });
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
  await noViolation(page);
  await picture(page, 'no-isolation');
});
