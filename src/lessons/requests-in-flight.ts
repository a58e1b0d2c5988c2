import type { Example } from './example.ts';

/** Several requests in one queue, published and notified together. */
export const REQUESTS_IN_FLIGHT: Example = {
  id: 'requests-in-flight',
  title: 'Many requests in flight',
  description: 'Eight requests share one queue and one doorbell; each is found again by its head, whatever the order.',
  needs: '',
  source: `import { virtio, log, text, VirtioBlk, BlkError } from 'guest';

const disk = virtio.probe(VirtioBlk);
log('a disk of', disk.capacity, 'sectors,', disk.readOnly ? 'read-only' : 'writable', 'id', disk.getId() || 'none');

// Start eight reads: their descriptors are filled and their heads offered, but nothing is public.
const requests = [];
for (let sector = 1; sector <= 8; sector++) requests.push(disk.startRead(sector));
log(disk.queue.inFlight, 'chains offered,', disk.queue.free, 'descriptors left');

// One store of the available index publishes all of them, one doorbell announces them.
disk.submit();

// The device returns chains in an order of its own. The head says which request each one was.
for (let i = 0; i < requests.length; i++) {
  const done = disk.next();
  log('sector', done.sector, 'says:', text(done.bytes).split('\\n')[0]);
}

// More requests than the queue has room for: when it is full, let the device finish some.
for (let sector = 16; sector < 116; sector++) {
  if (disk.queue.free < 3) {
    log('the queue is full after sector', sector - 1);
    disk.submit();
    while (disk.queue.inFlight > 0) disk.next();
  }
  disk.startWrite(sector, 'sector ' + sector + ' was written in a batch');
}
disk.submit();
while (disk.queue.inFlight > 0) disk.next();
disk.flush();
log('read back:', text(disk.read(31)));

// A request that cannot succeed comes back too, with a status that says so.
try {
  disk.read(disk.capacity);
} catch (error) {
  if (!(error instanceof BlkError)) throw error;
  log.warn(error.message);
}
`,
};
