import type { Example } from './example.ts';

/** Everything is right, except that nobody tells the device. */
export const BUG_FORGOTTEN_NOTIFICATION: Example = {
  id: 'bug-forgotten-notification',
  title: 'Bug: the forgotten notification',
  description:
    'The request is in the ring and perfectly well-formed, and yet nothing ever happens.',
  needs: '',
  source: `import { virtio, log, text, VirtioBlk } from 'guest';

const disk = virtio.probe(VirtioBlk);

// A request that works: published, then notified. submit() does both.
const works = disk.startRead(1);
disk.submit();
disk.next();
log('sector 1 begins:', text(works.bytes).split('.')[0]);

// The same again. It is published: the available index says so.
const waits = disk.startRead(2);
disk.queue.publish();
log(disk.queue.inFlight, 'chain is available to the device');

// The mistake: disk.queue.notify() is missing. A device does not poll its
// rings; it sleeps until the doorbell rings. So the driver waits for the
// device, and the device for the driver.
log('waiting for', waits);
disk.next();
log('this line is never reached');
`,
};
