import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { Playground } from './playground.ts';

/** Counts what only a pointer does; a journey by keyboard leaves it at none. */
async function watchPointer(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const counted = window as unknown as { pointed: number };
    counted.pointed = 0;
    for (const kind of ['pointerdown', 'pointermove', 'mousedown', 'wheel', 'touchstart'])
      window.addEventListener(kind, () => counted.pointed++, { capture: true, passive: true });
  });
  return () => page.evaluate(() => (window as unknown as { pointed: number }).pointed);
}

/** What has the focus: where it is, its name, and whether one sees that it has it. */
function focused(page: Page): Promise<{ pane: string; name: string; seen: boolean }> {
  return page.evaluate(() => {
    const it = document.activeElement as HTMLElement;
    const style = getComputedStyle(it);
    const outlined = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0;
    // An editor has its own cursor; what shows the focus of a canvas or a list is a part of it.
    const own = it.closest('.monaco-editor, .xterm, .react-flow, [role=menu], .qtree-scroll');
    const within = it.matches(':focus-visible') && style.boxShadow !== 'none';
    return {
      pane:
        it.closest<HTMLElement>('[data-pane]')?.dataset.pane ?? it.closest('[role]')?.role ?? '',
      name: it.ariaLabel ?? it.textContent?.trim().slice(0, 60) ?? '',
      seen: it !== document.body && (outlined || within || own !== null),
    };
  });
}

class Keyboard {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Goes to a panel by F6, round and round. */
  async pane(name: string): Promise<void> {
    for (let i = 0; i < 12; i++) {
      await this.press('F6');
      const at = await focused(this.page);
      expect(at, 'F6 shows where it is').toMatchObject({ seen: true });
      if (at.pane === name) return;
    }
    throw new Error(`F6 does not reach ${name}`);
  }

  /** Goes on by Tab until something has the focus; all on the way shows that it has it. */
  async to(wanted: Locator, most = 60): Promise<void> {
    await expect(wanted.first()).toBeAttached();
    const passed: string[] = [];
    for (let i = 0; i < most; i++) {
      const here = await wanted
        .first()
        .evaluate((it) => it === document.activeElement, undefined, { timeout: 5000 });
      if (here) return;
      await this.press('Tab');
      const at = await focused(this.page);
      passed.push(`${at.pane}: ${at.name}`);
      expect(at.seen, `focus can be seen: ${passed.at(-1)}`).toBe(true);
    }
    throw new Error(`Tab does not reach it:\n${passed.join('\n')}`);
  }

  /** Whether the focus is somewhere that a person can go on from. */
  async keepsPlace(): Promise<void> {
    await expect.poll(async () => (await focused(this.page)).seen).toBe(true);
  }
}

/** Nothing stands in anybody's way, in either look. Where a state has a test of its own, that one looks. */
async function noViolation(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await noViolationNow(page);
  }
}

async function noViolationNow(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  // An open menu stands above the page, in no landmark: its button names it.
  const isMenu = (id: string, html: string): boolean => id === 'region' && /role="menu"/.test(html);
  expect(
    violations.flatMap(({ id, nodes }) =>
      nodes.flatMap(({ html }) => (isMenu(id, html) ? [] : [`${id}: ${html}`])),
    ),
  ).toEqual([]);
}

test('the whole page by keyboard alone', async ({ page }) => {
  test.setTimeout(300_000);
  const pointed = await watchPointer(page);
  const playground = new Playground(page);
  const keys = new Keyboard(page);
  const button = (name: string | RegExp) => playground.button(name);
  const cursor = async () => (await playground.glance()).cursor;
  const strip = page.getByRole('slider', { name: 'Place in the run' });
  await playground.open();

  await test.step('a machine with two queues, by its command line', async () => {
    await keys.pane('toolbar');
    const line = page.getByRole('textbox', { name: 'QEMU command line of the machine' });
    await keys.to(line);
    await keys.press('End');
    await page.keyboard.type(',num-queues=2');
    await keys.press('Enter');
    await expect
      .poll(async () => (await playground.glance()).commandLine)
      .toContain('num-queues=2');
    await keys.keepsPlace();
  });

  await test.step('an example', async () => {
    await keys.pane('toolbar');
    await keys.to(button('Scripts'));
    await keys.press('Enter');
    const item = page.getByRole('menuitem', { name: /^Many requests/ });
    await expect(item).toBeVisible();
    for (let i = 0; i < 20; i++) {
      if ((await item.getAttribute('data-highlighted')) !== null) break;
      await keys.press('ArrowDown');
    }
    await noViolation(page);
    await keys.press('Enter');
    await expect.poll(() => playground.source()).toContain('disk.startRead');
    await expect(page.locator('.notice')).toContainText('is in the editor');
    await keys.keepsPlace();
  });

  await test.step('run, pause, step by event, line and turn', async () => {
    await keys.press('F8');
    await expect.poll(cursor).toBeGreaterThan(20);
    await keys.press('F8');
    await expect.poll(async () => (await playground.glance()).run).toBe('paused');
    let before = await cursor();
    await keys.press('F10');
    await expect.poll(cursor).toBe(before + 1);
    await keys.press('F9');
    await expect.poll(cursor).toBe(before);
    await keys.press('F10');
    await expect.poll(cursor).toBe(before + 1);
    const { line } = await playground.glance();
    await keys.press('Control+F10');
    await expect.poll(async () => (await playground.glance()).line).not.toBe(line);
    before = await cursor();
    await keys.press('Control+Shift+F10');
    await expect.poll(cursor).toBeGreaterThan(before);
    for (let i = 0; i < 24; i++) await keys.press('Alt+=');
    await keys.press('F8');
    await playground.until('ended');
    await keys.keepsPlace();
  });

  await test.step('seek, zoom, and open a request in the timeline', async () => {
    await keys.pane('timeline');
    await keys.to(strip);
    await keys.press('Home');
    await expect.poll(cursor).toBe(0);
    await keys.press('PageUp', 'ArrowRight');
    await expect.poll(cursor).toBeGreaterThan(1);
    await keys.press('n', 'n', 'n');
    const card = page.getByRole('region', { name: 'Chosen request' });
    await expect(card).toBeVisible();
    await keys.press('4');
    const used = await card.locator('li', { hasText: 'used' }).locator('.mono').innerText();
    await expect(strip).toHaveAttribute('aria-valuenow', String(Number(used.replace(',', '')) + 1));
    await keys.press('Escape');
    await expect(card).toBeHidden();
    await keys.press('+', '+', '0');
    await keys.to(button('Plots'), 4).catch(async () => {
      await keys.pane('timeline');
      await keys.to(button('Plots'));
    });
    await keys.press('Enter');
    await expect(button('Plots')).toHaveAttribute('aria-pressed', 'true');
    await keys.to(button('Requests'));
    await keys.press('Enter');
    const row = page.getByRole('region', { name: 'Requests' }).getByRole('button').nth(3);
    await keys.to(row);
    await keys.press('Enter');
    await expect(card).toBeVisible();
    await keys.press('Escape');
    await keys.pane('timeline');
    await keys.to(button('Plots'));
    await keys.press('Enter');
    await keys.to(button('Requests'));
    await keys.press('Enter');
    await keys.keepsPlace();
  });

  await test.step('another queue in the ring, and the entries of this one', async () => {
    await keys.pane('ring');
    const chooser = page.getByRole('combobox', { name: 'Queue', exact: true });
    await keys.to(chooser);
    await keys.press('ArrowDown');
    await expect(page.getByRole('heading', { name: 'Queue 1 of disk0' })).toBeVisible();
    await keys.press('ArrowUp');
    await expect(page.getByRole('heading', { name: 'Queue 0 of disk0' })).toBeVisible();
    const entry = page.locator('.ring-cursor');
    await keys.to(entry);
    const first = await entry.getAttribute('aria-label');
    await keys.press('ArrowDown');
    await expect(entry).not.toHaveAttribute('aria-label', first ?? '');
    await expect(entry).toBeFocused();
    await keys.press('ArrowRight', 'ArrowDown', 'End', 'Home');
    await expect(entry).toBeFocused();
    for (const look of ['Overview', 'Lens', 'Table']) {
      await keys.pane('ring');
      await keys.to(button(look));
      await keys.press('Enter');
      await expect(button(look)).toHaveAttribute('aria-pressed', 'true');
      if (look === 'Lens') await noViolation(page);
      await keys.press('Enter');
    }
  });

  await test.step('Why?, the inspector and memory, where a byte is changed', async () => {
    const tab = (name: string | RegExp) => page.getByRole('tab', { name });
    await keys.pane('side');
    await keys.to(tab('Story'));
    await keys.press('ArrowRight', 'Enter');
    await expect(page.getByRole('list', { name: 'From driver to interrupt' })).toBeVisible();
    await keys.keepsPlace();
    await keys.press('ArrowRight', 'Enter');
    await expect(tab('Inspector')).toHaveAttribute('aria-selected', 'true');
    await expect(page.getByRole('searchbox', { name: 'Search registers' })).toBeAttached();
    await keys.press('ArrowRight', 'Enter');
    const address = page.getByLabel('Address', { exact: true });
    await keys.to(address);
    const { length } = await playground.glance();
    await keys.pane('timeline');
    await keys.to(strip);
    await keys.press('End');
    await expect.poll(cursor).toBe(length);
    await keys.pane('side');
    await keys.to(address);
    const at = 0x3000;
    await page.keyboard.type(at.toString(16));
    await keys.press('Enter');
    const cell = page.locator('[role="gridcell"][aria-selected="true"]');
    await expect(cell).toHaveAttribute('data-addr', String(at));
    await keys.to(cell);
    await keys.press('ArrowDown', 'ArrowUp');
    await page.keyboard.type('5a');
    await keys.press('Enter');
    await expect.poll(() => playground.ram(at, 1)).toEqual([0x5a]);
    await keys.keepsPlace();
  });

  await test.step('a breakpoint stops a new run at its line', async () => {
    await keys.press('Shift+F8');
    await expect.poll(async () => (await playground.glance()).run).toBe('idle');
    await keys.pane('script');
    await keys.to(page.locator('.monaco-editor .native-edit-context, .monaco-editor textarea'));
    await keys.press('Control+Home');
    for (let i = 0; i < 9; i++) await keys.press('ArrowDown');
    await keys.press('Home', 'Shift+F9');
    await expect(button('Breakpoints: 1')).toBeVisible();
    await keys.press('F8');
    await expect.poll(async () => (await playground.glance()).run).toBe('paused');
    await expect(page.locator('.note-stopped')).toContainText('Stopped at line');
    await noViolation(page);
    await keys.press('Shift+F9');
    await expect(button('Breakpoints')).toBeVisible();
    await keys.press('F8');
    await playground.until('ended');
  });

  await test.step('a moment of the past goes on, and the two runs are compared', async () => {
    await keys.pane('timeline');
    await keys.to(strip);
    await keys.press('PageDown', 'PageDown', 'PageDown');
    const go = button('Continue from here');
    await expect(go).toBeEnabled();
    await keys.pane('toolbar');
    await keys.to(go);
    await keys.press('Enter');
    await expect(page.locator('.notice')).toContainText('are at event', { timeout: 60_000 });
    await keys.keepsPlace();
    await keys.press('F8');
    await playground.until('ended');
    await keys.pane('toolbar');
    await keys.to(button('Runs: 2'));
    await keys.press('Enter');
    await keys.to(page.locator('.run-list').getByRole('button', { name: 'Compare' }));
    await keys.press('Enter');
    const dialog = page.getByRole('dialog', { name: /^Run \d+ and Run \d+$/ });
    await expect(dialog).toBeVisible();
    await noViolation(page);
    await keys.press('Escape');
    await expect(dialog).toBeHidden();
    await keys.keepsPlace();
    await keys.press('Escape');
    const first = page.locator('.run-list .run-name').first();
    await expect(first).toBeHidden();
    await keys.pane('toolbar');
    await keys.to(button('Runs: 2'));
    await keys.press('Enter');
    await expect(first).toBeVisible();
    await keys.to(first);
    await keys.press('Enter');
    await expect(page.getByText(/^Run \d+ is a recording\./)).toBeVisible();
    await keys.press('Escape');
    await keys.keepsPlace();
    await noViolation(page);
    await keys.pane('toolbar');
    await keys.to(button('Back to the live machine'));
    await keys.press('Enter');
    await expect(page.getByText(/^Run \d+ is a recording\./)).toHaveCount(0);
    await keys.keepsPlace();
  });

  await test.step('a run is saved as a file', async () => {
    await keys.pane('toolbar');
    await keys.to(button('Share'));
    await keys.press('Enter');
    await expect(page.getByRole('menuitem', { name: 'Share…' })).toBeVisible();
    await noViolation(page);
    await keys.press('Enter');
    const save = page.getByRole('button', { name: 'Save this run as a file (.virtio-run)' });
    await keys.to(save);
    await noViolation(page);
    const saved = page.waitForEvent('download');
    await keys.press('Enter');
    expect((await saved).suggestedFilename()).toMatch(/\.virtio-run$/);
    await keys.press('Escape');
    await keys.keepsPlace();
  });

  await test.step('large type, another look, the other workspace, help', async () => {
    await keys.press('F7');
    await noViolation(page);
    await keys.press('F7');
    await keys.pane('toolbar');
    await keys.to(page.getByRole('button', { name: /^Look: / }));
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    const before = await theme();
    for (let i = 0; i < 3 && (await theme()) === before; i++) await keys.press('Enter');
    expect(await theme()).not.toBe(before);
    await keys.keepsPlace();
    await keys.press('F1');
    await expect(page.getByRole('dialog')).toBeVisible();
    await keys.press('Escape');
    await keys.keepsPlace();
  });

  expect(await pointed()).toBe(0);
});
