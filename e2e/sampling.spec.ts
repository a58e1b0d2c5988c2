import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { Playground } from './playground.ts';

/** Sends frames for ever, 64 at a time. */
const ENDLESS = `import { virtio, dma, log, VIRTIO_ID_NET, ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK, VIRTIO_F_VERSION_1 } from 'guest';
const net = virtio.find(VIRTIO_ID_NET).open();
net.reset();
net.status = ACKNOWLEDGE | DRIVER;
net.acceptFeatures([VIRTIO_F_VERSION_1]);
net.status |= FEATURES_OK;
const queue = net.queue(1);
net.status |= DRIVER_OK;
const frames = dma.alloc(64 * 76).addr;
queue.suppressInterrupts(true);
for (let round = 0; ; round++) {
  for (let i = 0; i < 64; i++) queue.post1(frames + 76 * i, 76, 0);
  queue.publish();
  queue.notify();
  while (queue.popUsed() >= 0);
  if (round % 1000 === 0) log('round', round);
}
`;

test('a run of which samples are recorded', async ({ page }) => {
  test.setTimeout(180_000);
  const playground = new Playground(page);
  await playground.open();
  const now = () =>
    page.evaluate(() => {
      const { moment, run, sampling, cursor, length } = window.virtioPlayground!.session.getState();
      const { unrecorded, inGap, actions, console } = moment;
      const pushed = [...moment.queues.values()].reduce((sum, queue) => sum + queue.pushed, 0);
      const lines = console.map(({ text }) => text);
      return { run, sampling, cursor, length, unrecorded, inGap, actions, pushed, lines };
    });

  await test.step('the last stop of the slider lets the guest run on between samples', async () => {
    await page.evaluate(() =>
      window.virtioPlayground!.session.build(
        'qemu-system-x86_64 -m 64 -nic none -device virtio-net-pci',
      ),
    );
    await playground.write(ENDLESS);
    const slider = page.getByRole('slider', { name: 'Speed' });
    await slider.press('End');
    await expect(slider).toHaveAttribute(
      'aria-valuetext',
      'as fast as it goes, samples are recorded',
    );
    await playground.button('Run').click();
    await expect
      .poll(async () => (await now()).unrecorded, { timeout: 30_000 })
      .toBeGreaterThan(1_000_000);
    await expect(page.getByText(/not recorded$/)).toBeVisible();
  });

  await test.step('paused, everything is as it is: queue, memory, console', async () => {
    await playground.button('Pause').click();
    await playground.until('paused');
    const state = await now();
    expect(state.inGap).toBe(false);
    expect(state.unrecorded).toBeGreaterThan(state.length);
    // Output is never left out.
    expect(state.lines.slice(0, 3)).toEqual(['round 0', 'round 1000', 'round 2000']);
    const shown = await page.evaluate(() => {
      const { moment, memory } = window.virtioPlayground!.session.getState();
      const queue = [...moment.queues.values()].find(({ pushed }) => pushed > 0)!;
      const ram = new Uint8Array(memory!.ram);
      const same = (addr: number, length: number) =>
        moment.memory
          .bytes(addr, length)
          .every((byte, i) => byte === ram[addr - memory!.ramBase + i]);
      return {
        same: [
          same(queue.desc, 16 * queue.size),
          same(queue.driver, 6 + 2 * queue.size),
          same(queue.device, 6 + 8 * queue.size),
        ],
        usedIdx: queue.usedIdx,
        pushed: queue.pushed,
        stored: moment.memory.u16(queue.device + 2),
      };
    });
    expect(shown.same).toEqual([true, true, true]);
    expect(shown.stored).toBe(shown.usedIdx);
    expect(shown.pushed & 0xffff).toBe(shown.usedIdx);
  });

  await test.step('the story says where nothing was recorded, and how much', async () => {
    await page.evaluate(() => {
      const { session } = window.virtioPlayground!;
      for (let i = session.store.length - 1; ; i--)
        if (session.store.kindAt(i) === 'gap') return session.seek(i + 1);
    });
    await expect(page.locator('.story-list [aria-current]')).toContainText(
      /Recording goes on|Recording pauses/,
    );
    await page.screenshot({ path: test.info().outputPath('sampled.png'), animations: 'disabled' });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
  });

  await test.step('from a moment before, it goes on with the same gaps behind it', async () => {
    const { length } = await now();
    await page.evaluate((at) => window.virtioPlayground!.session.seek(at), Math.floor(length / 2));
    const came = await page.evaluate(
      (source) => window.virtioPlayground!.session.continueFrom(source),
      ENDLESS,
    );
    expect(came.kind).toBe('same');
    const state = await now();
    expect(state.unrecorded).toBeGreaterThan(0);
    expect(state.run).toBe('paused');
  });
});
