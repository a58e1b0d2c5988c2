import {
  ALL_VARIANTS,
  defaultVectors,
  type Family,
  ioeventfd,
  vectorsUnspecified,
} from './family.ts';

/** Network devices. */
export const NETWORK_FAMILIES: readonly Family[] = [
  {
    name: 'virtio-net-pci',
    aliases: ['virtio-net'],
    deviceType: 'virtio-net-device',
    pciId: 0x1000,
    classCode: 0x0200,
    properties: { ioeventfd, vectors: vectorsUnspecified },
    variants: ALL_VARIANTS,
    romfile: 'efi-virtio.rom',
    prepare(transport) {
      const { netdev } = transport.vdev.values;
      const pairs = Math.max((netdev as readonly unknown[]).length, 1);
      // Beside the data queues one for the control queue and one for the configuration.
      defaultVectors(transport, 2 * pairs + 2);
    },
  },
];
