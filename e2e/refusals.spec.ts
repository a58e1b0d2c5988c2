import { expect, type Page, test } from '@playwright/test';
import { Playground } from './playground.ts';

const line = (page: Page): Promise<string> =>
  page.evaluate(() => window.virtioPlayground!.document.line());
const refusal = (page: Page) => page.getByRole('region', { name: /^Refused/ });

/** Types a command line above the machine, program included: the field keeps the one before otherwise. */
async function type(page: Page, text: string): Promise<void> {
  const input = page.getByRole('textbox', { name: 'QEMU command line of the machine' });
  await input.fill(text.startsWith('-') ? `qemu-system-x86_64 ${text}` : text);
  await input.press('Enter');
}

/** Types a command line that stands. */
async function build(page: Page, text: string): Promise<void> {
  await type(page, text);
  await expect.poll(() => line(page)).toBe(text);
}

/** Types commands into the monitor. */
async function say(page: Page, ...commands: string[]): Promise<void> {
  await page.getByRole('textbox', { name: /^Monitor\./ }).focus();
  for (const command of commands) {
    await page.keyboard.type(command);
    await page.keyboard.press('Enter');
  }
}

/** QEMU's sentence is shown, a way out is taken, and the machine of this line stands. */
async function mended(page: Page, sentence: string, fix: string, becomes: RegExp): Promise<void> {
  await expect(refusal(page)).toContainText(sentence);
  await refusal(page).getByRole('button', { name: fix, exact: true }).click();
  await expect(refusal(page)).toBeHidden();
  await expect.poll(() => line(page)).toMatch(becomes);
  const state = await page.evaluate(() => {
    const { commandLine, refused, problem } = window.virtioPlayground!.session.getState();
    return { commandLine, refused, problem };
  });
  expect(state.refused).toBeUndefined();
  expect(state.problem).toBeUndefined();
  expect(state.commandLine).toMatch(becomes);
}

const times = (count: number, option: string): string =>
  Array.from({ length: count }, () => option).join(' ');

test('ten misunderstandings, QEMU’s sentence on each, and a way out that stands', async ({
  page,
}) => {
  await new Playground(page).open();
  const virt = 'qemu-system-aarch64 -M virt';

  await test.step('1: a device is not its transport', async () => {
    await type(page, '-M pc -blockdev null-co,node-name=d0 -device virtio-blk-device,drive=d0');
    await expect(refusal(page)).toContainText('VIRTIO 1.4 §4.1');
    await mended(
      page,
      "No 'virtio-bus' bus found for device 'virtio-blk-device'",
      'Plug it as virtio-blk-pci',
      /-device virtio-blk-pci,drive=d0$/,
    );
    await expect(
      page.locator('.topology-canvas').getByRole('button', { name: /^virtio-blk-pci/ }),
    ).toBeVisible();
  });

  await test.step('2: no bus found, since every slot is taken', async () => {
    await type(page, `${virt} ${times(33, '-device virtio-rng-device')}`);
    await expect(refusal(page)).toContainText('Every virtio-mmio slot is taken');
    await mended(
      page,
      "No 'virtio-bus' bus found for device 'virtio-rng-device'",
      'Plug it as virtio-rng-pci',
      /-device virtio-rng-device -device virtio-rng-pci$/,
    );
  });

  await test.step('3: pcie.0 does not hot-plug, a root port does', async () => {
    await build(page, '-M q35 -device pcie-root-port,id=rp0,chassis=1,slot=1');
    await page.getByRole('tab', { name: 'Monitor' }).click();
    await say(page, 'device_add virtio-rng-pci,id=x');
    await mended(
      page,
      "Error: Bus 'pcie.0' does not support hotplugging",
      'Plug it into rp0',
      /-device virtio-rng-pci,id=x,bus=rp0$/,
    );
  });

  await test.step('10: device_del only asks', async () => {
    await say(page, 'device_del x', 'device_del x');
    await mended(
      page,
      'Error: Device x is already in the process of unplug',
      'Power off and build without it',
      /-device pcie-root-port,id=rp0,chassis=1,slot=1$/,
    );
  });

  await test.step('4: a PCI bus has 32 slots', async () => {
    await type(page, `-M q35 -nodefaults ${times(31, '-device virtio-rng-pci')}`);
    await mended(
      page,
      'PCI: no slot/function available for virtio-rng-pci, all in use or reserved',
      'Put a bridge in between',
      /-device pcie-pci-bridge,id=bridge0( -device virtio-rng-pci,bus=bridge0){2}$/,
    );
  });

  await test.step('5: slots fill from the last to the first', async () => {
    const first = `${virt} -device virtio-rng-device`;
    await build(page, first);
    await type(page, `${first} -device virtio-balloon-device,bus=virtio-mmio-bus.31`);
    await mended(
      page,
      "Bus 'virtio-mmio-bus.31' is full",
      'Put it into virtio-mmio-bus.30',
      /-device virtio-balloon-device,bus=virtio-mmio-bus.30$/,
    );
  });

  await test.step('6: an empty slot is there, and stays', async () => {
    await type(page, `${virt} -device virtio-mmio`);
    await mended(
      page,
      "Parameter 'driver' expects a pluggable device type",
      'Take out virtio-mmio',
      /-M virt$/,
    );
  });

  await test.step('7: a slot is legacy unless told otherwise', async () => {
    await type(page, '-M microvm -device virtio-rng-device,force-legacy=off');
    await mended(
      page,
      "Property 'virtio-rng-device.force-legacy' not found",
      'Set force-legacy=false for every slot',
      /-global virtio-mmio.force-legacy=false$/,
    );
    const tree = await page.evaluate(() => window.virtioPlayground!.session.monitor('info qtree'));
    expect(tree).toContain('force-legacy = false');
  });

  await test.step('8: modern, legacy or both, not neither', async () => {
    await type(page, '-M pc -device virtio-rng-pci,disable-modern=on,disable-legacy=on');
    await mended(
      page,
      'device cannot work as neither modern nor legacy mode is enabled',
      'Make it modern',
      /-device virtio-rng-pci,disable-legacy=on$/,
    );
  });

  await test.step('9: a channel device has a device number', async () => {
    await type(page, 'qemu-system-s390x -M s390-ccw-virtio -device virtio-rng-ccw,addr=05.0');
    await mended(
      page,
      "Property 'virtio-rng-ccw.addr' not found",
      'Use devno=fe.0.0005',
      /-device virtio-rng-ccw,devno=fe.0.0005$/,
    );
    await expect(
      page.locator('.topology-canvas').getByRole('button', { name: /^virtio-rng-ccw/ }),
    ).toBeVisible();
  });
});

test('nothing is added to a typed line unasked, and a way out is undone like any edit', async ({
  page,
}) => {
  await new Playground(page).open();
  const before = await line(page);
  await page.keyboard.press('F4');
  await page.getByRole('region', { name: 'Palette' }).waitFor();
  await type(page, `${before} -device virtio-9p-pci`);
  await expect(refusal(page)).toContainText("9pfs device couldn't find fsdev with the id = NULL");
  // A typed line is a person's own: nothing is added to it unasked.
  expect(await line(page)).toBe(before);
  await refusal(page).getByRole('button', { name: 'Add fs0 for it', exact: true }).click();
  await expect
    .poll(() => line(page))
    .toMatch(/-fsdev synth,id=fs0 -device virtio-9p-pci,fsdev=fs0,mount_tag=share$/);
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await expect.poll(() => line(page)).toBe(before);
});
