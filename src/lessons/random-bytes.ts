import type { Example } from './example.ts';

/** The smallest device: one queue, and buffers that the device only writes. */
export const RANDOM_BYTES: Example = {
  id: 'random-bytes',
  title: 'Random bytes',
  description:
    'The entropy device has no requests at all: the driver lends it memory, and it comes back random.',
  needs: '-object rng-builtin,id=rng0 -device virtio-rng-pci,id=rng,rng=rng0',
  source: `import { virtio, dma, log, hexdump, VirtioRng } from 'guest';

// The guest's virtio bus finds the device by its ID, 4, and the driver takes
// it over: reset, features, one queue, DRIVER_OK.
const rng = virtio.probe(VirtioRng);
log(rng.transport);
log('agreed on', rng.features);

// By hand, once: a chain of two pieces for the device to write. There is
// nothing for it to read, for there is nothing to ask.
const queue = rng.queue;
const first = dma.alloc(8);
const second = dma.alloc(24);
const head = queue.add({ writable: [first, second] });
queue.publish(head);
queue.notify();
const used = queue.wait();
log('chain', used.head, 'came back with', used.length, 'bytes');
log(hexdump(first.bytes(), first.addr));
log(hexdump(second.bytes(), second.addr));

// And through the driver. A device may give fewer bytes than there is room
// for, but never none.
for (const length of [1, 16, 64]) {
  const bytes = rng.read(length);
  log('asked for', length, 'bytes, got', bytes.length);
  log(hexdump(bytes));
}
`,
};
