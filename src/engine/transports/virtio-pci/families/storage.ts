import { KIND_PROPERTIES } from '../properties.ts';
import type { VirtioPci } from '../virtio-pci.ts';
import {
  ALL_VARIANTS,
  defaultVectors,
  type Family,
  ioeventfd,
  vectorsUnspecified,
} from './family.ts';

/** Number of queues that stands for "as the transport likes". */
const AUTO_BLK = 0xffff;
const AUTO_SCSI = 0xffff_ffff;
/** Control and event queue of a SCSI host. */
const SCSI_FIXED = 2;

function prepareBlk(transport: VirtioPci): void {
  const { values } = transport.vdev;
  if (values['num-queues'] === AUTO_BLK) values['num-queues'] = transport.queuesPerCpu(0);
  defaultVectors(transport, Number(values['num-queues']) + 1);
}

function prepareScsi(transport: VirtioPci): void {
  const { values } = transport.vdev;
  if (values.num_queues === AUTO_SCSI) values.num_queues = transport.queuesPerCpu(SCSI_FIXED);
  defaultVectors(transport, Number(values.num_queues) + SCSI_FIXED + 1);
}

const { ioeventfd: _, ...VHOST_USER_BLK_PROPERTIES } = KIND_PROPERTIES;
const BLK = { pciId: 0x1001, classCode: 0x0100, variants: ALL_VARIANTS, prepare: prepareBlk };
const SCSI = { pciId: 0x1004, classCode: 0x0100, variants: ALL_VARIANTS, prepare: prepareScsi };

/** Block devices and SCSI hosts. */
export const STORAGE_FAMILIES: readonly Family[] = [
  {
    ...BLK,
    name: 'virtio-blk-pci',
    aliases: ['virtio-blk'],
    deviceType: 'virtio-blk-device',
    properties: KIND_PROPERTIES,
  },
  {
    ...BLK,
    name: 'vhost-user-blk-pci',
    deviceType: 'vhost-user-blk',
    properties: VHOST_USER_BLK_PROPERTIES,
  },
  {
    ...SCSI,
    name: 'virtio-scsi-pci',
    aliases: ['virtio-scsi'],
    deviceType: 'virtio-scsi-device',
    properties: { ioeventfd, vectors: vectorsUnspecified },
  },
  {
    ...SCSI,
    name: 'vhost-scsi-pci',
    deviceType: 'vhost-scsi',
    properties: { vectors: vectorsUnspecified },
  },
  {
    ...SCSI,
    name: 'vhost-user-scsi-pci',
    deviceType: 'vhost-user-scsi',
    properties: { vectors: vectorsUnspecified },
  },
];
