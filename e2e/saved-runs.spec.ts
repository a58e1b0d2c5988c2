import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';
import { Playground } from './playground.ts';

/** Opens a file by the import dialog. */
async function open({ page }: Playground, path: string): Promise<void> {
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Open or import/ }).click();
  await page.getByTestId('import-file').setInputFiles(path);
}

test('a run is saved, and opened beside another one with all its events', async ({
  page,
}, info) => {
  const playground = new Playground(page);
  await playground.open();
  await page.evaluate(() => window.virtioPlayground?.session.setSpeed(Number.POSITIVE_INFINITY));
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await playground.until('ended');
  const before = await playground.journal();

  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Share/ }).click();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save this run as a file (.virtio-run)' }).click();
  const path = info.outputPath('a.virtio-run');
  await (await saved).saveAs(path);
  await page.keyboard.press('Escape');
  expect(readFileSync(path, 'latin1')).toMatch(/^virtio-playground run 1 *\n/);

  // Another machine, on which nothing has run.
  await page.evaluate(() => window.virtioPlayground?.session.build('-M pc -m 64'));
  await expect.poll(async () => (await playground.glance()).run).toBe('idle');
  await open(playground, path);
  await expect(page.getByText(/was opened: [\d,]+ events/)).toBeVisible();
  await expect.poll(async () => (await playground.glance()).cursor).toBe(before.length);
  expect(await playground.journal()).toEqual(before);
  expect(await playground.glance()).toMatchObject({ run: 'ended', length: before.length });
  await page.evaluate(() => window.virtioPlayground?.session.seek(3));
  await expect.poll(async () => (await playground.glance()).cursor).toBe(3);
});

/** Saves the run that is shown by the dialog for sharing. */
async function save({ page }: Playground, path: string): Promise<void> {
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Share/ }).click();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save this run as a file (.virtio-run)' }).click();
  await (await saved).saveAs(path);
  await page.keyboard.press('Escape');
}

/** What the editor shows, whosever it is. */
const shownText = async (page: Page): Promise<string> =>
  (await page.locator('.monaco-editor .view-lines').first().innerText()).replaceAll('\u00a0', ' ');

const OWN = "import { log } from 'guest';\nlog('my own text');\n";

test('an opened run shows its script, goes on live, and leaves the person’s text alone', async ({
  page,
}, info) => {
  test.setTimeout(120_000);
  const playground = new Playground(page);
  await playground.open();
  await playground.fullSpeed();
  await playground.button('Run').click();
  await playground.until('ended');
  const before = await playground.journal();
  const path = info.outputPath('a.virtio-run');
  await save(playground, path);

  // Another visit: another script, another machine.
  await playground.write(OWN);
  await page.evaluate(() => window.virtioPlayground?.session.build('-M pc -m 64'));
  await expect.poll(async () => (await playground.glance()).run).toBe('idle');
  await page.locator('.monaco-editor .line-numbers', { hasText: /^2$/ }).click();
  await expect(page.locator('.code-stop')).toHaveCount(1);
  await open(playground, path);
  const bar = page.locator('.look-bar');
  await expect(bar).toContainText('This is the script of');
  await expect.poll(() => shownText(page)).toContain('queue.publish');
  await expect(page.locator('.code-stop')).toHaveCount(0);
  await expect(page.getByText(/is a recording from a file/)).toBeVisible();

  // Who types changes nothing.
  await page.locator('.monaco-editor .view-lines').first().click();
  await page.keyboard.type('x');
  expect(await shownText(page)).toContain('queue.publish');
  await page.screenshot({ path: info.outputPath('look.png'), animations: 'disabled' });

  const at = Math.floor(before.length / 2);
  await page.evaluate((to) => window.virtioPlayground?.session.seek(to), at);
  await expect.poll(async () => (await playground.glance()).cursor).toBe(at);
  await expect(page.locator('.code-current')).toHaveCount(1);
  await playground.button('Continue from here').click();
  await expect(page.locator('.notice')).toContainText('are at event');
  expect(await playground.glance()).toMatchObject({ cursor: at, run: 'paused' });
  await playground.button('Run').click();
  await playground.until('ended');
  expect(await playground.journal()).toEqual(before);

  // Its script is still what is shown; a breakpoint on it is not one on the person's own text.
  await expect(bar).toBeVisible();
  await page.locator('.monaco-editor .view-lines').click();
  await page.keyboard.press('Control+Home');
  await page.locator('.monaco-editor .line-numbers', { hasText: /^3$/ }).click();
  await expect(page.locator('.code-stop')).toHaveCount(1);
  await bar.getByRole('button', { name: 'Back to my text' }).click();
  await expect.poll(() => shownText(page)).toContain('my own text');
  expect(await playground.source()).toBe(OWN);
  const lines = () =>
    page.evaluate(() => window.virtioPlayground!.session.getState().lineBreakpoints);
  await expect.poll(lines).toEqual([2]);
  await page.locator('.monaco-editor .view-lines').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('// more');
  await expect.poll(() => playground.source()).toBe(`${OWN}// more`);

  // The recording once more: its script is taken over, and undo brings the own one back.
  await page.evaluate(() => {
    const { session } = window.virtioPlayground!;
    const { runs } = session.getState();
    session.showRun(runs.find((run) => run.opened)!.id);
  });
  await bar.getByRole('button', { name: 'Use it' }).click();
  await expect(bar).toHaveCount(0);
  await expect.poll(() => playground.source()).toContain('virtio.find');
  await page.locator('.monaco-editor .view-lines').click();
  await page.keyboard.press('Control+Z');
  await expect.poll(() => playground.source()).toBe(`${OWN}// more`);
});

test('a damaged run is refused with a reason, and changes nothing', async ({ page }, info) => {
  const playground = new Playground(page);
  await playground.open();
  const before = await playground.glance();
  const head = 'virtio-playground run 1\n';
  const path = info.outputPath('bad.virtio-run');
  const refused = async (content: Buffer, reason: RegExp) => {
    writeFileSync(path, content);
    await open(playground, path);
    await expect(page.getByRole('alert').filter({ hasText: reason })).toBeVisible();
    await page.getByRole('button', { name: 'Close the report' }).click();
  };
  await refused(Buffer.from(`${head}this is not gzip`), /a part is missing or was changed/);
  const cut = gzipSync(Buffer.alloc(1 << 16));
  expect(gunzipSync(cut).length).toBe(1 << 16);
  await refused(Buffer.concat([Buffer.from(head), cut]), /part at byte 0 is of kind 0/);
  await refused(Buffer.from(head.replace('1', '9')), /newer version/);
  expect(await playground.glance()).toEqual(before);
});
