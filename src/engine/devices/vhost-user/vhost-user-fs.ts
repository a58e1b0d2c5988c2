import { isPowerOfTwo } from '../../../base/bits.ts';
import { utf8Encode } from '../../../base/utf8.ts';
import { VIRTIO_ID } from '../../../spec/virtio.ts';
import { chardev } from '../../backends/chardev.ts';
import { BOOT_INDEX } from '../../qdev/boot-index.ts';
import { optionalStr, u16 } from '../../qom/property.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { VirtioDevice } from '../../virtio/virtio-device.ts';
import { refuseVhostUser } from '../vhost-user-connect.ts';

/** Bytes of the tag in the configuration space (VIRTIO 1.4 §5.11.4). */
const TAG_BYTES = 36;
const MAX_QUEUE_SIZE = 1024;

const PROPERTIES = {
  chardev: chardev(),
  tag: optionalStr(),
  'num-request-queues': u16(1),
  'queue-size': u16(128),
} as const;

/** File system served by another process (VIRTIO 1.4 §5.11). */
class VhostUserFs extends VirtioDevice<typeof PROPERTIES> {
  readonly deviceId = VIRTIO_ID.FS;
  readonly deviceName = 'virtio-user-fs';

  protected override realizeDevice(): never {
    const { chardev, tag, 'num-request-queues': queues, 'queue-size': size } = this.props;
    if (!chardev) this.fail('missing chardev');
    if (tag === undefined) this.fail('missing tag property');
    if (tag === '') this.fail('tag property cannot be empty');
    if (utf8Encode(tag).length > TAG_BYTES)
      this.fail(`tag property must be ${TAG_BYTES} bytes or less`);
    if (queues === 0) this.fail('num-request-queues property must be larger than 0');
    if (!isPowerOfTwo(size)) this.fail('queue-size property must be a power of 2');
    if (size > MAX_QUEUE_SIZE)
      this.fail(`queue-size property must be ${MAX_QUEUE_SIZE} or smaller`);
    refuseVhostUser(this.context);
  }
}

/** The type of the file system device. */
export const VHOST_USER_FS_TYPE: TypeInfo = {
  name: 'vhost-user-fs-device',
  parent: 'virtio-device',
  properties: PROPERTIES,
  instanceProperties: { bootindex: BOOT_INDEX },
  create: (init) => new VhostUserFs(init),
};
