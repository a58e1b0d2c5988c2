import { expect, test } from '@playwright/test';
import { EXAMPLES } from '../src/lessons/examples.ts';
import { Playground } from './playground.ts';

/** The one that every bad script must leave intact: the page itself. */
async function alive(playground: Playground, source: string): Promise<void> {
  expect(await playground.source()).toBe(source);
  expect((await playground.glance()).phase).toBe('ready');
  await playground.button('Reset').click();
  await expect.poll(async () => (await playground.glance()).run).toBe('idle');
  expect(await playground.source()).toBe(source);
}

const alertOf = (playground: Playground) =>
  playground.page.locator('.script-notes').getByRole('alert');

test('bad scripts get a message with their line, and harm nothing', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.fullSpeed();

  for (const [what, source, line, says] of [
    ['does not compile', "import { log } from 'guest';\nlog('one');\nconst = 3;\n", 3, /./],
    [
      'throws',
      "import { log } from 'guest';\nlog('one');\n\nthrow new Error('out of ideas');\n",
      4,
      /out of ideas/,
    ],
    ['touches no memory', "import { ram } from 'guest';\nram.write32(0x7fffffff, 1);\n", 2, /RAM/],
  ] as const) {
    await test.step(what, async () => {
      await playground.write(source);
      await playground.button('Run').click();
      await playground.until('failed');
      await expect(alertOf(playground)).toContainText(`line ${line}`);
      await expect(alertOf(playground)).toContainText(says);
      await expect(page.locator('.code-message').first()).toBeVisible();
      await alive(playground, source);
    });
  }

  await test.step('loops for ever: Pause and Reset still work', async () => {
    const source = "import { log } from 'guest';\nlet n = 0;\nfor (;;) {\n  n++;\n}\nlog(n);\n";
    await playground.write(source);
    await playground.button('Run').click();
    await expect(playground.button('Pause')).toBeVisible();
    await playground.button('Pause').click();
    await expect(playground.button('Run')).toBeVisible();
    expect((await playground.glance()).line).toBeGreaterThan(1);
    await alive(playground, source);
  });
});

test('a driver that breaks the rules of the ring is told which, and where', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  await playground.fullSpeed();
  for (const [id, says] of [
    ['bug-address-outside-ram', /where the guest has no memory/],
    ['bug-descriptor-loop', /loop/],
  ] as const) {
    await test.step(id, async () => {
      const example = EXAMPLES.find((one) => one.id === id);
      if (!example) throw new Error(`no example ${id}`);
      await playground.button('Scripts').click();
      await page.getByRole('menuitem', { name: example.title }).click();
      await playground.button('Run').click();
      await expect(alertOf(playground)).toContainText(says);
      await expect(alertOf(playground)).toContainText(/line \d+/);
      await expect(alertOf(playground)).toContainText('VIRTIO 1.4 §');
      await expect(page.getByText('DEVICE_NEEDS_RESET').first()).toBeVisible();
      await alive(playground, example.source);
    });
  }

  await test.step('[2.7.13.2] a head beyond the queue', async () => {
    const source = `import { virtio, VirtioBlk, ram } from 'guest';
const disk = virtio.probe(VirtioBlk);
const { queue } = disk;
ram.write16(queue.avail + 4, 60000);
ram.write16(queue.avail + 2, 1);
queue.notify();
`;
    await playground.write(source);
    await playground.button('Run').click();
    await expect.poll(async () => (await playground.glance()).run).toMatch(/ended|failed/);
    await expect(alertOf(playground)).toContainText(/no such descriptor/);
    await expect(alertOf(playground)).toContainText(/line [56]/);
    await alive(playground, source);
  });
});

test('a wrong command line shows QEMU’s sentence and keeps the machine', async ({ page }) => {
  const playground = new Playground(page);
  await playground.open();
  const before = await playground.glance();
  const line = page.getByRole('textbox', { name: 'QEMU command line of the machine' });
  const wrong = before.commandLine.replace('virtio-blk-pci', 'virtio-blk-psi');
  await line.fill(wrong);
  await line.press('Enter');
  const alert = page.locator('.command').getByRole('alert');
  await expect(alert).toContainText("'virtio-blk-psi' is not a valid device model name");
  await expect(line).toHaveValue(wrong);
  await expect(line).toHaveAttribute('aria-invalid', 'true');
  expect((await playground.glance()).commandLine).toBe(before.commandLine);
  await expect(playground.button(/^virtio-blk-pci disk0, 04\.0 · 1af4:1001/)).toBeVisible();

  await line.fill(before.commandLine.replace('id=disk0', 'id=mydisk'));
  await line.press('Enter');
  await expect(page.getByRole('button', { name: 'virtio-blk-pci mydisk' })).toBeVisible();
  await expect(alert).toBeEmpty();
});
