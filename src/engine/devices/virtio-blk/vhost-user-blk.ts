import { VIRTIO_ID } from '../../../spec/virtio.ts';
import { chardev } from '../../backends/chardev.ts';
import { BOOT_INDEX } from '../../qdev/boot-index.ts';
import { bit, u16, u32 } from '../../qom/property.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { VirtioDevice } from '../../virtio/virtio-device.ts';
import { refuseVhostUserAfterRetries } from '../vhost-user-connect.ts';

/** `num-queues` that stands for "as the transport likes". */
const AUTO_QUEUES = 0xffff;
const MAX_QUEUES = 1024;
const MAX_QUEUE_SIZE = 1024;

const PROPERTIES = {
  chardev: chardev(),
  'num-queues': u16(AUTO_QUEUES),
  'queue-size': u32(128),
  'config-wce': bit(true),
  discard: bit(true),
  'write-zeroes': bit(true),
} as const;

/** Block device whose requests another process serves. */
class VhostUserBlk extends VirtioDevice<typeof PROPERTIES> {
  readonly deviceId = VIRTIO_ID.BLOCK;
  readonly deviceName = 'vhost-user-blk';

  protected override realizeDevice(): void {
    const { props } = this;
    if (!props.chardev) this.fail('chardev is mandatory');
    if (props['num-queues'] === AUTO_QUEUES) this.values['num-queues'] = 1;
    if (props['num-queues'] === 0 || props['num-queues'] > MAX_QUEUES)
      this.fail('invalid number of IO queues');
    if (props['queue-size'] === 0) this.fail('queue size must be non-zero');
    if (props['queue-size'] > MAX_QUEUE_SIZE)
      this.fail(`queue size must not exceed ${MAX_QUEUE_SIZE}`);
    refuseVhostUserAfterRetries(this.context);
  }
}

/** The type of the block device that another process serves. */
export const VHOST_USER_BLK_TYPE: TypeInfo = {
  name: 'vhost-user-blk',
  parent: 'virtio-device',
  properties: PROPERTIES,
  instanceProperties: { bootindex: BOOT_INDEX },
  create: (init) => new VhostUserBlk(init),
};
