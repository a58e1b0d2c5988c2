import { expect, test } from 'vitest';
import { VIRTIO_BLK_T } from '../../spec/blk.ts';
import { VIRTIO_F } from '../../spec/virtio.ts';
import { DeviceRig } from '../../testing/device-rig.ts';

const DISK =
  '-drive if=none,id=d,file=disk,format=raw -device virtio-blk-pci,drive=d,packed=on,x-in-order=on,x-notification-data=on';
const FEATURES = {
  packed: VIRTIO_F.VIRTIO_F_RING_PACKED,
  indirect: VIRTIO_F.VIRTIO_F_INDIRECT_DESC,
  'event index': VIRTIO_F.VIRTIO_F_EVENT_IDX,
  'in order': VIRTIO_F.VIRTIO_F_IN_ORDER,
  'notification data': VIRTIO_F.VIRTIO_F_NOTIFICATION_DATA,
};
const names = Object.keys(FEATURES) as (keyof typeof FEATURES)[];
/** Every set of the features. */
const sets = Array.from({ length: 2 ** names.length }, (_, set) =>
  names.filter((_, i) => set & (1 << i)),
);

test.each(sets.map((set) => [set.join(', ') || 'none', set] as const))(
  '[2.6] guest library and device agree, and nothing is amiss: %s',
  (_title, set) => {
    const rig = new DeviceRig(DISK, { disk: Uint8Array.from({ length: 8192 }, (_, i) => i >> 9) });
    const queue = rig.start(set.map((name) => FEATURES[name]));
    // Three descriptors a request in a ring of eight: the ring wraps in the middle of a list.
    for (let sector = 0; sector < 16; sector++) {
      const header = new Uint8Array(16);
      header[0] = VIRTIO_BLK_T.IN;
      header[8] = sector;
      const data = rig.buffer(512);
      const status = rig.buffer(Uint8Array.of(0xff));
      expect(rig.send(queue, [rig.buffer(header)], [data, status])).toBe(513);
      expect(data.u8(7)).toBe(sector);
      expect(status.u8(0)).toBe(0);
    }
    expect(rig.device.queues[0]?.vq.packed).toBe(set.includes('packed'));
    expect(rig.events('violation')).toEqual([]);
  },
);
