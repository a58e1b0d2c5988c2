import type { RegisterMap } from './registers.ts';

/** Feature bits of the network device (VIRTIO 1.4 §5.1.3); GSO is legacy (VIRTIO 1.4 §5.1.3.2). */
export const VIRTIO_NET_F = {
  VIRTIO_NET_F_CSUM: 0,
  VIRTIO_NET_F_GUEST_CSUM: 1,
  VIRTIO_NET_F_CTRL_GUEST_OFFLOADS: 2,
  VIRTIO_NET_F_MTU: 3,
  VIRTIO_NET_F_MAC: 5,
  VIRTIO_NET_F_GSO: 6,
  VIRTIO_NET_F_GUEST_TSO4: 7,
  VIRTIO_NET_F_GUEST_TSO6: 8,
  VIRTIO_NET_F_GUEST_ECN: 9,
  VIRTIO_NET_F_GUEST_UFO: 10,
  VIRTIO_NET_F_HOST_TSO4: 11,
  VIRTIO_NET_F_HOST_TSO6: 12,
  VIRTIO_NET_F_HOST_ECN: 13,
  VIRTIO_NET_F_HOST_UFO: 14,
  VIRTIO_NET_F_MRG_RXBUF: 15,
  VIRTIO_NET_F_STATUS: 16,
  VIRTIO_NET_F_CTRL_VQ: 17,
  VIRTIO_NET_F_CTRL_RX: 18,
  VIRTIO_NET_F_CTRL_VLAN: 19,
  VIRTIO_NET_F_CTRL_RX_EXTRA: 20,
  VIRTIO_NET_F_GUEST_ANNOUNCE: 21,
  VIRTIO_NET_F_MQ: 22,
  VIRTIO_NET_F_CTRL_MAC_ADDR: 23,
  VIRTIO_NET_F_HASH_REPORT: 57,
  VIRTIO_NET_F_RSS: 60,
  VIRTIO_NET_F_RSC_EXT: 61,
  VIRTIO_NET_F_STANDBY: 62,
  VIRTIO_NET_F_SPEED_DUPLEX: 63,
} as const;

/** Bits of `status` (VIRTIO 1.4 §5.1.4). */
export const VIRTIO_NET_S = { LINK_UP: 1, ANNOUNCE: 2 } as const;

/** Device configuration layout (VIRTIO 1.4 §5.1.4). */
export const VIRTIO_NET_CONFIG = {
  mac: { offset: 0, width: 6, access: 'R', doc: 'Address; a legacy driver may write it' },
  status: { offset: 6, width: 2, access: 'R', doc: 'Link state, with STATUS' },
  max_virtqueue_pairs: { offset: 8, width: 2, access: 'R', doc: 'With MQ or RSS' },
  mtu: { offset: 10, width: 2, access: 'R', doc: 'Largest packet, with MTU' },
  speed: { offset: 12, width: 4, access: 'R', doc: 'Mbit/s, with SPEED_DUPLEX' },
  duplex: { offset: 16, width: 1, access: 'R', doc: '1 full, 0 half, with SPEED_DUPLEX' },
  rss_max_key_size: { offset: 17, width: 1, access: 'R', doc: 'With RSS or HASH_REPORT' },
  rss_max_indirection_table_length: { offset: 18, width: 2, access: 'R', doc: 'With RSS' },
  supported_hash_types: { offset: 20, width: 4, access: 'R', doc: 'With RSS or HASH_REPORT' },
} as const satisfies RegisterMap;

/** Fields of the header in front of each packet (VIRTIO 1.4 §5.1.9). */
export const VIRTIO_NET_HDR = {
  flags: { offset: 0, width: 1, doc: 'NEEDS_CSUM, DATA_VALID, RSC_INFO' },
  gso_type: { offset: 1, width: 1, doc: 'How the packet is to be cut up' },
  hdr_len: { offset: 2, width: 2, doc: 'Bytes of the headers of each piece' },
  gso_size: { offset: 4, width: 2, doc: 'Bytes of payload of each piece' },
  csum_start: { offset: 6, width: 2, doc: 'Where the checksum begins' },
  csum_offset: { offset: 8, width: 2, doc: 'Where it belongs, from there on' },
  num_buffers: { offset: 10, width: 2, doc: 'Chains that hold the packet' },
  hash_value: { offset: 12, width: 4, doc: 'With HASH_REPORT' },
  hash_report: { offset: 16, width: 2, doc: 'With HASH_REPORT' },
  padding_reserved: { offset: 18, width: 2, doc: 'With HASH_REPORT' },
} as const;
/** Bytes of the header that a legacy driver without MRG_RXBUF uses (VIRTIO 1.4 §5.1.9.1). */
export const VIRTIO_NET_HDR_LEGACY = 10;
/** Bytes of the header with `num_buffers`. */
export const VIRTIO_NET_HDR_MRG = 12;
/** Bytes of the header with a hash. */
export const VIRTIO_NET_HDR_HASH = 20;

/** Classes of control commands (VIRTIO 1.4 §5.1.9.5). */
export const VIRTIO_NET_CTRL = {
  RX: 0,
  MAC: 1,
  VLAN: 2,
  ANNOUNCE: 3,
  MQ: 4,
  GUEST_OFFLOADS: 5,
} as const;
/** Commands of class RX (VIRTIO 1.4 §5.1.9.5.1). */
export const VIRTIO_NET_CTRL_RX = {
  PROMISC: 0,
  ALLMULTI: 1,
  ALLUNI: 2,
  NOMULTI: 3,
  NOUNI: 4,
  NOBCAST: 5,
} as const;
/** Commands of class MAC (VIRTIO 1.4 §5.1.9.5.2). */
export const VIRTIO_NET_CTRL_MAC = { TABLE_SET: 0, ADDR_SET: 1 } as const;
/** Commands of class VLAN (VIRTIO 1.4 §5.1.9.5.3). */
export const VIRTIO_NET_CTRL_VLAN = { ADD: 0, DEL: 1 } as const;
/** Command of class ANNOUNCE (VIRTIO 1.4 §5.1.9.5.4). */
export const VIRTIO_NET_CTRL_ANNOUNCE_ACK = 0;
/** Commands of class MQ (VIRTIO 1.4 §5.1.9.5.5). */
export const VIRTIO_NET_CTRL_MQ = { VQ_PAIRS_SET: 0, RSS_CONFIG: 1, HASH_CONFIG: 2 } as const;
/** What the device answers to a control command (VIRTIO 1.4 §5.1.9.5). */
export const VIRTIO_NET_ACK = { OK: 0, ERR: 1 } as const;
