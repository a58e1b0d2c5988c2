import { describe, expect, it } from 'vitest';
import { requestContext } from '../../journal/decode-request.ts';
import { Folder } from '../../journal/fold/folder.ts';
import { viewOf } from '../../journal/fold/packed-view.ts';
import { VIRTIO_ID } from '../../spec/virtio.ts';
import { DirectGuest } from '../../testing/direct-guest.ts';
import { rolesOf } from './roles.ts';

const SEND = `
import { virtio, ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK, VIRTIO_F_VERSION_1 } from 'guest';
const device = virtio.find(1).open();
device.reset();
device.status |= ACKNOWLEDGE | DRIVER;
if (!device.legacy) device.acceptFeatures([VIRTIO_F_VERSION_1]), device.status |= FEATURES_OK;
const queue = device.queue(1);
device.status |= DRIVER_OK;
queue.publish(queue.add({ readable: [device.dma.alloc(device.legacy ? 10 : 12), device.dma.alloc(60)] }));
queue.notify();
`;

/** What the two buffers of a packet that is sent are, where the queue has this name. */
function roles(legacy: boolean, name: string | undefined): string[] {
  const guest = new DirectGuest(
    `-M pc -m 64 -nodefaults -netdev user,id=n0 -device virtio-net-pci,netdev=n0,disable-${legacy ? 'modern' : 'legacy'}=on`,
  );
  guest.run(SEND);
  const at = guest.events().findIndex(({ kind }) => kind === 'chainPopped');
  const moment = new Folder(guest.store).momentAt(at);
  const queue = [...moment.queues.values()].find(({ queue }) => queue === 1);
  if (!queue) throw new Error('the queue was not set up');
  const requests = requestContext(moment, queue, name);
  const view = viewOf(queue, moment.memory);
  const found = rolesOf(view, VIRTIO_ID.NET, { buffers: moment.memory, requests }, [0, 1]);
  return [found.get(0) ?? '', found.get(1) ?? ''];
}

describe('rolesOf', () => {
  it.each([false, true])(
    '[5.1.9.1] tells header from frame by the queue and the accepted features: legacy %s',
    (legacy) => {
      const [header, frame] = roles(legacy, 'transmitq1');
      expect(header).toMatch(/^flags, gso_type, hdr_len/);
      // Without VERSION_1 and MRG_RXBUF the header ends before it.
      expect(header?.endsWith('num_buffers')).toBe(!legacy);
      expect(frame).toBe('destination, source, ethertype, payload');
    },
  );

  it('says who touches the buffers of a queue whose requests nobody can read', () => {
    expect(roles(false, undefined)).toEqual(['device reads', 'device reads']);
  });
});
