import { VIRTIO_ID } from '../../spec/virtio.ts';
import { onOffAuto, optionalStr, u64 } from '../qom/property.ts';
import type { TypeInfo } from '../qom/type.ts';
import { VirtioDevice } from '../virtio/virtio-device.ts';

/** Context ids up to this one are the hypervisor's, the loopback's and the host's (VIRTIO 1.4 §5.10.4). */
const LAST_RESERVED_CID = 2n;
const LAST_CID = 2n ** 32n - 1n;
/** Largest number that a file descriptor of the host's can have. */
const MAX_DESCRIPTOR = 2 ** 31 - 1;

const COMMON_PROPERTIES = { seqpacket: onOffAuto('auto') } as const;
const PROPERTIES = { 'guest-cid': u64(0n), vhostfd: optionalStr() } as const;

/** Sockets served by the host's kernel: what runs this program has no such kernel, and says so as QEMU does. */
class VhostVsock extends VirtioDevice<typeof PROPERTIES & typeof COMMON_PROPERTIES> {
  readonly deviceId = VIRTIO_ID.SOCKET;
  readonly deviceName = 'vhost-vsock';

  protected override realizeDevice(): never {
    const { 'guest-cid': cid, vhostfd } = this.props;
    if (cid <= LAST_RESERVED_CID) this.fail('guest-cid property must be greater than 2');
    if (cid > LAST_CID) this.fail('guest-cid property must be a 32-bit number');
    if (vhostfd === undefined)
      this.fail('vhost-vsock: failed to open vhost device: No such file or directory');
    if (/^\d+$/.test(vhostfd) && Number(vhostfd) <= MAX_DESCRIPTOR)
      this.fail('vhost-vsock: unable to set non-blocking mode: Bad file descriptor');
    this.fail(`vhost-vsock: unable to parse vhostfd: Invalid file descriptor number '${vhostfd}'`);
  }
}

/** The types of socket devices that share their properties, parents first. */
export const VHOST_VSOCK_TYPES: readonly TypeInfo[] = [
  {
    name: 'vhost-vsock-common',
    parent: 'virtio-device',
    abstract: true,
    properties: COMMON_PROPERTIES,
  },
  {
    name: 'vhost-vsock-device',
    parent: 'vhost-vsock-common',
    properties: PROPERTIES,
    create: (init) => new VhostVsock(init),
  },
];
