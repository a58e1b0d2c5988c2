import type { Example } from './example.ts';

/** A chain that never ends. */
export const BUG_DESCRIPTOR_LOOP: Example = {
  id: 'bug-descriptor-loop',
  title: 'Bug: a chain that loops',
  description:
    'Descriptor 1 continues at descriptor 0 again: a device that follows it blindly would hang.',
  needs: '',
  source: `import { virtio, dma, log, hex } from 'guest';
import { VirtioBlk, VIRTQ_DESC_F_NEXT as NEXT } from 'guest';

const disk = virtio.probe(VirtioBlk);
const queue = disk.queue;
const first = dma.alloc(16);
const second = dma.alloc(16);

// The mistake: the last descriptor of a chain must not have NEXT. This one
// has, and its next field says 0, where the chain began.
queue.setDescriptor(0, { addr: first.addr, len: 16, flags: NEXT, next: 1 });
queue.setDescriptor(1, { addr: second.addr, len: 16, flags: NEXT, next: 0 });
queue.publish(0);
log('the chain goes 0, 1, 0, 1, ...');
queue.notify();

// No chain has more descriptors than its queue. The device counts them, and
// gives up in time: DEVICE_NEEDS_RESET in its status, and an interrupt.
log('device status', hex(disk.transport.status, 2));
queue.wait();
`,
};
