import type { Example } from './example.ts';

/** Everything is right, except that nobody tells the device. */
export const BUG_FORGOTTEN_NOTIFICATION: Example = {
  id: 'bug-forgotten-notification',
  title: 'Bug: the forgotten notification',
  description: 'The request is in the ring and perfectly well-formed, and yet nothing ever happens.',
  needs: '',
  source: `import { virtio, log, text, VirtioBlk } from 'guest';

const disk = virtio.probe(VirtioBlk);

// A request that works: published, then notified. That is what submit() does.
log('sector 1 begins:', text(disk.read(1)).split('\\\\n')[0]);

// The same request again. It is published: the available index says so.
const request = disk.startRead(2);
disk.queue.publish();
log(disk.queue.inFlight, 'chain is available to the device');

// The mistake: disk.queue.notify() is missing. A device does not poll its rings; it sleeps until
// the doorbell rings. So the driver waits for the device, and the device for the driver.
log('waiting for', request);
disk.next();
log('this line is never reached');
`,
};
