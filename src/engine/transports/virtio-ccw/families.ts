import type { PropertyTable } from '../../qom/property.ts';
import { CCW_PROPERTIES, type VirtioCcwKind } from './virtio-ccw.ts';

/** One transport type: `virtio-X-ccw`. */
export interface CcwFamily extends VirtioCcwKind {
  readonly name: string;
  /** `virtio-ccw-device` where absent. */
  readonly parent?: string;
  readonly aliases?: readonly string[];
  /** False where the device cannot come or go while the machine runs. */
  readonly hotpluggable?: boolean;
  /** Properties that the type adds, in QEMU's order; those of `CCW_PROPERTIES` where absent. */
  readonly properties?: PropertyTable;
}

/** What devices have whose notifications never leave the host kernel. */
const { max_revision } = CCW_PROPERTIES;

/** Abstract parents of the input devices, and what they declare. */
export const INPUT_PARENTS = [
  { name: 'virtio-input-ccw', parent: 'virtio-ccw-device', properties: CCW_PROPERTIES },
  { name: 'virtio-input-hid-ccw', parent: 'virtio-input-ccw' },
] as const;

/** An input device: everything but its own type is declared above it. */
function input(kind: 'keyboard' | 'mouse' | 'tablet'): CcwFamily {
  return {
    name: `virtio-${kind}-ccw`,
    parent: 'virtio-input-hid-ccw',
    aliases: [`virtio-${kind}`],
    properties: {},
    deviceType: `virtio-${kind}-device`,
    modernOnly: true,
  };
}

/** Every device that QEMU 7.2 puts on the virtual channel subsystem. */
export const CCW_FAMILIES: readonly CcwFamily[] = [
  { name: 'virtio-9p-ccw', aliases: ['virtio-9p'], deviceType: 'virtio-9p-device' },
  {
    name: 'virtio-balloon-ccw',
    aliases: ['virtio-balloon'],
    deviceType: 'virtio-balloon-device',
  },
  { name: 'virtio-blk-ccw', aliases: ['virtio-blk'], deviceType: 'virtio-blk-device' },
  { name: 'virtio-crypto-ccw', deviceType: 'virtio-crypto-device', modernOnly: true },
  {
    name: 'virtio-gpu-ccw',
    aliases: ['virtio-gpu'],
    hotpluggable: false,
    deviceType: 'virtio-gpu-device',
    modernOnly: true,
  },
  input('keyboard'),
  input('mouse'),
  input('tablet'),
  { name: 'virtio-net-ccw', aliases: ['virtio-net'], deviceType: 'virtio-net-device' },
  { name: 'virtio-rng-ccw', aliases: ['virtio-rng'], deviceType: 'virtio-rng-device' },
  { name: 'virtio-scsi-ccw', aliases: ['virtio-scsi'], deviceType: 'virtio-scsi-device' },
  { name: 'virtio-serial-ccw', aliases: ['virtio-serial'], deviceType: 'virtio-serial-device' },
  {
    name: 'vhost-scsi-ccw',
    deviceType: 'vhost-scsi',
    omits: ['bootindex'],
    properties: { max_revision },
  },
  {
    name: 'vhost-user-fs-ccw',
    deviceType: 'vhost-user-fs-device',
    omits: ['bootindex'],
    modernOnly: true,
  },
  {
    name: 'vhost-vsock-ccw',
    deviceType: 'vhost-vsock-device',
    properties: { max_revision },
    modernOnly: true,
  },
];
