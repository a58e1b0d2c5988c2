import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { strToU8, zlibSync } from 'fflate';
import { toBase64Url } from '../src/document/share/base64url.ts';
import { EXAMPLES } from '../src/lessons/examples.ts';
import { Playground } from './playground.ts';

const RNG = '-device virtio-rng-pci,id=rng7';
const MINE = "import { log } from 'guest';\nlog('mine');\n";

/** What must not change when something bad is opened. */
const workOf = (page: Page) =>
  page.evaluate(() => {
    const { session, document } = window.virtioPlayground!;
    const { doc, past, future } = document!.state();
    const script = localStorage.getItem('virtio-playground.script');
    return { line: document!.line(), doc, past, future, script, run: session.getState().run };
  });
const lineOf = (page: Page) => page.evaluate(() => window.virtioPlayground!.document!.line());
const report = (page: Page) => page.locator('.report');

/** Adds a device behind all others, as an edit by hand. */
const add = (page: Page, argument: string) =>
  page.evaluate(async (text) => {
    const { document } = window.virtioPlayground!;
    const { doc } = document!.state();
    const key = Math.max(...doc.options.map((option) => option.key)) + 1;
    const options = [...doc.options, { key, name: 'device', argument: text }];
    return await document!.edit(`add ${text}`, { ...doc, options });
  }, argument);

/** Opens one of the dialogs, by keyboard. */
async function openDialog(page: Page, item: string) {
  await page.getByRole('button', { name: 'Share', exact: true }).press('Enter');
  await page.getByRole('menuitem', { name: item }).press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  return dialog;
}

/** Waits until the page has written what there is to write. */
async function settled(page: Page): Promise<void> {
  await page.waitForTimeout(600);
}

async function newPage(context: BrowserContext, address = '/'): Promise<Page> {
  const page = await context.newPage();
  await page.goto(address);
  await new Playground(page).ready();
  return page;
}

async function noViolation(page: Page, part: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include(part).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`),
  ).toEqual([]);
}

test('a link opens the same picture in another profile, and runs nothing', async ({
  page,
  browser,
}) => {
  const playground = new Playground(page);
  await playground.open();
  expect(await add(page, 'virtio-rng-pci,id=rng7')).toBe(true);
  await playground.write(MINE);
  await page.getByRole('button', { name: '≤ 1.2' }).click();
  const dialog = await openDialog(page, 'Share…');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Two <b>devices</b>');
  const presentation = dialog.getByRole('checkbox', { name: 'Opens in presentation mode' });
  await presentation.press('Space');
  await expect(presentation).toBeChecked();
  const link = await dialog.getByRole('textbox', { name: 'Link' }).inputValue();
  const size = `${link.length.toLocaleString('en')} characters`;
  await expect(dialog.getByTestId('link-size')).toContainText(size);

  const other = await browser.newContext();
  const there = await newPage(other, link);
  await expect(report(there)).toContainText('Opened “Two <b>devices</b>” from a link');
  await expect(report(there)).toContainText('Nothing runs until you press Run');
  const found = await workOf(there);
  expect(found.line).toBe(await lineOf(page));
  expect(found.script).toBe(MINE);
  expect(found.run).toBe('idle');
  await expect(there.locator('html')).toHaveAttribute('data-presentation');
  expect(new URL(there.url()).hash).toBe('');
  // By name: how much a card says depends on the room that each window has for it.
  const drawn = (one: Page) =>
    one
      .locator('.react-flow__node:not(.ghost)')
      .evaluateAll((nodes) => nodes.map((node) => node.getAttribute('data-id')));
  await page.keyboard.press('Escape');
  expect(await drawn(there)).toEqual(await drawn(page));

  await test.step('undo takes it back, script and all', async () => {
    await report(there).getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => lineOf(there)).not.toContain('rng7');
    await expect(there.locator('html')).not.toHaveAttribute('data-presentation');
    expect((await workOf(there)).script).toBe(EXAMPLES[0]?.source);
  });

  await test.step('over other work: that is kept, and what is opened survives a reload', async () => {
    await add(there, 'virtio-balloon-pci,id=mine');
    await there.evaluate((hash) => {
      window.location.hash = hash;
    }, new URL(link).hash);
    await expect(report(there)).toContainText('“Before opening Two <b>devices</b>”');
    await add(there, 'virtio-balloon-pci,id=later');
    await settled(there);
    await there.reload();
    await new Playground(there).ready();
    expect(await lineOf(there)).toMatch(/id=rng7 .*id=later/);
    const machines = await openDialog(there, 'My machines…');
    await machines.getByRole('button', { name: /^Open Before opening/ }).press('Enter');
    await expect(report(there)).toBeVisible();
    expect(await lineOf(there)).toMatch(/id=mine$/);
  });
  await other.close();
});

test('a bad link is told, and the work at hand is untouched', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await add(page, 'virtio-rng-pci,id=rng7');
  await playground.write(MINE);
  const before = await workOf(page);
  const pack = (value: unknown, version = 1) =>
    `#v${version}.${toBase64Url(zlibSync(strToU8(JSON.stringify(value))))}`;
  const good = pack({ commandLine: '-M q35' });
  for (const [what, hash, says] of [
    ['corrupted', `${good.slice(0, 20)}x${good.slice(21)}`, /damaged/],
    ['from the future', pack({ machine: {} }, 7), /newer version of this page \(format 7\)/],
    ['1.9 MB', `#v1.${'A'.repeat(1_900_000)}`, /too long: 1.8 MiB/],
    ['a bomb', pack({ commandLine: ' '.repeat(30_000_000) }), /unfolds to more than/],
    ['of another shape', pack({ commandLine: '-M pc', run: true }), /field “run”/],
    ['without end', pack({ commandLine: "-M 'pc" }), /./],
  ] as const)
    await test.step(what, async () => {
      await page.evaluate((next) => {
        window.location.hash = next;
      }, hash);
      await expect(report(page)).toContainText('This link cannot be opened');
      await expect(report(page).getByRole('alert')).toContainText(says);
      await expect(report(page)).toContainText('Your work is as it was');
      await expect.poll(() => new URL(page.url()).hash).toBe('');
      expect(await workOf(page)).toEqual(before);
      await page.keyboard.press('Escape');
      await expect(report(page)).toBeHidden();
    });

  await test.step('5 MB, pasted', async () => {
    const dialog = await openDialog(page, 'Open or import…');
    await dialog.getByRole('textbox').evaluate(
      (field, text) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', text);
        field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
      },
      `http://127.0.0.1/#v1.${'A'.repeat(5_000_000)}`,
    );
    await expect(dialog.getByRole('alert')).toContainText('too long to be a machine: 4.8 MiB');
    expect(await workOf(page)).toEqual(before);
    await page.keyboard.press('Escape');
  });

  await test.step('at the start, with a bad link in the address', async () => {
    await settled(page);
    await page.goto('about:blank');
    await page.goto(`/${good.slice(0, -3)}`);
    await playground.ready();
    await expect(report(page).getByRole('alert')).toContainText('damaged');
    expect((await workOf(page)).line).toBe(before.line);
    expect((await workOf(page)).script).toBe(MINE);
  });
});

test('reload finds all again, and undo goes back to the beginning', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const first = await lineOf(page);
  await playground.write(MINE);
  await page.keyboard.press('F4');
  await expect(page.getByRole('region', { name: 'Palette' })).toBeVisible();
  const folded = page.getByRole('button', { name: /^Fold .* on pci.0/ });
  await page.getByRole('button', { name: /platform devices on pci.0/ }).press('Enter');
  await expect(folded).toBeAttached();
  for (const id of ['a', 'b', 'c']) await add(page, `virtio-rng-pci,id=${id}`);
  await page.evaluate(() => window.virtioPlayground!.document!.undo());
  const rng = page.getByRole('button', { name: 'virtio-rng-pci b' });
  await rng.click();
  const canvas = page.getByRole('application', { name: 'Machine' }).or(page.locator('.react-flow'));
  await canvas.first().hover();
  await page.mouse.wheel(0, -400);
  await expect
    .poll(() => page.evaluate(() => localStorage.getItem('virtio-playground.look')))
    .toContain('zoom');
  await settled(page);
  const before = await workOf(page);
  const where = await rng.boundingBox();
  await page.reload();
  await page.waitForFunction(() => window.virtioPlayground?.document !== undefined);
  await expect(rng).toBeVisible();
  await expect(rng).toHaveAttribute('aria-pressed', 'true');
  await expect(folded).toBeAttached();
  expect(await workOf(page)).toEqual(before);
  await expect
    .poll(async () => Math.abs(((await rng.boundingBox())?.x ?? 0) - (where?.x ?? 0)))
    .toBeLessThan(3);

  await page.evaluate(() => window.virtioPlayground!.document!.redo());
  expect(await lineOf(page)).toMatch(/id=c$/);
  for (let i = 0; i < 3; i++) await page.evaluate(() => window.virtioPlayground!.document!.undo());
  expect(await lineOf(page)).toBe(first);

  await test.step('also what was done in the last moment', async () => {
    await add(page, 'virtio-rng-pci,id=last');
    await page.reload();
    await page.waitForFunction(() => window.virtioPlayground?.document !== undefined);
    await expect.poll(() => lineOf(page)).toContain('id=last');
  });
});

test('two tabs do not destroy each other’s work', async ({ context }) => {
  const one = await newPage(context);
  const two = await newPage(context);
  await add(one, 'virtio-rng-pci,id=one');
  await settled(one);
  await add(two, 'virtio-rng-pci,id=two');
  await settled(two);
  await add(one, 'virtio-balloon-pci,id=onemore');
  await settled(one);
  await two.close();
  await one.reload();
  await new Playground(one).ready();
  expect(await lineOf(one)).toContain('id=onemore');
  const dialog = await openDialog(one, 'My machines…');
  const rows = dialog.getByRole('list', { name: 'Kept machines' }).getByRole('listitem');
  await expect(rows).toHaveCount(2);
  await dialog
    .getByRole('button', { name: /^Open Autosaved/ })
    .first()
    .click();
  await expect(report(one)).toBeVisible();
  expect(await lineOf(one)).toContain('id=two');
});

test('machines are kept under names', async ({ page }) => {
  await new Playground(page).open();
  await add(page, 'virtio-rng-pci,id=rng7');
  const dialog = await openDialog(page, 'My machines…');
  const rows = dialog.getByRole('list', { name: 'Kept machines' }).getByRole('listitem');
  const field = dialog.getByRole('textbox', { name: 'Save the machine at hand as' });
  const said = dialog.getByRole('status');
  await field.fill('First');
  await page.keyboard.press('Enter');
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText('pc · virtio-blk-pci, virtio-rng-pci');

  await field.fill('First');
  await page.keyboard.press('Enter');
  await expect(said).toContainText('There is a machine “First” already');
  await dialog.getByRole('button', { name: 'Replace it' }).press('Enter');
  await expect(said).toContainText('in the place of');
  await expect(rows).toHaveCount(1);

  await dialog.getByRole('button', { name: 'Duplicate First' }).press('Enter');
  await expect(rows).toHaveCount(2);
  await dialog.getByRole('button', { name: 'Rename First (2)' }).press('Enter');
  await page.keyboard.type('Second');
  await page.keyboard.press('Enter');
  await expect(rows.filter({ hasText: 'Second' })).toHaveCount(1);
  await dialog.getByRole('button', { name: 'Delete First' }).press('Enter');
  await expect(rows).toHaveCount(1);
  await dialog.getByRole('button', { name: 'Undo' }).press('Enter');
  await expect(rows).toHaveCount(2);
  await page.keyboard.press('Escape');

  await page.evaluate(() => window.virtioPlayground!.document!.undo());
  await page.reload();
  await new Playground(page).ready();
  await openDialog(page, 'My machines…');
  await page.getByRole('button', { name: 'Open Second' }).press('Enter');
  await expect(report(page)).toContainText('Opened “Second” from your machines');
  expect(await lineOf(page)).toContain(RNG);
});

test('without a database the page says so, and works', async ({ page }) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('denied', 'SecurityError');
    };
  });
  await new Playground(page).open();
  await add(page, 'virtio-rng-pci,id=rng7');
  const dialog = await openDialog(page, 'My machines…');
  await expect(dialog.getByRole('status')).toContainText('does not let the page keep anything');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(dialog.getByRole('status')).toContainText('Save a file or a link instead');
  await page.keyboard.press('Escape');
  await settled(page);
  await page.reload();
  await new Playground(page).ready();
  expect(await lineOf(page)).toContain(RNG);
});

test('texts and files of others are imported, or said to be none', async ({ page }) => {
  await new Playground(page).open();
  const before = await workOf(page);
  const dialog = await openDialog(page, 'Open or import…');
  const field = dialog.getByRole('textbox');
  await field.fill('Dear all, please find attached');
  await page.keyboard.press('Control+Enter');
  await expect(dialog.getByRole('alert')).toContainText('Nothing was changed');
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  expect(await workOf(page)).toEqual(before);

  await field.fill(`sudo qemu-system-x86_64 -enable-kvm -cpu host -m 2G \\
    -drive file=debian.qcow2,if=virtio -nic tap,model=virtio-net-pci -display none`);
  await page.keyboard.press('Control+Enter');
  await expect(dialog).toBeHidden();
  await expect(report(page)).toContainText('What was changed so that it stands here');
  await expect(report(page).getByRole('listitem').first()).toBeVisible();
  expect(await lineOf(page)).toContain('debian.qcow2');
  await settled(page);
  await page.reload();
  await page.waitForFunction(() => window.virtioPlayground?.document !== undefined);
  await expect.poll(() => lineOf(page)).toContain('debian.qcow2');

  await test.step('a dropped file is a machine by its ending', async () => {
    const drop = (name: string, content: string) =>
      page.evaluate(
        ([called, text]) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([text], called));
          const event = { dataTransfer, bubbles: true, cancelable: true };
          document.body.dispatchEvent(new DragEvent('drop', event));
        },
        [name, content] as const,
      );
    const bundle = { format: 'virtio-playground', version: 1, commandLine: `-M q35 ${RNG}` };
    await drop('shelf.virtio.json', JSON.stringify({ ...bundle, name: 'Shelf' }));
    await expect(report(page)).toContainText('Opened “Shelf” from a file');
    expect(await lineOf(page)).toBe(`-M q35 ${RNG}`);
    const disk = '-drive if=none,id=d,file=lost.img,format=raw -device virtio-blk-pci,drive=d';
    await drop('disk.json', JSON.stringify({ ...bundle, commandLine: `-M pc ${disk}` }));
    await expect(report(page).getByRole('listitem').first()).toContainText('lost.img');
    await page.evaluate(() => window.virtioPlayground!.document!.undo());
    await drop('later.json', JSON.stringify({ ...bundle, version: 2 }));
    await expect(report(page)).toContainText('later.json cannot be opened');
    await drop('notes.txt', '\0\0');
    await expect(report(page)).toContainText('not a text');
    expect(await lineOf(page)).toBe(`-M q35 ${RNG}`);
  });
});

test('exports: file, script, pictures of the whole machine', async ({ page }) => {
  await new Playground(page).open();
  await page.evaluate(async () => {
    const { document } = window.virtioPlayground!;
    const { doc } = document!.state();
    const many = Array.from({ length: 200 }, (_, i) => ({
      key: 1000 + i,
      name: 'device',
      argument: `virtio-rng-pci,id=r${i},addr=${(5 + (i >> 3)).toString(16)}.${i & 7},multifunction=on`,
    }));
    await document!.edit('add many', { ...doc, options: [...doc.options, ...many] });
  });
  const dialog = await openDialog(page, 'Share…');
  const save = async (name: string) => {
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name }).click();
    return await readFile(await (await download).path());
  };
  const line = await lineOf(page);
  const file = JSON.parse((await save('Save as a file (.virtio.json)')).toString());
  expect(file).toMatchObject({ format: 'virtio-playground', version: 1, commandLine: line });
  const script = (await save('Save the QEMU command line as a script (.sh)')).toString();
  expect(script).toMatch(/^#!\/bin\/sh\n/);
  expect(script).toContain('exec qemu-system-x86_64');

  const svg = (await save('Save the picture as SVG')).toString();
  const parsed = await page.evaluate((text) => {
    const document = new DOMParser().parseFromString(text, 'image/svg+xml');
    const count = (selector: string) => document.querySelectorAll(selector).length;
    return { bad: count('parsererror'), paths: count('path'), foreign: count('foreignObject') };
  }, svg);
  expect(parsed).toMatchObject({ bad: 0, foreign: 0 });
  expect(parsed.paths).toBeGreaterThan(400);
  for (const id of ['disk0', 'r0', 'r199']) expect(svg).toMatch(new RegExp(`>virtio-\\S+ ${id}<`));

  const started = Date.now();
  const png = await save('Save the picture as PNG');
  expect(Date.now() - started).toBeLessThan(8_000);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.readUInt32BE(16)).toBeGreaterThan(2_000);
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`the dialogs are accessible, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await new Playground(page).open();
    for (const item of ['Share…', 'My machines…', 'Open or import…']) {
      const dialog = await openDialog(page, item);
      if (item === 'My machines…') {
        await page.keyboard.type('Kept');
        await page.keyboard.press('Enter');
        await expect(dialog.getByRole('listitem')).toHaveCount(1);
      }
      if (item === 'Open or import…') {
        await page.keyboard.type('nonsense');
        await page.keyboard.press('Control+Enter');
        await expect(dialog.getByRole('alert')).not.toBeEmpty();
      }
      await noViolation(page, '[role="dialog"]');
      const name = `${colorScheme}-${item.replace(/\W+/g, '-')}.png`;
      await page.screenshot({ path: test.info().outputPath(name), animations: 'disabled' });
      await page.keyboard.press('Escape');
      await expect(dialog).toBeHidden();
    }
    await page.evaluate(() => {
      window.location.hash = '#v1.broken';
    });
    await expect(report(page)).toBeVisible();
    await noViolation(page, '.report');
    await page.screenshot({ path: test.info().outputPath(`${colorScheme}-report.png`) });
  });
