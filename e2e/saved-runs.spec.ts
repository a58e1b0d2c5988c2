import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
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
