import type { Example } from './example.ts';

/** The smallest device: one queue, and buffers that the device only writes. */
export const RANDOM_BYTES: Example = {
  id: 'random-bytes',
  title: 'Random bytes',
  description: 'The entropy device has no requests at all: the driver lends it memory, and it comes back random.',
  needs: '-object rng-builtin,id=rng0 -device virtio-rng-pci,id=rng,rng=rng0',
  source: `import { virtio, dma, log, hexdump, VirtioRng } from 'guest';

// The guest's own virtio bus finds the device by its ID (4), resets it, and agrees on features.
const rng = virtio.probe(VirtioRng);
log(rng.transport, 'agreed on', rng.features);

// By hand, once: a chain of two writable buffers, nothing for the device to read.
const first = dma.alloc(8);
const second = dma.alloc(24);
const queue = rng.queue;
const head = queue.add({ writable: [first, second] });
queue.publish(head);
queue.notify();
const used = queue.wait();
log('chain', used.head, 'came back with', used.length, 'bytes, in the order of its descriptors:');
log(first);
log(hexdump(first.bytes()));
log(second);
log(hexdump(second.bytes()));

// And through the driver: as many bytes as the device gives, at most as many as asked for.
for (const length of [1, 16, 64]) {
  const bytes = rng.read(length);
  log('asked for', length, 'got', bytes.length);
  log(hexdump(bytes));
}
`,
};
