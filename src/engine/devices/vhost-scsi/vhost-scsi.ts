import { chardev } from '../../backends/chardev.ts';
import { BOOT_INDEX } from '../../qdev/boot-index.ts';
import { bit, bool, optionalStr, u32 } from '../../qom/property.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import { refuseVhostUser } from '../vhost-user-connect.ts';
import { AUTO_QUEUES, VirtioScsiCommon } from '../virtio-scsi/virtio-scsi-common.ts';

const HOST_PROPERTIES = {
  boot_tpgt: u32(0),
  num_queues: u32(AUTO_QUEUES),
  virtqueue_size: u32(128),
} as const;

const VHOST_PROPERTIES = {
  vhostfd: optionalStr(),
  wwpn: optionalStr(),
  ...HOST_PROPERTIES,
  seg_max_adjust: bool(true),
  max_sectors: u32(0xffff),
  cmd_per_lun: u32(128),
  t10_pi: bit(false),
  migratable: bool(false),
} as const;

const USER_PROPERTIES = {
  chardev: chardev(),
  ...HOST_PROPERTIES,
  max_sectors: u32(0xffff),
  cmd_per_lun: u32(128),
  hotplug: bit(true),
  param_change: bit(true),
  t10_pi: bit(false),
} as const;

/** SCSI host whose commands the host's kernel carries out. There is no such kernel here. */
class VhostScsi extends VirtioScsiCommon<typeof VHOST_PROPERTIES> {
  readonly deviceName = 'virtio-scsi';

  protected override realizeDevice(): void {
    const { vhostfd, wwpn } = this.props;
    if (wwpn === undefined) this.fail('vhost-scsi: missing wwpn');
    if (vhostfd === undefined)
      this.fail('vhost-scsi: open vhost char device failed: No such file or directory');
    if (!/^\d+$/.test(vhostfd))
      this.fail(`vhost-scsi: unable to parse vhostfd: Invalid file descriptor number '${vhostfd}'`);
    this.fail('vhost_set_owner failed: Bad file descriptor');
  }
}

/** SCSI host whose commands another process carries out. */
class VhostUserScsi extends VirtioScsiCommon<typeof USER_PROPERTIES> {
  readonly deviceName = 'virtio-scsi';

  protected override realizeDevice(): void {
    const { chardev: peer } = this.props;
    if (!peer) this.fail('vhost-user-scsi: missing chardev');
    const outside = () => {};
    this.addScsiQueues({ control: outside, event: outside, request: outside });
    refuseVhostUser(this.context);
  }
}

/** Registers the SCSI hosts that work elsewhere. Needs `virtio-scsi-common`. */
export function registerVhostScsi(registry: TypeRegistry): void {
  const instanceProperties = { bootindex: BOOT_INDEX };
  registry.register({ name: 'vhost-scsi-common', parent: 'virtio-scsi-common', abstract: true });
  registry.register({
    name: 'vhost-scsi',
    parent: 'vhost-scsi-common',
    properties: VHOST_PROPERTIES,
    instanceProperties,
    create: (init) => new VhostScsi(init),
  });
  registry.register({
    name: 'vhost-user-scsi',
    parent: 'vhost-scsi-common',
    properties: USER_PROPERTIES,
    instanceProperties,
    create: (init) => new VhostUserScsi(init),
  });
}
