import { expect, test } from '@playwright/test';
import { EXAMPLES } from '../src/lessons/examples.ts';
import { Playground } from './playground.ts';

test('a person’s own disk, monitor and script', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.fullSpeed();

  await test.step('a file from this computer becomes the disk', async () => {
    const disk = Buffer.alloc(64 * 512);
    disk.write('My own disk, sector one.', 512);
    await page.getByTestId('disk-file').setInputFiles({
      name: 'my disk.img',
      mimeType: 'application/octet-stream',
      buffer: disk,
    });
    await expect
      .poll(async () => (await playground.glance()).commandLine)
      .toContain("'if=none,id=d0,file=my disk.img,format=raw'");
    await playground.button('Run').click();
    await playground.until('ended');
    expect((await playground.printed()).join('\n')).toContain('My own disk, sector one.');
    expect(disk.toString('utf8', 512, 536)).toBe('My own disk, sector one.');
  });

  await test.step('what the guest wrote can be saved, and dropped', async () => {
    await playground.button('Disk').click();
    const download = page.waitForEvent('download');
    await page
      .getByRole('group', { name: /my disk/ })
      .getByText('Save as a file')
      .click();
    const saved = await (await download).createReadStream();
    const parts: Buffer[] = [];
    for await (const part of saved) parts.push(part as Buffer);
    const image = Buffer.concat(parts);
    expect(image).toHaveLength(64 * 512);
    expect(image.toString('utf8', 512, 536)).toBe('My own disk, sector one.');
    expect(image.toString('utf8', 1024, 1045)).toBe('Written by a guest dr');

    await playground.button('Disk').click();
    await page.getByRole('menuitem', { name: 'Drop the guest’s changes' }).click();
    await expect
      .poll(() =>
        page.evaluate(async () => {
          const { session } = window.virtioPlayground!;
          const content = await session.imageContent('my disk.img');
          return [...new Uint8Array(await content!.slice(1024, 1026).arrayBuffer())];
        }),
      )
      .toEqual([0, 0]);
  });

  await test.step('the monitor answers', async () => {
    await page.getByRole('tab', { name: 'Monitor' }).click();
    const terminal = page.getByRole('textbox', { name: /^Monitor\./ });
    await terminal.focus();
    await page.keyboard.type('info qtree');
    await page.keyboard.press('Enter');
    await expect(page.locator('.xterm-accessibility')).toContainText('dev: kvmvapic');
    const qtree = await page.evaluate(() => window.virtioPlayground!.session.monitor('info qtree'));
    expect(qtree).toContain('dev: virtio-blk-pci, id "disk0"');
    expect(qtree.startsWith('bus: main-system-bus\n  type System\n')).toBe(true);
    await page.getByRole('tab', { name: 'Console' }).click();
  });

  await test.step('a device shows what it is', async () => {
    await page.getByRole('button', { name: 'virtio-blk-device' }).click();
    const side = page.getByRole('region', { name: 'Story and inspector' });
    await expect(side).toContainText('VIRTIO_F_VERSION_1');
    await expect(side.getByLabel('num-queues', { exact: true })).toHaveValue('1');
    await page.getByRole('tab', { name: 'Story' }).click();
  });

  await test.step('an example comes with what it needs, and can be undone', async () => {
    const { commandLine } = await playground.glance();
    await playground.button('Scripts').click();
    await page.getByRole('menuitem', { name: /^Random bytes/ }).click();
    await expect(page.getByRole('button', { name: /^virtio-rng-pci/ })).toBeVisible();
    await playground.button('Undo').click();
    await expect.poll(() => playground.source()).toBe(EXAMPLES[0]?.source);
    await expect.poll(async () => (await playground.glance()).commandLine).toBe(commandLine);
  });

  await test.step('script and machine outlive a reload', async () => {
    const mine = "import { log } from 'guest';\nlog('still here');\n";
    await playground.write(mine);
    await page.reload();
    await playground.ready();
    expect(await playground.source()).toBe(mine);
    await expect(page.locator('.monaco-editor')).toContainText('still here');
    await expect
      .poll(async () => (await playground.glance()).commandLine)
      .toContain('file=my disk.img');
  });

  await test.step('everything is reached from the keyboard', async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 7; i++) {
      await page.keyboard.press('F6');
      seen.add(
        await page.evaluate(() => (document.activeElement as HTMLElement)?.dataset.pane ?? ''),
      );
    }
    expect([...seen].sort()).toEqual(
      ['output', 'ring', 'script', 'side', 'timeline', 'toolbar', 'topology'].sort(),
    );
    await page.keyboard.press('F8');
    await playground.until('ended');
    expect(await playground.printed()).toContain('still here');
  });
});
