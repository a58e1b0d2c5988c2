import { expect, type Page, test } from '@playwright/test';
import { SAMPLE_DOMAINS } from '../src/testing/libvirt-domains.ts';
import { PASTED_LINES } from '../src/testing/pasted-lines.ts';
import { virtioPlaces } from '../src/testing/virtio-places.ts';
import { Playground } from './playground.ts';

const line = (page: Page): Promise<string> =>
  page.evaluate(() => window.virtioPlayground!.document.line());

/** Virtio devices of the page's machine: type, and id where they have one. */
async function devices(page: Page): Promise<string[]> {
  const topology = await page.evaluate(() => window.virtioPlayground!.session.getState().topology);
  return topology ? virtioPlaces(topology).map(({ type, id }) => `${type} ${id}`.trim()) : [];
}

/** Pastes a text while the canvas has the focus. */
async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((pasted) => {
    const pane = document.querySelector<HTMLElement>('[data-pane="topology"]')!;
    pane.focus();
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
    (document.activeElement ?? pane).dispatchEvent(event);
  }, text);
}

/** A sample as its table has it. */
function sample(name: string): { text: string; virtio: string[]; told: string } {
  const pasted = PASTED_LINES.find((one) => one.name === name);
  const domain = SAMPLE_DOMAINS.find((one) => one.name === name);
  const virtio = (pasted ?? domain)?.virtio ?? [];
  return {
    text: pasted?.text ?? domain?.xml ?? '',
    virtio: virtio.map(([type, id = '']) => `${type} ${id}`.trim()),
    told: pasted?.told?.[0] ?? '',
  };
}

test('machines from elsewhere are pasted, mended, told of and taken back', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await page.keyboard.press('F4');
  await expect(page.getByRole('region', { name: 'Palette' })).toBeVisible();
  const before = await line(page);
  const report = page.getByRole('region', { name: /^Imported / });

  const names = [
    'a desktop guest of a distribution’s wiki',
    'microvm, as its documentation has it',
    'what Proxmox runs',
    'virt-manager, q35',
  ];
  for (const name of names)
    await test.step(name, async () => {
      const { text, virtio, told } = sample(name);
      const former = await line(page);
      await paste(page, text);
      await expect.poll(() => line(page)).not.toBe(former);
      await expect(report).toContainText(told);
      expect(await devices(page)).toEqual(expect.arrayContaining(virtio));
      for (const device of new Set(virtio))
        await expect(
          page.locator('[data-pane="topology"]').getByRole('button', { name: device }).first(),
        ).toBeAttached();
      await page.getByRole('button', { name: 'Close the report' }).click();
    });

  await test.step('undo, back to the machine before all of them', async () => {
    for (const _ of names) {
      const now = await line(page);
      await page.locator('[data-pane="topology"]').focus();
      await page.keyboard.press('ControlOrMeta+Z');
      await expect.poll(() => line(page)).not.toBe(now);
    }
    expect(await line(page)).toBe(before);
    await expect(page.getByRole('button', { name: 'virtio-blk-pci disk0' })).toBeVisible();
  });

  await test.step('what is no machine changes nothing', async () => {
    await paste(page, '<domain><name>never closed</domain>');
    await expect(page.getByRole('alert').filter({ hasText: 'not well-formed' })).toBeVisible();
    expect(await line(page)).toBe(before);
  });
});
