import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { READ_A_SECTOR } from '../src/lessons/read-a-sector.ts';
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

/** The line of the default script that has this text, from 1. */
function lineOf(text: string): number {
  const at = READ_A_SECTOR.source.split('\n').findIndex((line) => line.includes(text));
  expect(at, text).toBeGreaterThanOrEqual(0);
  return at + 1;
}

async function stopped(page: Page) {
  return await page.evaluate(() => window.virtioPlayground!.session.getState().stopped);
}

/** Puts the editor's cursor on a line by key. */
async function caretTo(page: Page, line: number): Promise<void> {
  await page
    .locator('.monaco-editor textarea, .monaco-editor .native-edit-context')
    .first()
    .focus();
  await page.keyboard.press('Control+G');
  await page.keyboard.type(`${line}`);
  await page.keyboard.press('Enter');
  const active = page.locator('.monaco-editor .line-numbers.active-line-number');
  await expect(active).toHaveText(`${line}`);
}

test('lines, device turns, places and breakpoints, all by key', async ({ page }) => {
  test.setTimeout(180_000);
  const playground = new Playground(page);
  await playground.open();
  const { keyboard } = page;
  const at = async () => (await playground.glance()).cursor;

  await test.step('Ctrl F10 goes from line to line, Ctrl F9 back', async () => {
    await keyboard.press('Control+F10');
    await expect.poll(async () => (await playground.glance()).line).toBe(lineOf('virtio.find'));
    await expect.poll(async () => (await playground.glance()).run).toBe('paused');
    const first = await at();
    await keyboard.press('Control+F10');
    await expect.poll(async () => (await playground.glance()).line).toBe(lineOf("log('found'"));
    await expect.poll(async () => (await playground.glance()).run).toBe('paused');
    await keyboard.press('Control+F9');
    await expect.poll(at).toBe(first);
  });

  await test.step('Ctrl F8 runs to the line of the cursor, at whatever speed is set', async () => {
    await caretTo(page, lineOf('device.queue(0'));
    await keyboard.press('Control+F8');
    await expect.poll(async () => (await playground.glance()).line).toBe(lineOf('device.queue(0'));
    await expect.poll(async () => (await playground.glance()).run).toBe('paused');
    await expect(page.getByText(`Stopped at line ${lineOf('device.queue(0')}`)).toBeVisible();
  });

  await test.step('Ctrl Shift F10 steps over all that the device does', async () => {
    const before = await playground.glance();
    await keyboard.press('Control+Shift+F10');
    await expect.poll(at).toBeGreaterThan(before.cursor);
    await expect.poll(async () => (await playground.glance()).run).toBe('paused');
    const journal = await playground.journal();
    const passed = journal.slice(before.cursor, await at());
    expect(passed.filter((e) => e.kind === 'regRead' || e.kind === 'regWrite').length).toBeLessThan(
      2,
    );
    await keyboard.press('Control+Shift+F9');
    await expect.poll(at).toBeLessThanOrEqual(before.cursor);
  });

  await test.step('Shift F9 puts a breakpoint, on the next line with a statement', async () => {
    const comment = lineOf('Take it over, and agree');
    await caretTo(page, comment);
    await keyboard.press('Shift+F9');
    const lines = () =>
      page.evaluate(() => window.virtioPlayground!.session.getState().lineBreakpoints);
    await expect.poll(lines).toEqual([comment + 1]);
    await expect(page.locator('.code-stop')).toBeVisible();
    // It follows the text. A run that has begun goes on with the text that it began with.
    await keyboard.press('Shift+F8');
    await expect.poll(async () => (await playground.glance()).run).toBe('idle');
    await keyboard.press('Enter');
    await expect.poll(lines).toEqual([comment + 2]);
    await keyboard.press('Backspace');
    await expect.poll(lines).toEqual([comment + 1]);

    for (let i = 0; i < 20; i++) await keyboard.press('Alt+=');
    await keyboard.press('F8');
    await expect.poll(() => stopped(page)).toEqual({ kind: 'line', line: comment + 1 });
    expect((await playground.glance()).line).toBe(comment + 1);
    await page.reload();
    await playground.ready();
    await expect.poll(lines).toEqual([comment + 1]);
    await caretTo(page, comment + 1);
    await keyboard.press('Shift+F9');
    await expect.poll(lines).toEqual([]);
  });
});

test('a click in the gutter and breakpoints on events stop at full speed', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.fullSpeed();
  const line = lineOf("log('found'");
  const number = page.locator('.monaco-editor .line-numbers', { hasText: new RegExp(`^${line}$`) });
  await number.click();
  await expect(page.locator('.code-stop')).toBeVisible();
  await playground.button('Run').click();
  await expect.poll(() => stopped(page)).toEqual({ kind: 'line', line });
  await number.click();
  await expect(page.locator('.code-stop')).toHaveCount(0);

  await page.getByRole('button', { name: 'Breakpoints' }).click();
  await page.getByRole('button', { name: 'Stop on an event…' }).click();
  await expect(
    page.getByText('Stop when the used index of queue 0 of disk0 changes.'),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await noViolation(page);
  await picture(page, 'breakpoints');
  await page.keyboard.press('Escape');
  await playground.button('Run').click();
  await expect.poll(async () => (await stopped(page))?.kind).toBe('event');
  const reason = await stopped(page);
  const event = reason?.kind === 'event' ? reason.event : -1;
  const journal = await playground.journal();
  const queue = journal.findLast((e) => e.kind === 'queueConfig');
  expect(journal[event]).toMatchObject({ kind: 'memWrite', addr: queue!.device + 2 });
  expect((await playground.glance()).cursor).toBe(event + 1);
  const sentence = 'Stopped: the used index of queue 0 of disk0 changed, event';
  await expect(page.getByRole('status').filter({ hasText: sentence })).toContainText(
    (event + 1).toLocaleString('en'),
  );
  await picture(page, 'stopped');
});

test('an endless script is stopped, whatever it does', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.fullSpeed();
  await playground.write('while (true);\n');
  await playground.button('Run').click();
  await expect.poll(async () => (await playground.glance()).run).toBe('running');
  await page.keyboard.press('F8');
  await expect.poll(async () => (await playground.glance()).run).toBe('paused');
  await page.keyboard.press('Shift+F8');
  await expect.poll(async () => (await playground.glance()).run).toBe('idle');

  // Inside one statement nobody is asked: only the end of the thread helps.
  await playground.write("'x'.repeat(60).match(/^(x+x+)+y$/);\n");
  await page.keyboard.press('F8');
  await expect.poll(async () => (await playground.glance()).run).toBe('running');
  await page.waitForTimeout(300);
  await page.keyboard.press('Shift+F8');
  await expect.poll(async () => (await playground.glance()).run).toBe('idle');
  await expect(page.getByText('ended by force')).toBeVisible();
});

test('a past moment goes on live, as a branch that is compared with its run', async ({ page }) => {
  test.setTimeout(180_000);
  const playground = new Playground(page);
  await playground.open();
  const { keyboard } = page;
  for (let i = 0; i < 20; i++) await keyboard.press('Alt+=');
  await keyboard.press('F8');
  await playground.until('ended');
  const whole = await playground.journal();
  const slider = page.getByRole('slider', { name: 'Place in the run' });
  await slider.focus();
  for (let i = 0; i < 5; i++) await keyboard.press('PageDown');
  const { cursor: at } = await playground.glance();
  expect(at).toBeLessThan(whole.length);
  await expect(page.getByRole('button', { name: 'Continue from here' })).toBeVisible();
  await keyboard.press('Control+Shift+F8');
  await expect(page.locator('.notice')).toContainText('are at event');
  const there = await playground.glance();
  expect(there).toMatchObject({ cursor: at, run: 'paused' });
  await keyboard.press('F8');
  await playground.until('ended');
  const again = await playground.journal();
  expect(again.length).toBe(whole.length);
  expect(again.map(({ kind }) => kind)).toEqual(whole.map(({ kind }) => kind));

  await page.getByRole('button', { name: 'Runs: 2' }).focus();
  await keyboard.press('Enter');
  await noViolation(page);
  await picture(page, 'runs');
  await page.locator('.run-list').getByRole('button', { name: 'Compare' }).focus();
  await keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Run 1 and Run 2' });
  await expect(dialog).toBeVisible();
  await expect(dialog.locator('.compare-counts tbody tr').first()).toContainText(
    `${(whole.length - at).toLocaleString('en')}`,
  );
  await noViolation(page);
  await picture(page, 'compare');
  // A jump to the first run, which has no machine any more.
  await dialog.locator('.compare-stories tbody tr').first().getByRole('button').first().click();
  await expect(page.getByText('Run 1 is a recording.')).toBeVisible();
  await noViolation(page);
  await picture(page, 'recording');
  await playground.button('Back to the live machine').click();
  await expect(page.getByText('Run 1 is a recording.')).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`a violation is a diagnostic of its line, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    const playground = new Playground(page);
    await playground.open();
    await playground.fullSpeed();
    await playground.button('Scripts').click();
    await page.getByRole('menuitem', { name: /loop/i }).click();
    await playground.button('Run').click();
    await expect(page.locator('.code-message', { hasText: '⚠' }).first()).toBeVisible();
    await expect(page.getByRole('alert').filter({ hasText: 'Rule broken' })).toContainText(
      'VIRTIO 1.4 §2.7.5.2',
    );
    await expect(page.locator('.squiggly-error').first()).toBeVisible();
    await page.getByRole('button', { name: 'Breakpoints' }).click();
    await page.getByRole('button', { name: 'Stop on an event…' }).click();
    await noViolation(page);
    await picture(page, `violation-${colorScheme}`);
  });
}
