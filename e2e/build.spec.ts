import { expect, type Locator, type Page, test } from '@playwright/test';
import { Playground } from './playground.ts';

/** `info qtree` of the page's machine. */
const qtree = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const lines = await window.virtioPlayground!.session.qtree();
    return lines.map(({ text }) => text).join('\n');
  });

const line = (page: Page): Promise<string> =>
  page.evaluate(() => window.virtioPlayground!.document.line());

/** Picks the first entry that a typed text leaves of the list that has the focus. */
async function pick(page: Page, text: string): Promise<void> {
  const field = page.locator('.pick-input:focus');
  await expect(field).toBeVisible();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(text);
  await expect(field).toHaveValue(text);
  await expect(page.locator('.pick-item[data-highlighted]')).toContainText(text);
  await page.keyboard.press('Enter');
}

/** Steps from panel to panel until the canvas has the focus. */
async function toCanvas(page: Page): Promise<void> {
  await expect(page.getByRole('region', { name: 'Palette' })).toBeVisible();
  for (let i = 0; i < 8; i++) {
    await page.keyboard.press('F6');
    const pane = await page.evaluate(
      () => document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset.pane,
    );
    if (pane === 'topology') return;
  }
  throw new Error('no panel is the canvas');
}

/** Drags one element onto another, as a hand does. */
async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  const [a, b] = [await from.boundingBox(), await to.boundingBox()];
  if (!a || !b) throw new Error('nothing to drag');
  await page.mouse.move(a.x + 30, a.y + 8);
  await page.mouse.down();
  await page.mouse.move(a.x + 60, a.y + 30, { steps: 4 });
  await page.mouse.move(b.x + b.width / 2, b.y + b.height / 2, { steps: 10 });
  await page.mouse.up();
}

test('the article’s topology, by keyboard alone, and the way back', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const before = await line(page);
  await page.keyboard.press('F4');
  await expect(page.getByRole('region', { name: 'Palette' })).toBeVisible();
  await toCanvas(page);

  await test.step('a controller, onto the bus that fits', async () => {
    await page.keyboard.press('a');
    await pick(page, 'virtio-scsi-pci');
    await pick(page, 'pci.0');
    await expect.poll(() => line(page)).toContain('-device virtio-scsi-pci');
  });

  await test.step('a disk below it; what it plainly lacks is added', async () => {
    await toCanvas(page);
    await page.keyboard.press('a');
    await pick(page, 'scsi-hd');
    await pick(page, 'scsi.0');
    await expect.poll(() => line(page)).toContain('-device scsi-hd');
  });

  await test.step('QEMU’s tree has transport, virtio-bus, device, SCSI bus and disk', async () => {
    const order = [
      'bus: pci.0',
      'dev: virtio-scsi-pci, id',
      'bus: virtio-bus',
      'type virtio-pci-bus',
      'dev: virtio-scsi-device, id',
      'bus: scsi.0',
      'type SCSI',
      'dev: scsi-hd, id',
    ];
    let text = await qtree(page);
    for (const part of order) {
      expect(text).toContain(part);
      text = text.slice(text.indexOf(part) + part.length);
    }
  });

  await test.step('everything is undone, done again, and found again after a reload', async () => {
    const built = await line(page);
    const tree = await qtree(page);
    await toCanvas(page);
    for (let i = 0; i < 2; i++) {
      await page.keyboard.press('ControlOrMeta+Z');
      await expect.poll(() => line(page)).not.toBe(built);
    }
    await expect.poll(() => line(page)).toBe(before);
    for (let i = 0; i < 2; i++) await page.keyboard.press('ControlOrMeta+Y');
    await expect.poll(() => line(page)).toBe(built);
    expect(await qtree(page)).toBe(tree);
    await page.reload();
    await page.waitForFunction(() => window.virtioPlayground?.document !== undefined);
    await expect.poll(() => line(page)).toBe(built);
    expect(await qtree(page)).toBe(tree);
  });
});

test('one virtio-blk-device: an MMIO slot, a PCI transport, a channel', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await page.keyboard.press('F4');
  const toolbarLine = page.getByRole('textbox', { name: 'QEMU command line of the machine' });
  await toolbarLine.fill(
    'qemu-system-aarch64 -M virt -cpu cortex-a57 -m 64 -drive if=none,id=d0,file=hello.img,format=raw -device virtio-blk-device,id=disk0,drive=d0,serial=abc',
  );
  await toolbarLine.press('Enter');
  const disk = page.getByRole('button', { name: /^virtio-blk-device disk0/ });
  await expect(disk).toBeVisible();

  await test.step('from slot 31 to slot 7, by Connect to…', async () => {
    await disk.click();
    await page.keyboard.press('c');
    await pick(page, 'virtio-mmio-bus.7');
    await expect.poll(() => line(page)).toContain('bus=virtio-mmio-bus.7');
    await expect(disk).toBeVisible();
  });

  await test.step('onto the PCI bus: it gets a transport of its own', async () => {
    await disk.click();
    await page.keyboard.press('c');
    await pick(page, 'pcie.0');
    await expect.poll(() => line(page)).toContain('-device virtio-blk-pci,id=disk0,');
    expect(await line(page)).toContain('serial=abc');
    expect(await line(page)).not.toContain('virtio-mmio-bus');
  });

  await test.step('onto a mainframe: QEMU says why not, and the fix is a click', async () => {
    await page.getByRole('button', { name: /^Machine type/ }).click();
    await page.getByRole('menuitem', { name: /^s390-ccw-virtio/ }).click();
    const refusal = page.getByRole('region', { name: /^Refused/ });
    // A mainframe has PCI of a kind, so QEMU may well take the disk as it is.
    await expect(refusal.or(page.getByRole('button', { name: /s390-ccw/ })).first()).toBeVisible();
    if (await refusal.isVisible())
      await refusal
        .getByRole('button', { name: /virtio-blk-ccw|virtio devices to channel/ })
        .click();
    await expect.poll(() => line(page)).toContain('s390-ccw-virtio');
    if (!(await line(page)).includes('virtio-blk-ccw')) {
      await page.getByRole('button', { name: /^virtio-blk-pci disk0/ }).click();
      await page.keyboard.press('c');
      await pick(page, 'virtual-css');
    }
    await expect.poll(() => line(page)).toContain('-device virtio-blk-ccw,id=disk0,');
    expect(await line(page)).toContain('serial=abc');
    expect(await qtree(page)).toMatch(
      /dev: virtio-blk-ccw, id "disk0"[\s\S]*type virtio-ccw-bus[\s\S]*dev: virtio-blk-device/,
    );
  });
});

test('three views of one machine: each shows what the others do, and each can be edited', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  const before = await line(page);
  await page.keyboard.press('F4');
  const rows = page.locator('.option-rows');
  const tree = page.getByRole('tree', { name: 'Lines of info qtree' });
  const disk = page.getByRole('button', { name: /^virtio-blk-pci disk0/ });

  await test.step('what is pointed at in one is lit in the others', async () => {
    await rows.getByText('virtio-blk-pci').hover();
    await expect(page.locator('.topology-canvas .pointed')).toBeVisible();
    await disk.click();
    await expect(tree.locator('[data-selected]').first()).toContainText('virtio-blk-pci');
    await tree.getByText('dev: virtio-blk-pci').hover();
    await expect(page.locator('.topology-canvas .pointed')).toBeVisible();
  });

  await test.step('the text: a device more', async () => {
    await page.getByRole('button', { name: 'Edit text' }).click();
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.type('\n-device virtio-rng-pci,id=rng0');
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(page.getByRole('button', { name: /^virtio-rng-pci rng0/ })).toBeVisible();
    await expect.poll(() => qtree(page)).toContain('dev: virtio-rng-pci, id "rng0"');
    await page.keyboard.press('Escape');
  });

  await test.step('info qtree: a property of the disk', async () => {
    await disk.click();
    const search = page.getByRole('region', { name: 'info qtree' }).getByRole('searchbox');
    await search.fill('indirect_desc');
    await tree.getByText('indirect_desc').first().dblclick();
    await tree.getByRole('switch', { name: 'indirect_desc' }).click();
    await expect.poll(() => line(page)).toContain('indirect_desc=off');
  });

  await test.step('the inspector: another, and one that QEMU does not take', async () => {
    await disk.click();
    const vectors = page.getByLabel('vectors', { exact: true }).first();
    await vectors.fill('3');
    await vectors.press('Enter');
    await expect.poll(() => line(page)).toContain('vectors=3');
    const kept = await line(page);
    await vectors.fill('99999999999');
    await vectors.press('Enter');
    await expect(page.getByRole('region', { name: /^Refused/ })).toContainText('uint32_t');
    expect(await line(page)).toBe(kept);
    await page.getByRole('button', { name: /^Close: leave the machine/ }).click();
  });

  await test.step('the canvas: a type is dragged onto a bus, a card is deleted', async () => {
    const palette = page.getByRole('region', { name: 'Palette' });
    await palette.getByRole('combobox').first().fill('virtio-balloon-pci');
    await drag(page, palette.locator('.pick-item').first(), page.getByText('pci.0 · PCI').first());
    await expect(page.getByRole('button', { name: /^virtio-balloon-pci/ })).toBeVisible();
    await page.getByRole('button', { name: /^virtio-rng-pci rng0/ }).click();
    await page.keyboard.press('Delete');
    await expect.poll(() => line(page)).not.toContain('virtio-rng-pci');
    expect(await line(page)).toContain('-device virtio-balloon-pci');
  });

  await test.step('five edits, five steps back', async () => {
    await toCanvas(page);
    for (let i = 0; i < 5; i++) {
      const now = await line(page);
      await page.keyboard.press('ControlOrMeta+Z');
      await expect.poll(() => line(page)).not.toBe(now);
    }
    await expect.poll(() => line(page)).toBe(before);
  });
});

test('a disk comes to a machine at work, with its back end, and the run goes on', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.button('Step').click();
  await playground.button('Step').click();
  await playground.until('paused');
  const { length } = await playground.glance();
  await page.keyboard.press('F4');
  await toCanvas(page);
  await page.keyboard.press('a');
  await pick(page, 'virtio-blk-pci');
  await pick(page, 'pci.0');
  const fresh = page.getByRole('button', { name: /^virtio-blk-pci blk0/ });
  await expect(fresh).toBeVisible();
  // What was made is where the next key goes.
  await expect(fresh).toBeFocused();
  const after = await playground.glance();
  expect(after.run).toBe('paused');
  expect(after.length).toBeGreaterThanOrEqual(length);
  expect(await line(page)).toContain('-blockdev driver=null-co');
  expect(await line(page)).toMatch(
    /-device virtio-blk-pci,id=blk0,drive=\w+,bus=pci\.0,addr=05\.0/,
  );

  await page.keyboard.press('Delete');
  await expect(fresh).toContainText('asked to leave');
  await playground.button('Reset').click();
  await expect(fresh).toBeHidden();
  expect(await line(page)).not.toContain('blk0');
  await page.keyboard.press('ControlOrMeta+Z');
  await expect(fresh).toBeVisible();
  await playground.button('Reset').click();
  await expect(fresh).toBeVisible();
});
