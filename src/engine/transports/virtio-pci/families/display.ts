import { bit, bool, u32 } from '../../../qom/property.ts';
import type { TypeInfo } from '../../../qom/type.ts';
import { VirtioVga } from '../virtio-vga.ts';
import type { Family } from './family.ts';

const PROPERTIES = { ioeventfd: bit(false), vectors: u32(3) } as const;
const VGA_CLASS = 0x0300;
const DISPLAY_CLASS = 0x0380;

/** Abstract transports of displays. */
export const DISPLAY_PARENTS: readonly TypeInfo[] = [
  {
    name: 'virtio-gpu-pci-base',
    parent: 'virtio-pci',
    abstract: true,
    hotpluggable: false,
    properties: PROPERTIES,
  },
  {
    name: 'virtio-vga-base',
    parent: 'virtio-pci',
    abstract: true,
    hotpluggable: false,
    properties: PROPERTIES,
    classProperties: { 'big-endian-framebuffer': { ...bool(false), hasDefault: false } },
    defaults: { romfile: 'vgabios-virtio.bin' },
  },
];

const gpu = (name: string, deviceType: string): Family => ({
  name,
  parent: 'virtio-gpu-pci-base',
  deviceType,
  pciId: 0,
  classCode: DISPLAY_CLASS,
  modernOnly: true,
  properties: {},
  variants: 'single',
});

/** A display that is a VGA adapter too, until its driver says otherwise (VIRTIO 1.4 §5.7.7). */
const vga = (name: string, deviceType: string): Family => {
  const kind = {
    deviceType,
    pciId: 0,
    classCode: VGA_CLASS,
    modernOnly: true,
    layout: { modern: 2, msix: 4, pioNotify: 5, atEnd: true },
  };
  return {
    ...kind,
    name,
    parent: 'virtio-vga-base',
    arches: ['x86_64', 'riscv64'],
    properties: {},
    variants: 'single',
    create: (init) => new VirtioVga(init, kind),
  };
};

/** Displays. */
export const DISPLAY_FAMILIES: readonly Family[] = [
  { ...gpu('virtio-gpu-pci', 'virtio-gpu-device'), aliases: ['virtio-gpu'] },
  { ...gpu('virtio-gpu-gl-pci', 'virtio-gpu-gl-device'), aliases: ['virtio-gpu-gl'] },
  gpu('vhost-user-gpu-pci', 'vhost-user-gpu'),
  vga('virtio-vga', 'virtio-gpu-device'),
  vga('virtio-vga-gl', 'virtio-gpu-gl-device'),
  vga('vhost-user-vga', 'vhost-user-gpu'),
];
