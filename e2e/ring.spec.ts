import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { Playground } from './playground.ts';

const SCRIPT = `import { virtio, VirtioBlk, log } from 'guest';
const disk = virtio.probe(VirtioBlk, 0, { indirect: true, eventIdx: true });
for (let sector = 0; sector < 40; sector++) disk.read(sector);
log('read');
`;

/** The picture shows the moment of the cursor. */
async function drawn(page: Page): Promise<void> {
  const cursor = await page.evaluate(() => window.virtioPlayground!.session.getState().cursor);
  await expect(page.locator('.ring-stage').first()).toHaveAttribute('data-at', String(cursor));
}

/** Pixels of the ring's canvas that are of a token's colour, as the screen has them. */
async function count(page: Page, token: string): Promise<number> {
  const picture = (await page.locator('.ring-stage').first().screenshot()).toString('base64');
  return await page.evaluate(
    async ([png, name]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${png}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      canvas.width = image.width;
      canvas.height = image.height;
      const c = canvas.getContext('2d')!;
      c.fillStyle = getComputedStyle(document.body).getPropertyValue(`--${name}`).trim();
      c.fillRect(0, 0, 1, 1);
      const wanted = new Uint32Array(c.getImageData(0, 0, 1, 1).data.buffer)[0];
      c.drawImage(image, 0, 0);
      const { data } = c.getImageData(0, 0, image.width, image.height);
      return new Uint32Array(data.buffer).filter((pixel) => pixel === wanted).length;
    },
    [picture, token] as const,
  );
}

async function toEvent(playground: Playground, kind: string, nth = 0): Promise<void> {
  const { page } = playground;
  const at = await page.evaluate(
    ([wanted, n]) => {
      const { session } = window.virtioPlayground!;
      const { store } = session;
      let seen = 0;
      for (let i = store.first; i < store.length; i++)
        if (store.kindAt(i) === wanted && seen++ === n) {
          session.seek(i + 1);
          return i + 1;
        }
      throw new Error(`there is no ${wanted} number ${n}`);
    },
    [kind, nth] as const,
  );
  // The session moves at its next frame.
  await expect.poll(async () => (await playground.glance()).cursor).toBe(at);
  await drawn(page);
}

test('[2.7, 2.8] a queue is drawn, read out, opened and laid out in the other format', async ({
  page,
}) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.fullSpeed();
  const small = (await playground.glance()).commandLine.replace(
    'drive=d0',
    'drive=d0,queue-size=8',
  );
  await page.evaluate((line) => window.virtioPlayground!.session.build(line), small);
  await page.evaluate((source) => window.virtioPlayground!.session.run(source), SCRIPT);
  await playground.until('ended');

  await test.step('owners have their colours, on the canvas as in the words', async () => {
    await toEvent(playground, 'chainPopped', 30);
    expect(await count(page, 'current')).toBeGreaterThan(1000);
    const entry = page.locator('.ring-cursor');
    await entry.focus();
    await expect(entry).toHaveAccessibleName(/INDIRECT.*with the device/);
  });

  await test.step('Enter opens an indirect table in place, and its entries are decoded', async () => {
    const entry = page.locator('.ring-cursor');
    await expect(entry).toHaveAttribute('aria-expanded', 'false');
    await entry.press('Enter');
    await expect(entry).toHaveAttribute('aria-expanded', 'true');
    await entry.press('ArrowDown');
    await expect(entry).toHaveAccessibleName(
      /^Entry 0 of the indirect table of descriptor 0: .* 16 bytes, NEXT, next 1/,
    );
    await entry.press('ArrowDown');
    await expect(entry).toHaveAccessibleName(/^Entry 1 .* 512 bytes, WRITE NEXT/);
    await expect(page.locator('.ring-bytes')).toContainText('IN, sector 30');
    await entry.press('Home');
    await entry.press('Enter');
    await entry.blur();
  });

  await test.step('the threshold and the lap stand in the table', async () => {
    await playground.button('Table').click();
    const tables = page.getByRole('region', { name: 'Queue as tables' }).locator('table');
    await expect(tables.nth(1)).toContainText('avail_event');
    await expect(tables.nth(2).locator('caption')).toContainText(/idx 30, entry 6, lap 4/);
    await playground.button('Table').click();
  });

  await test.step('the overview shows every entry, and leads back', async () => {
    await playground.button('Overview').click();
    await expect(page.getByRole('list', { name: 'Colours of the overview' })).toBeVisible();
    await drawn(page);
    const entry = page.locator('.ring-cursor');
    await entry.focus();
    await entry.press('End');
    await expect(entry).toHaveAccessibleName(/^Descriptor 7: /);
    await entry.press('Enter');
    await expect(playground.button('Overview')).toHaveAttribute('aria-pressed', 'false');
    await entry.press('-');
    await expect(playground.button('Overview')).toHaveAttribute('aria-pressed', 'true');
    await drawn(page);
    await entry.blur();
    const area = await page.locator('.ring-scroll').boundingBox();
    if (!area) throw new Error('there is no picture');
    await page.mouse.move(area.x + area.width / 2, area.y + 40);
    await page.mouse.wheel(0, -100);
    await expect(playground.button('Overview')).toHaveAttribute('aria-pressed', 'false');
  });

  await test.step('the lens lays the same workload out as a packed ring', async () => {
    await playground.button('Lens').click();
    const derived = page.getByRole('region', { name: 'As packed would have it' });
    await expect(derived).toContainText('not in guest memory');
    // Thirty chains of one descriptor each have come back in a ring of eight; the next one is in flight.
    await expect(derived.locator('.ring-feet')).toContainText('uses 6 w0');
    await expect(derived.locator('.ring-cursor')).toHaveAccessibleName(
      /A0 U0, used: buffer 0 came/,
    );
    await toEvent(playground, 'chainPopped', 0);
    await expect(derived.locator('.ring-feet')).toContainText('next 1 w1');
    await expect(derived.locator('.ring-cursor')).toHaveAccessibleName(/A1 U0, with the device/);
    const { violations } = await new AxeBuilder({ page }).include('[data-pane=ring]').analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await playground.button('Lens').click();
  });
});

test('without motion nothing moves, and a painter that has nothing to do sleeps', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const playground = new Playground(page);
  await playground.open();
  await playground.fullSpeed();
  await playground.button('Run').click();
  await playground.until('ended');
  await drawn(page);
  const stage = page.locator('.ring-stage');
  await expect(stage).toHaveAttribute('data-dots', '0');
  const frames = await stage.getAttribute('data-frames');
  await page.waitForTimeout(1000);
  await expect(stage).toHaveAttribute('data-frames', String(frames));
});
