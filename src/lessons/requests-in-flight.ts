import type { Example } from './example.ts';

/** Several requests in one queue, published and notified together. */
export const REQUESTS_IN_FLIGHT: Example = {
  id: 'requests-in-flight',
  title: 'Many requests in flight',
  description:
    'Eight requests share one queue and one doorbell; each is found again by its head, whatever the order.',
  needs: '',
  source: `import { virtio, log, text, VirtioBlk, BlkError } from 'guest';

const disk = virtio.probe(VirtioBlk);
const { queue } = disk;
log('a disk of', disk.capacity, 'sectors, id', disk.getId() || 'none');

// Start eight reads: descriptors are filled, heads are in the available
// ring, but its index still says nothing of them.
for (let sector = 1; sector <= 8; sector++) disk.startRead(sector);
log(queue.inFlight, 'chains offered,', queue.free, 'descriptors left');

// One store of the index publishes them all, one doorbell announces them.
disk.submit();

// They come back in an order of the device's own. The head in the used ring
// says which request each one was.
for (let i = 0; i < 8; i++) {
  const done = disk.next();
  log('sector', done.sector, 'begins:', text(done.bytes).split('.')[0]);
}

// More than the queue has room for: when it is full, let some finish.
for (let sector = 16; sector < 116; sector++) {
  if (queue.free < 3) {
    log('the queue is full at sector', sector);
    disk.submit();
    while (queue.inFlight > 0) disk.next();
  }
  disk.startWrite(sector, 'sector ' + sector + ' was written in a batch');
}
disk.submit();
while (queue.inFlight > 0) disk.next();
disk.flush();
log('read back:', text(disk.read(31)));

// A request that cannot succeed comes back too: its status says why.
try {
  disk.read(disk.capacity);
} catch (error) {
  if (!(error instanceof BlkError)) throw error;
  log.warn(error.message);
}
`,
};
