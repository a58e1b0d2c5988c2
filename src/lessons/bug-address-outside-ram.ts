import type { Example } from './example.ts';

/** A descriptor whose address is a number that looks like one, but is not memory of this guest. */
export const BUG_ADDRESS_OUTSIDE_RAM: Example = {
  id: 'bug-address-outside-ram',
  title: 'Bug: an address outside RAM',
  description:
    'A descriptor takes any address, but only guest-physical memory is there: the data goes nowhere.',
  needs: '',
  source: `import { virtio, dma, log, hex } from 'guest';
import { VirtioBlk, VIRTIO_BLK_T_IN } from 'guest';

const disk = virtio.probe(VirtioBlk);
const queue = disk.queue;
const header = dma.alloc(16).u32(0, VIRTIO_BLK_T_IN).u64(8, 1);
const status = dma.alloc(1).u8(0, 0xff);

// The mistake: where the buffer is in the driver's own, virtual, address
// space. The device has never heard of that: it wants guest-physical ones.
const virtual = { addr: 0x7f3a_0000_1000, length: 512 };

const head = queue.add({ readable: [header], writable: [virtual, status] });
log('descriptor', head + 1, 'points to', hex(virtual.addr));
queue.publish(head);
queue.notify();

// The worst that can happen: it seems to work. A real QEMU does the same.
const used = queue.wait();
log(used.length, 'bytes written, status', status.u8(0), '(0 is OK)');
log('... but the sector is nowhere in the guest\\'s memory.');

// With two such pieces at once the device cannot even pretend. It gives up:
// DEVICE_NEEDS_RESET in its status, and an interrupt to say so.
const again = queue.add({ readable: [header], writable: [virtual, virtual, status] });
queue.publish(again);
queue.notify();
log('device status', hex(disk.transport.status, 2));
queue.wait();
`,
};
