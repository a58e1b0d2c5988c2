import { u32 } from '../../../qom/property.ts';
import { ALL_VARIANTS, defaultVectors, type Family, ioeventfd } from './family.ts';

const COMMUNICATION_OTHER = 0x0780;
/** PCI classes that `class=` can choose: other communication, other display, no class. */
const CLASSES: readonly unknown[] = [COMMUNICATION_OTHER, 0x0380, 0x00ff];

/** Serial ports. */
export const SERIAL_FAMILIES: readonly Family[] = [
  {
    name: 'virtio-serial-pci',
    aliases: ['virtio-serial'],
    deviceType: 'virtio-serial-device',
    pciId: 0x1003,
    classCode: COMMUNICATION_OTHER,
    properties: { ioeventfd, vectors: u32(2), class: u32(0) },
    variants: ALL_VARIANTS,
    prepare(transport) {
      const { values } = transport;
      // Not its default, but a user may ask for it.
      defaultVectors(transport, Number(transport.vdev.values.max_ports) + 1);
      if (!CLASSES.includes(values.class)) values.class = COMMUNICATION_OTHER;
    },
  },
];
