import { expect, type Page, test } from '@playwright/test';
import { MACHINES } from '../src/lessons/machines.ts';
import { Playground } from './playground.ts';

/** One packet, sent by hand. */
const SEND = `import { virtio, ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK } from 'guest';
import { VIRTIO_ID_NET, VIRTIO_F_VERSION_1 } from 'guest';
const device = virtio.find(VIRTIO_ID_NET).open();
device.reset();
device.status |= ACKNOWLEDGE | DRIVER;
if (!device.legacy) {
  device.acceptFeatures([VIRTIO_F_VERSION_1]);
  device.status |= FEATURES_OK;
}
const queue = device.queue(1);
device.status |= DRIVER_OK;
const packet = device.dma.alloc(12 + 60).fill(0);
packet.write([255, 255, 255, 255, 255, 255, 0x52, 0x54, 0, 0x12, 0x34, 0x56, 8, 6], 12);
queue.publish(queue.add({ readable: [packet] }));
queue.notify();
`;

const READ = `import { virtio, VirtioBlk } from 'guest';
const disk = virtio.probe(VirtioBlk);
for (let i = 0; i < 3; i++) disk.startRead(20 + i);
disk.submit();
for (let i = 0; i < 3; i++) disk.next();
`;

/** A machine, and a script that has run on it; the device with this ID is the one that is looked at. */
async function ran(page: Page, line: string, source: string, device: string): Promise<Playground> {
  const playground = new Playground(page);
  await playground.open();
  await playground.fullSpeed();
  await page.evaluate((text) => window.virtioPlayground!.session.build(text), line);
  await page.getByRole('button', { name: device }).first().click();
  await page.evaluate((text) => window.virtioPlayground!.session.run(text), source);
  await playground.until('ended');
  return playground;
}

/** Moves the cursor behind the first event of a kind, from the end where \`last\`. */
async function toEvent(page: Page, kind: string, last = false): Promise<void> {
  await page.evaluate(
    ([wanted, backwards]) => {
      const { session } = window.virtioPlayground!;
      const { store } = session;
      const events = Array.from({ length: store.length - store.first }, (_, i) => store.first + i);
      const found = (backwards ? events.reverse() : events).find((i) => store.kindAt(i) === wanted);
      if (found === undefined) throw new Error(`there is no ${wanted}`);
      session.seek(found + 1);
    },
    [kind, last] as const,
  );
}

test('[5.1.9.2] a packet that is sent is read as one in the ring, in its table and in the timeline', async ({
  page,
}) => {
  const line =
    '-M pc -m 64 -nodefaults -netdev user,id=n0 -device virtio-net-pci,id=net0,netdev=n0,disable-legacy=on';
  await ran(page, line, SEND, 'virtio-net-pci net0');
  await toEvent(page, 'chainPopped');
  await page.getByRole('combobox', { name: 'Queue', exact: true }).selectOption({ index: 1 });

  const entry = page.locator('.ring-cursor');
  await entry.focus();
  await expect(entry).toHaveAccessibleName(/num_buffers.*destination/);
  const card = page.locator('.ring-bytes');
  await expect(card).toContainText('send 60 bytes, ARP');
  await expect(card).toContainText('52:54:00:12:34:56');
  await entry.blur();

  await page.getByRole('button', { name: 'Table', exact: true }).click();
  const tables = page.getByRole('region', { name: 'Queue as tables' }).locator('table');
  await expect(tables.first()).toContainText('ethertype');
  await page.getByRole('button', { name: 'Table', exact: true }).click();

  await page.getByRole('slider', { name: 'Place in the run' }).press('p');
  const request = page.getByRole('region', { name: 'Chosen request' });
  await expect(request.locator('strong')).toHaveText('send 60 bytes, ARP');
});

test('[2.7.3] the big-endian rings of a mainframe’s legacy driver are read in their order', async ({
  page,
}) => {
  const line = MACHINES.find(({ id }) => id === 's390-virtio')?.commandLine;
  if (line === undefined) throw new Error('the machine is not among the examples');
  await ran(page, line, READ, /disk0/.source);
  await toEvent(page, 'chainPopped');
  const pane = page.locator('[data-pane=ring]');
  await expect(pane).toContainText('split, big-endian · 128 entries');
  const entry = page.locator('.ring-cursor');
  await entry.focus();
  await expect(entry).toHaveAccessibleName(/: header, .* 16 bytes, NEXT, with the device/);
  await expect(page.locator('.ring-bytes')).toContainText('IN, sector 20');
  await entry.blur();

  await page.getByRole('button', { name: 'Table', exact: true }).click();
  const tables = page.getByRole('region', { name: 'Queue as tables' }).locator('table');
  await expect(tables.nth(0)).toContainText('512');
  await expect(tables.nth(1).locator('caption')).toContainText('idx 3, entry 3; the device looks');
  await toEvent(page, 'chainPushed', true);
  await expect(tables.nth(2).locator('caption')).toContainText('Used ring: idx 3, entry 3');
  await expect(tables.nth(2).locator('tr').nth(3)).toContainText('513');
  await page.getByRole('button', { name: 'Table', exact: true }).click();

  await page.getByRole('button', { name: 'Lens', exact: true }).click();
  const derived = page.getByRole('region', { name: 'As packed would have it' });
  await expect(derived.locator('.ring-feet')).toContainText('next 9 w1');
});
