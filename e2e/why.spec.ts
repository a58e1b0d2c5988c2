import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { BUG_FORGOTTEN_NOTIFICATION } from '../src/lessons/bug-forgotten-notification.ts';
import { driverScript, type Mistake } from '../src/testing/why-rig.ts';
import { Playground } from './playground.ts';

/** Where looks are kept for a person to see; none where it is not set. */
const LOOKS = process.env.WHY_LOOKS;

async function look(page: Page, name: string): Promise<void> {
  if (LOOKS) await page.screenshot({ path: `${LOOKS}/why-${name}.png` });
}

const links = (page: Page) => page.getByRole('list', { name: 'From driver to interrupt' });

test('a guest that sleeps in vain is told why, and where', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.write(BUG_FORGOTTEN_NOTIFICATION.source);
  await playground.fullSpeed();
  await playground.button('Run').click();

  await test.step('a quiet hint leads there', async () => {
    const hint = page.getByRole('button', { name: 'See why' }).first();
    await expect(hint).toBeVisible();
    await look(page, 'hint');
    await hint.click();
  });

  await test.step('[2.7.13.4] the first broken link is named, with its section, event and line', async () => {
    await expect(links(page).getByRole('listitem')).toHaveCount(19);
    const broken = links(page).locator('[data-state="broken"]');
    await expect(broken).toHaveCount(1);
    await expect(broken).toContainText('Device notified');
    const section = broken.getByRole('link', { name: /section 2\.7\.13\.4, Notifying The Device/ });
    await expect(section).toHaveText('VIRTIO 1.4 §2.7.13.4, Notifying The Device');
    await expect(section).toHaveAttribute('href', /v1\.4.*2\.7\.13\.4-,Notifying/);
    await expect(broken).toContainText('queue.notify()');
    await expect(page.locator('.why [role="status"]')).toContainText(
      'Broken at “Device notified”.',
    );
    await look(page, 'notification');
    const line = BUG_FORGOTTEN_NOTIFICATION.source.split('\n').indexOf('disk.queue.publish();') + 1;
    const show = broken.getByRole('button', { name: `Show line ${line}: Device notified` });
    await show.press('Enter');
    await expect(
      page.locator('.monaco-editor textarea, .monaco-editor .native-edit-context').first(),
    ).toBeFocused();
    const event = broken.getByRole('button', { name: /^Show event \d+/ });
    const number = Number((await event.textContent())?.replace(/\D/g, ''));
    await event.click();
    await expect.poll(async () => (await playground.glance()).cursor).toBe(number);
    // There the driver has not waited in vain yet.
    await expect(links(page).locator('[data-state="broken"]')).toHaveCount(0);
  });

  await test.step('nothing in the way of a screen reader, light or dark', async () => {
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      const found = await new AxeBuilder({ page }).include('[data-pane="side"]').analyze();
      expect(found.violations).toEqual([]);
      await look(page, scheme);
    }
  });
});

test('broken states, as the engine alone names them', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.fullSpeed();
  const wanted: readonly (readonly [Mistake, string])[] = [
    ['no VERSION_1', 'Features agreed on'],
    ['no index', 'Buffers published'],
    ['no interrupts wanted', 'Interrupt raised'],
    ['wrong input', 'Guest waits for this interrupt'],
    ['outside RAM', 'Descriptors written'],
  ];
  for (const [mistake, name] of wanted) {
    await playground.write(driverScript(mistake));
    await playground.button('Run').click();
    await page.getByRole('tab', { name: /^Why\?/ }).click();
    await expect(links(page).locator('[data-first]')).toContainText(name);
    await look(page, mistake.replaceAll(' ', '-'));
    await page.keyboard.press('Shift+F8');
    await expect.poll(async () => (await playground.glance()).run).toBe('idle');
  }
});

test('a storm, a mistake that stops nothing and a script that fails each have their headline', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  const wanted: readonly (readonly [string, string])[] = [
    [
      `${driverScript('nothing').replace(/queue\.wait\(\);\n$/, '')}for (;;) irq.wait(...device.interruptInputs);`,
      'Broken at “Interrupt acknowledged”.',
    ],
    [
      driverScript('outside RAM').replace('[FAR, FAR, status]', '[data, FAR, status]'),
      'Done, with a mistake.',
    ],
    [`${driverScript('nothing')}throw new Error('no');`, 'Failed.'],
  ];
  await playground.fullSpeed();
  for (const [script, headline] of wanted) {
    await playground.write(script);
    await playground.button('Run').click();
    await page.getByRole('tab', { name: /^Why\?/ }).click();
    await expect(page.locator('.why-verdict strong')).toHaveText(headline);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await look(page, `${headline.replace(/[^a-z]+/gi, '-')}${colorScheme}`);
    }
    await page.keyboard.press('Shift+F8');
    await expect.poll(async () => (await playground.glance()).run).not.toBe('running');
  }
});

test('a screen reader is told of a run in bursts, and of its end', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.fullSpeed();
  await playground.button('Run').click();
  await playground.until('ended');
  const status = page.locator('.story > [role="status"]').last();
  await expect(status).toContainText(/^\s*\d+ more events: .*buffers? returned/);
  await expect(status).toContainText('Script ends.');
  await playground.button('Back').click();
  await expect(status).not.toContainText('more events');
  await expect(status).toContainText(/^\s*Event \d+: /);
});
