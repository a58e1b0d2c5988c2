import type { Example } from './example.ts';

/** The script that a new visitor finds: every step of a driver's life, none of them hidden. */
export const READ_A_SECTOR: Example = {
  id: 'read-a-sector',
  title: 'Read a sector',
  description: 'A whole driver by hand: find the disk, agree on features, set a queue up, read and write.',
  needs: '',
  source: `import { pci, virtio, dma, log } from 'guest';
import { ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK, VIRTIO_F_VERSION_1 } from 'guest';
import { VIRTIO_BLK_T_IN, VIRTIO_BLK_T_OUT, VIRTQ_DESC_F_NEXT, VIRTQ_DESC_F_WRITE } from 'guest';

// Find the disk: vendor 1af4 is virtio, and a block device is 1001 or, modern only, 1042.
const disk = pci.find({ vendor: 0x1af4, device: [0x1001, 0x1042] }).enable();
log('found', disk);
for (const capability of disk.capabilities()) log('  capability', capability);

// Take it over: reset, notice it, and agree on features. The device may refuse: read it back.
const device = virtio.open(disk);
device.reset();
device.status |= ACKNOWLEDGE;
device.status |= DRIVER;
log('offers', device.deviceFeatures());
device.acceptFeatures([VIRTIO_F_VERSION_1]);
device.status |= FEATURES_OK;
if (!(device.status & FEATURES_OK)) throw new Error('the device refuses these features');
const queue = device.queue(0, { size: 8 });
device.status |= DRIVER_OK;
log(queue);

// A request is 16 bytes of header, the data, and one byte in which the device says how it went.
const header = dma.alloc(16);
const data = dma.alloc(512);
const status = dma.alloc(1);

function request(type: number, sector: number) {
  header.u32(0, type).u32(4, 0).u64(8, sector);
  status.u8(0, 0xff);
  const direction = type === VIRTIO_BLK_T_IN ? VIRTQ_DESC_F_WRITE : 0; // WRITE: the device writes
  queue.setDescriptor(0, { addr: header.addr, len: 16, flags: VIRTQ_DESC_F_NEXT, next: 1 });
  queue.setDescriptor(1, { addr: data.addr, len: 512, flags: VIRTQ_DESC_F_NEXT | direction, next: 2 });
  queue.setDescriptor(2, { addr: status.addr, len: 1, flags: VIRTQ_DESC_F_WRITE });
  queue.publish(0); // into the available ring, then its index: now the device may look
  queue.notify(); // the doorbell
  const used = queue.wait(); // the interrupt, then the used ring
  if (status.u8(0) !== 0) throw new Error('sector ' + sector + ': status ' + status.u8(0));
  return used.length;
}

log('sector 1:', request(VIRTIO_BLK_T_IN, 1), 'bytes written by the device');
log(data.text());

data.fill(0).write('Written by a guest driver, read back through the same queue.');
request(VIRTIO_BLK_T_OUT, 2);
data.fill(0); // forget it here, so that what comes back came from the disk
request(VIRTIO_BLK_T_IN, 2);
log('sector 2:', data.text());
`,
};
