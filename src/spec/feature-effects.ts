import { VIRTIO_BLK_F } from './blk.ts';
import { VIRTIO_NET_F } from './net.ts';
import { VIRTIO_F, VIRTIO_ID } from './virtio.ts';

/** What follows for a driver from a feature bit. */
export interface FeatureEffect {
  /** Section of VIRTIO 1.4 that says so. */
  readonly section: string;
  readonly accepted: string;
  readonly refused: string;
}

const effect = (section: string, accepted: string, refused: string): FeatureEffect => ({
  section,
  accepted,
  refused,
});

/** Of the bits that all devices share, by number. */
const COMMON: Readonly<Record<number, FeatureEffect>> = {
  [VIRTIO_F.VIRTIO_F_NOTIFY_ON_EMPTY]: effect(
    '6.3',
    'It may count on an interrupt whenever a queue runs empty.',
    'Suppressed interrupts stay suppressed, also when a queue runs empty.',
  ),
  [VIRTIO_F.VIRTIO_F_ANY_LAYOUT]: effect(
    '2.7.4.3',
    'It may cut requests into descriptors where it likes.',
    'A legacy driver must cut requests where the device expects it.',
  ),
  [VIRTIO_F.VIRTIO_F_INDIRECT_DESC]: effect(
    '2.7.5.3',
    'A request may lie in a table of its own and take one descriptor.',
    'Each piece of a request takes a descriptor of the queue.',
  ),
  [VIRTIO_F.VIRTIO_F_EVENT_IDX]: effect(
    '2.7.7',
    'Each side writes the index at which it wants to hear of news; the flags are not used.',
    'Notifications are on or off, by one flag a side.',
  ),
  [VIRTIO_F.VIRTIO_F_VERSION_1]: effect(
    '6.1',
    'Everything is little-endian, and FEATURES_OK is to be written and read back.',
    'It drives the legacy interface: the CPU’s byte order, no FEATURES_OK.',
  ),
  [VIRTIO_F.VIRTIO_F_ACCESS_PLATFORM]: effect(
    '6.1',
    'Addresses in rings go through the platform: an IOMMU may translate them.',
    'Addresses in rings are guest-physical, whatever the platform translates.',
  ),
  [VIRTIO_F.VIRTIO_F_RING_PACKED]: effect(
    '2.8',
    'Its queues are packed: one ring of descriptors that both sides write.',
    'Its queues are split: a descriptor table, an available and a used ring.',
  ),
  [VIRTIO_F.VIRTIO_F_IN_ORDER]: effect(
    '2.7.9',
    'Buffers come back in order, and one used entry may stand for several.',
    'Buffers may come back in any order: each used entry names its own.',
  ),
  [VIRTIO_F.VIRTIO_F_ORDER_PLATFORM]: effect(
    '6.1',
    'It needs the barriers of a real device.',
    'Barriers between CPUs are enough.',
  ),
  [VIRTIO_F.VIRTIO_F_NOTIFICATION_DATA]: effect(
    '4.1.5.2',
    'A notification must carry the queue’s number and the next available index.',
    'A notification carries the queue’s number alone.',
  ),
  [VIRTIO_F.VIRTIO_F_NOTIF_CONFIG_DATA]: effect(
    '4.1.4.3',
    'It writes the value that the device gave it to notify a queue.',
    'It writes the queue’s number to notify a queue.',
  ),
  [VIRTIO_F.VIRTIO_F_RING_RESET]: effect(
    '2.6.1',
    'It may reset one queue and leave the rest at work.',
    'Only a reset of the whole device takes a queue back.',
  ),
};

/** Of single devices, by virtio ID and number. */
const OWN: Readonly<Record<number, Readonly<Record<number, FeatureEffect>>>> = {
  [VIRTIO_ID.BLOCK]: {
    [VIRTIO_BLK_F.VIRTIO_BLK_F_SEG_MAX]: effect(
      '5.2.4',
      'A request must not have more data segments than seg_max.',
      'Nothing tells how many segments a request may have.',
    ),
    [VIRTIO_BLK_F.VIRTIO_BLK_F_RO]: effect(
      '5.2.6.1',
      'Writes will fail: it should not try.',
      'It does not know that writes will fail.',
    ),
    [VIRTIO_BLK_F.VIRTIO_BLK_F_BLK_SIZE]: effect(
      '5.2.4',
      'blk_size is the best unit for requests; sectors stay 512 bytes.',
      'It must not read blk_size.',
    ),
    [VIRTIO_BLK_F.VIRTIO_BLK_F_FLUSH]: effect(
      '5.2.6',
      'It can make its writes durable with FLUSH.',
      'It cannot ask for durability: the device does as it does.',
    ),
    [VIRTIO_BLK_F.VIRTIO_BLK_F_MQ]: effect(
      '5.2.2',
      'It may use num_queues request queues.',
      'It may use the first request queue alone.',
    ),
    [VIRTIO_BLK_F.VIRTIO_BLK_F_CONFIG_WCE]: effect(
      '5.2.4',
      'It may switch the write cache by writing writeback.',
      'The cache mode is the device’s to choose.',
    ),
    [VIRTIO_BLK_F.VIRTIO_BLK_F_DISCARD]: effect(
      '5.2.6',
      'It may send DISCARD, within the limits in the configuration.',
      'It must not send DISCARD.',
    ),
    [VIRTIO_BLK_F.VIRTIO_BLK_F_WRITE_ZEROES]: effect(
      '5.2.6',
      'It may send WRITE_ZEROES, within the limits in the configuration.',
      'It must not send WRITE_ZEROES.',
    ),
  },
  [VIRTIO_ID.NET]: {
    [VIRTIO_NET_F.VIRTIO_NET_F_CSUM]: effect(
      '5.1.9.2',
      'It may leave checksums to the device.',
      'It must send packets with their checksums.',
    ),
    [VIRTIO_NET_F.VIRTIO_NET_F_MAC]: effect(
      '5.1.4',
      'mac is the address to use.',
      'It should make an address of its own.',
    ),
    [VIRTIO_NET_F.VIRTIO_NET_F_MRG_RXBUF]: effect(
      '5.1.9.3',
      'A packet may lie in several buffers: num_buffers tells how many.',
      'Each receive buffer must be large enough for the largest packet.',
    ),
    [VIRTIO_NET_F.VIRTIO_NET_F_STATUS]: effect(
      '5.1.4',
      'status tells whether the link is up.',
      'It must take the link to be up.',
    ),
    [VIRTIO_NET_F.VIRTIO_NET_F_CTRL_VQ]: effect(
      '5.1.9.5',
      'There is a control queue behind the others.',
      'There is no control queue, and nothing that needs it.',
    ),
    [VIRTIO_NET_F.VIRTIO_NET_F_MQ]: effect(
      '5.1.9.5.6',
      'It may use several pairs of queues, once it has said how many.',
      'It uses the first pair of queues alone.',
    ),
  },
};

/** What follows from a feature bit, where there is more to say than what it means; undefined elsewhere. */
export function featureEffect(virtioId: number, bit: number): FeatureEffect | undefined {
  return OWN[virtioId]?.[bit] ?? COMMON[bit];
}
