import { utf8Encode } from '../../base/utf8.ts';
import { VIRTIO_ID } from '../../spec/virtio.ts';
import { fsdevName, fsdevsOf } from '../backends/fs.ts';
import { optionalStr } from '../qom/property.ts';
import type { TypeInfo } from '../qom/type.ts';
import { featureMask, VirtioDevice } from '../virtio/virtio-device.ts';

const QUEUE_SIZE = 128;
/** Longest mount tag, in bytes. */
const MAX_TAG = 31;
/** Bytes of the tag's length in front of the tag. */
const TAG_LENGTH_BYTES = 2;
/** The device has a mount tag: its one feature. */
const VIRTIO_9P_MOUNT_TAG = 0;

const PROPERTIES = { mount_tag: optionalStr(), fsdev: fsdevName() } as const;

/** A directory of the host's, by the 9P protocol; its device ID is VIRTIO's, its layout Linux's. */
class Virtio9p extends VirtioDevice<typeof PROPERTIES> {
  readonly deviceId = VIRTIO_ID['9P'];
  readonly deviceName = 'virtio-9p';

  get #tag(): Uint8Array {
    return utf8Encode(this.props.mount_tag ?? '');
  }

  override get configSize(): number {
    return TAG_LENGTH_BYTES + this.#tag.length;
  }

  protected override realizeDevice(): void {
    const { mount_tag: tag, fsdev: id } = this.props;
    this.addQueue('requests', QUEUE_SIZE, this.unprocessed);
    const fsdevs = fsdevsOf(this.context);
    const fsdev = id === undefined ? undefined : fsdevs.find(id);
    if (!fsdev) this.fail(`9pfs device couldn't find fsdev with the id = ${id ?? 'NULL'}`);
    if (tag === undefined) this.fail(`fsdev with id ${fsdev.id} needs mount_tag arguments`);
    const length = this.#tag.length;
    if (length > MAX_TAG)
      this.fail(`mount tag '${tag}' (${length} bytes) is longer than maximum (${MAX_TAG} bytes)`);
    fsdevs.open(fsdev);
  }

  protected override offerFeatures(common: bigint): bigint {
    return common | featureMask(VIRTIO_9P_MOUNT_TAG);
  }

  override readConfig(): Uint8Array {
    const tag = this.#tag;
    return Uint8Array.of(tag.length & 0xff, tag.length >> 8, ...tag);
  }
}

/** The type of the 9P device. */
export const VIRTIO_9P_TYPE: TypeInfo = {
  name: 'virtio-9p-device',
  parent: 'virtio-device',
  properties: PROPERTIES,
  create: (init) => new Virtio9p(init),
};
