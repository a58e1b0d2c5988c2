import { VIRTIO_ID } from '../../../spec/virtio.ts';
import { chardev } from '../../backends/chardev.ts';
import type { ObjectInit, TypeInfo } from '../../qom/type.ts';
import { VirtioDevice } from '../../virtio/virtio-device.ts';
import { refuseVhostUser } from '../vhost-user-connect.ts';

const PROPERTIES = { chardev: chardev() } as const;

/** A device that is nothing but a character device with another process behind it. */
interface Simple {
  readonly type: string;
  readonly parent?: string;
  readonly deviceId: number;
  /** QEMU's short name. */
  readonly name: string;
  /** What it says without a character device. */
  readonly complaint: string;
}

const DEVICES: readonly Simple[] = [
  {
    type: 'vhost-user-rng',
    deviceId: VIRTIO_ID.ENTROPY,
    name: 'virtio-rng',
    complaint: 'missing chardev',
  },
  {
    type: 'vhost-user-i2c-device',
    deviceId: VIRTIO_ID.I2C_ADAPTER,
    name: 'virtio-i2c',
    complaint: 'vhost-user-i2c: missing chardev',
  },
  {
    type: 'vhost-user-gpio-device',
    deviceId: VIRTIO_ID.GPIO,
    name: 'virtio-gpio',
    complaint: 'vhost-user-gpio: chardev is mandatory',
  },
  {
    type: 'vhost-user-vsock-device',
    parent: 'vhost-vsock-common',
    deviceId: VIRTIO_ID.SOCKET,
    name: 'vhost-vsock',
    complaint: 'missing chardev',
  },
];

class SimpleVhostUser extends VirtioDevice<typeof PROPERTIES> {
  readonly deviceId: number;
  readonly deviceName: string;
  readonly #complaint: string;

  constructor(init: ObjectInit, simple: Simple) {
    super(init);
    this.deviceId = simple.deviceId;
    this.deviceName = simple.name;
    this.#complaint = simple.complaint;
  }

  // QEMU 7.2 aborts for vhost-user-rng, and aborts or waits for vhost-user-gpio: here all refuse alike.
  protected override realizeDevice(): never {
    if (!this.props.chardev) this.fail(this.#complaint);
    refuseVhostUser(this.context);
  }
}

/** The types of such devices. Need `vhost-vsock-common`. */
export const SIMPLE_VHOST_USER_TYPES: readonly TypeInfo[] = DEVICES.map((simple) => ({
  name: simple.type,
  parent: simple.parent ?? 'virtio-device',
  properties: PROPERTIES,
  create: (init: ObjectInit) => new SimpleVhostUser(init, simple),
}));
