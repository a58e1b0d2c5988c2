import type { Example } from './example.ts';

/** The script that a new visitor finds: every step of a driver's life, none of them hidden. */
export const READ_A_SECTOR: Example = {
  id: 'read-a-sector',
  title: 'Read a sector',
  description:
    'A whole driver by hand: find the disk, agree on features, set a queue up, read and write.',
  needs: '',
  source: `import { virtio, log } from 'guest';
import { ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK } from 'guest';
import { VIRTIO_ID_BLOCK, VIRTIO_F_VERSION_1 } from 'guest';
import { VIRTIO_BLK_T_IN, VIRTIO_BLK_T_OUT } from 'guest';
import { VIRTQ_DESC_F_NEXT as NEXT, VIRTQ_DESC_F_WRITE as WRITE } from 'guest';

// Find the disk, on whatever bus. A PCI function tells where its registers are.
const disk = virtio.find(VIRTIO_ID_BLOCK);
log('found', disk.place);
for (const capability of disk.function?.capabilities() ?? []) log('  has', capability);

// Take it over, and agree on features. It may refuse: read FEATURES_OK back.
const device = disk.open();
device.reset();
device.status |= ACKNOWLEDGE | DRIVER;
log('offers', device.deviceFeatures());
device.acceptFeatures(device.legacy ? [] : [VIRTIO_F_VERSION_1]);
device.status |= FEATURES_OK;
if (!(device.status & FEATURES_OK)) throw new Error('features refused');
const queue = device.queue(0, { size: 8 });
device.status |= DRIVER_OK;
log(queue);

// A request: 16 bytes of header, the data, one byte of status.
const { dma } = device;
const header = dma.alloc(16);
const data = dma.alloc(512);
const status = dma.alloc(1);

function request(type: number, sector: number) {
  header.u32(0, type).u64(8, sector);
  status.u8(0, 0xff);
  const flags = type === VIRTIO_BLK_T_IN ? NEXT | WRITE : NEXT; // WRITE: by the device
  queue.setDescriptor(0, { addr: header.addr, len: 16, flags: NEXT, next: 1 });
  queue.setDescriptor(1, { addr: data.addr, len: 512, flags, next: 2 });
  queue.setDescriptor(2, { addr: status.addr, len: 1, flags: WRITE });
  queue.publish(0); // into the available ring: the device may look
  queue.notify(); // the doorbell: the device does look
  const used = queue.wait(); // the interrupt, then the used ring
  log('sector', sector, 'status', status.u8(0), 'written', used.length);
}

request(VIRTIO_BLK_T_IN, 1);
log(data.text());

data.fill(0).write('Written by a guest driver.');
request(VIRTIO_BLK_T_OUT, 2);
data.fill(0); // forget it, so that what comes back comes from the disk
request(VIRTIO_BLK_T_IN, 2);
log(data.text());
`,
};
