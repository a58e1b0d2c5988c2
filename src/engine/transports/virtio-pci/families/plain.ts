import {
  ALL_VARIANTS,
  defaultVectors,
  type Family,
  ioeventfd,
  vectorsUnspecified,
} from './family.ts';

/** Devices whose transport adds nothing but an identity. */
export const PLAIN_FAMILIES: readonly Family[] = [
  {
    name: 'virtio-rng-pci',
    aliases: ['virtio-rng'],
    deviceType: 'virtio-rng-device',
    pciId: 0x1005,
    classCode: 0x00ff,
    properties: { ioeventfd, vectors: vectorsUnspecified },
    variants: ALL_VARIANTS,
    prepare: (transport) => defaultVectors(transport, 2),
  },
];
