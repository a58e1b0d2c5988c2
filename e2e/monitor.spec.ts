import { expect, type Page, test } from '@playwright/test';
import type { CommandLine } from '../src/headless/conformance/sessions.ts';
import { packedFolder } from '../src/testing/recorded/packed-folder.ts';
import { Playground } from './playground.ts';

const recorded = packedFolder();
const read = (path: string): string => {
  const text = recorded.read(path);
  if (text === undefined) throw new Error(`${path} is not recorded`);
  return text;
};

const ARTICLE =
  '-M pc -m 128 -blockdev driver=null-co,node-name=d0,size=16777216,read-zeroes=on ' +
  '-device virtio-scsi-pci,id=dev0 -device scsi-hd,drive=d0,bus=dev0.0,id=hd0 -nodefaults';

async function build(page: Page, line: string): Promise<void> {
  const input = page.getByRole('textbox', { name: 'QEMU command line of the machine' });
  await input.fill(line);
  await input.press('Enter');
}

async function openMonitor(page: Page) {
  await page.getByRole('tab', { name: 'Monitor' }).click();
  const monitor = page.getByRole('textbox', { name: /^Monitor\./ });
  await monitor.focus();
  return monitor;
}

const node = (page: Page, name: string | RegExp) =>
  page.locator('.topology-canvas').getByRole('button', { name });

test('the monitor says of the article’s machine what QEMU said, before and since 1.3', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await build(page, ARTICLE);
  await expect(node(page, 'scsi-hd hd0')).toBeVisible();
  const ask = (line: string) =>
    page.evaluate((text) => window.virtioPlayground!.session.monitor(text), line);
  expect(await ask('info qtree')).toBe(read('dumps/pc/virtio-scsi-pci/qtree.txt'));

  await openMonitor(page);
  await page.keyboard.type('info qt');
  await page.keyboard.press('Tab');
  await expect(page.locator('.monitor')).toContainText('info qtree');
  await page.keyboard.press('Enter');
  await expect(page.locator('.monitor')).toContainText('(qemu)');

  await test.step('QEMU 1.2 had no virtio-bus', async () => {
    await page.getByRole('button', { name: '≤ 1.2' }).click();
    await expect(node(page, 'virtio-scsi-device')).toBeHidden();
    await expect(node(page, 'virtio-scsi-pci dev0')).toBeVisible();
    await expect(node(page, 'scsi-hd hd0')).toBeVisible();
  });

  await test.step('both texts stand side by side', async () => {
    await page.getByRole('button', { name: 'Compare' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.locator('[data-side="before"]')).not.toContainText('type virtio-pci-bus');
    await expect(dialog.locator('[data-side="since"]')).toContainText('type virtio-pci-bus');
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  });

  await page.getByRole('button', { name: '≥ 1.3' }).click();
  await expect(node(page, 'virtio-scsi-device')).toBeVisible();
});

test('device_add and device_del at the monitor change the drawn tree', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await openMonitor(page);
  const type = async (line: string) => {
    await page.keyboard.type(line);
    await page.keyboard.press('Enter');
  };
  await type('device_add virtio-rng-pci,id=rng7,addr=9');
  await expect(node(page, 'virtio-rng-pci rng7')).toBeVisible();
  await type('device_add virtio-rng-pci,id=rng7');
  await expect(page.locator('.monitor')).toContainText("Error: Duplicate device ID 'rng7'");
  // On a pc the guest's firmware tables must let go of it; a reset does.
  await type('device_del rng7');
  await type('system_reset');
  await expect(node(page, 'virtio-rng-pci rng7')).toBeHidden();
  await expect(node(page, 'virtio-blk-pci disk0')).toBeVisible();
});

test('twenty wrong command lines leave the machine as it was, with QEMU’s sentence', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  const before = (await playground.glance()).commandLine;
  // Words that a shell would change, and files of the recorded host, are left out.
  const wrong = (JSON.parse(read('errors/command-lines.json')) as CommandLine[]).filter(
    ({ exit, argv }) => exit === 1 && argv.every((word) => /^[^"'\\\s#/]+$/.test(word)),
  );
  const step = Math.floor(wrong.length / 20);
  for (let i = 0; i < 20; i++) {
    const { what, argv, stderr } = wrong[i * step] as CommandLine;
    await test.step(what, async () => {
      await build(page, argv.join(' '));
      await expect.poll(async () => (await playground.glance()).refused).toBe(stderr.trimEnd());
      await expect(page.locator('.command-refused')).toContainText(
        stderr.trimEnd().split('\n').at(-1) ?? '',
      );
      expect((await playground.glance()).commandLine).toBe(before);
      await expect(node(page, 'virtio-blk-pci disk0')).toBeVisible();
    });
  }

  await test.step('a question is answered', async () => {
    await build(page, '-device virtio-rng-pci,help');
    await expect(page.getByRole('region', { name: 'QEMU’s answer' })).toContainText(
      'max-bytes=<uint64>',
    );
    await expect(page.locator('.command-refused')).toBeHidden();
    expect((await playground.glance()).commandLine).toBe(before);
  });
});
