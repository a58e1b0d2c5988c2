import type { Family } from './family.ts';

const OTHER_CLASS = 0x00ff;

/** Memory of the guest's that comes and goes. */
export const MEMORY_FAMILIES: readonly Family[] = [
  {
    name: 'virtio-balloon-pci',
    aliases: ['virtio-balloon'],
    deviceType: 'virtio-balloon-device',
    pciId: 0x1002,
    classCode: OTHER_CLASS,
    properties: {},
    variants: ['transitional', 'non-transitional'],
  },
  {
    name: 'virtio-mem-pci',
    arches: ['x86_64', 'aarch64'],
    deviceType: 'virtio-mem',
    pciId: 0,
    classCode: OTHER_CLASS,
    modernOnly: true,
    properties: {},
    variants: [],
  },
  {
    name: 'virtio-pmem-pci',
    arches: ['x86_64'],
    deviceType: 'virtio-pmem',
    pciId: 0,
    classCode: OTHER_CLASS,
    modernOnly: true,
    properties: {},
    variants: [],
  },
];
