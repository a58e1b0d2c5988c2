import type { Example } from './example.ts';

/** A descriptor whose address is a number that looks like one, but is not memory of this guest. */
export const BUG_ADDRESS_OUTSIDE_RAM: Example = {
  id: 'bug-address-outside-ram',
  title: 'Bug: an address outside RAM',
  description: 'A descriptor takes any address, but the device reads guest-physical ones only: it gives up.',
  needs: '',
  source: `import { virtio, dma, log, hex, VirtioBlk, VIRTIO_BLK_T_IN } from 'guest';

const disk = virtio.probe(VirtioBlk);
const queue = disk.queue;

const header = dma.alloc(16).u32(0, VIRTIO_BLK_T_IN).u64(8, 1);
const status = dma.alloc(1).u8(0, 0xff);

// The mistake: this is where the program keeps its buffer in its own, virtual, address space.
// The device has never heard of that. Descriptors hold guest-physical addresses.
const virtual = { addr: 0x7f3a_0000_1000, length: 512 };

const head = queue.add({ readable: [header], writable: [virtual, status] });
log('descriptor', head + 1, 'points to', hex(virtual.addr));
queue.publish(head);
queue.notify();

// The device finds no memory there. It cannot tell what else is wrong, so it stops for good:
// it sets DEVICE_NEEDS_RESET in its status, and interrupts to say so.
log('status', hex(disk.transport.status, 2), 'of the request:', hex(status.u8(0), 2));
queue.wait();
`,
};
