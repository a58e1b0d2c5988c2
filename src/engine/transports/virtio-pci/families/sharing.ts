import { u32 } from '../../../qom/property.ts';
import {
  ALL_VARIANTS,
  defaultVectors,
  type Family,
  ioeventfd,
  vectorsUnspecified,
} from './family.ts';

const STORAGE_CLASS = 0x0180;
const COMMUNICATION_CLASS = 0x0780;
const OTHER_CLASS = 0x00ff;
/** QEMU's class of the 9P device: network, as it stood in the first draft. */
const NINE_P_CLASS = 0x0002;
/** Vectors beside those of a file system's request queues: configuration and high priority. */
const FS_OTHER_VECTORS = 2;

const socket = (name: string, deviceType: string): Family => ({
  name,
  deviceType,
  pciId: 0,
  classCode: COMMUNICATION_CLASS,
  modernOnly: true,
  properties: { vectors: u32(3) },
  variants: ['non-transitional'],
});

/** A device whose work another process does, with one vector that nobody may change. */
const simple = (name: string): Family => ({
  name: `${name}-pci`,
  deviceType: `${name}-device`,
  pciId: 0,
  classCode: COMMUNICATION_CLASS,
  properties: {},
  variants: 'modern',
  prepare: (transport) => {
    transport.values.vectors = 1;
  },
});

/** Files, sockets, ciphers and wires that the guest shares with its host. */
export const SHARING_FAMILIES: readonly Family[] = [
  {
    name: 'virtio-9p-pci',
    aliases: ['virtio-9p'],
    deviceType: 'virtio-9p-device',
    pciId: 0x1009,
    classCode: NINE_P_CLASS,
    properties: { ioeventfd, vectors: u32(2) },
    variants: ALL_VARIANTS,
  },
  {
    name: 'virtio-crypto-pci',
    deviceType: 'virtio-crypto-device',
    pciId: 0,
    classCode: OTHER_CLASS,
    modernOnly: true,
    properties: { ioeventfd, vectors: u32(2) },
    variants: 'single',
  },
  {
    name: 'vhost-user-fs-pci',
    deviceType: 'vhost-user-fs-device',
    pciId: 0,
    classCode: STORAGE_CLASS,
    properties: { vectors: vectorsUnspecified },
    variants: 'modern',
    prepare(transport) {
      const queues = Number(transport.vdev.values['num-request-queues']);
      defaultVectors(transport, queues + FS_OTHER_VECTORS);
    },
  },
  {
    name: 'vhost-user-rng-pci',
    deviceType: 'vhost-user-rng',
    pciId: 0,
    classCode: OTHER_CLASS,
    properties: { vectors: vectorsUnspecified },
    variants: 'modern',
    prepare: (transport) => defaultVectors(transport, 1),
  },
  simple('vhost-user-i2c'),
  simple('vhost-user-gpio'),
  socket('vhost-vsock-pci', 'vhost-vsock-device'),
  socket('vhost-user-vsock-pci', 'vhost-user-vsock-device'),
];
