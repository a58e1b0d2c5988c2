import { VIRTIO_SCSI_F } from '../../../spec/scsi.ts';
import type { QObject } from '../../qom/object.ts';
import { bit, bool, link, u32 } from '../../qom/property.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { featureMask } from '../../virtio/virtio-device.ts';
import type { ScsiBus } from '../scsi/scsi-bus.ts';
import { AUTO_QUEUES, VirtioScsiCommon } from './virtio-scsi-common.ts';

const PROPERTIES = {
  num_queues: u32(AUTO_QUEUES),
  virtqueue_size: u32(256),
  seg_max_adjust: bool(true),
  max_sectors: u32(0xffff),
  cmd_per_lun: u32(128),
  hotplug: bit(true),
  param_change: bit(true),
  iothread: link<QObject>('iothread'),
} as const;

/** SCSI host with a bus of its own (VIRTIO 1.4 §5.6). */
export class VirtioScsi extends VirtioScsiCommon<typeof PROPERTIES> {
  readonly deviceName = 'virtio-scsi';

  protected override realizeDevice(): void {
    this.addScsiQueues();
    const bus = this.addOwnBus<ScsiBus>('SCSI');
    bus.hotplugHandler = {};
    if (this.props.iothread) this.requireIoeventfd();
  }

  protected override offerFeatures(common: bigint): bigint {
    const { hotplug, param_change } = this.props;
    return (
      common |
      (hotplug ? featureMask(VIRTIO_SCSI_F.VIRTIO_SCSI_F_HOTPLUG) : 0n) |
      (param_change ? featureMask(VIRTIO_SCSI_F.VIRTIO_SCSI_F_CHANGE) : 0n)
    );
  }
}

/** The abstract root of SCSI hosts. */
export const VIRTIO_SCSI_COMMON_TYPE: TypeInfo = {
  name: 'virtio-scsi-common',
  parent: 'virtio-device',
  abstract: true,
};

/** The type of the SCSI host whose commands are carried out here. */
export const VIRTIO_SCSI_TYPE: TypeInfo = {
  name: 'virtio-scsi-device',
  parent: 'virtio-scsi-common',
  properties: PROPERTIES,
  create: (init) => new VirtioScsi(init),
};
