import { u32 } from '../../../qom/property.ts';
import type { TypeInfo } from '../../../qom/type.ts';
import type { Family } from './family.ts';

const KEYBOARD_CLASS = 0x0900;
const MOUSE_CLASS = 0x0902;
const OTHER_CLASS = 0x0980;

/** Abstract transports of input devices. */
export const INPUT_PARENTS: readonly TypeInfo[] = [
  {
    name: 'virtio-input-pci',
    parent: 'virtio-pci',
    abstract: true,
    properties: { vectors: u32(2) },
  },
  { name: 'virtio-input-hid-pci', parent: 'virtio-input-pci', abstract: true },
];

const input = (
  name: string,
  deviceType: string,
  parent: string,
  classCode: number,
  aliases: readonly string[] = [],
): Family => ({
  name,
  parent,
  deviceType,
  pciId: 0,
  classCode,
  aliases,
  modernOnly: true,
  properties: {},
  variants: 'single',
});

const hid = (kind: string, classCode: number): Family =>
  input(`virtio-${kind}-pci`, `virtio-${kind}-device`, 'virtio-input-hid-pci', classCode, [
    `virtio-${kind}`,
  ]);

/** Keyboards, pointers, and what passes the host's through. */
export const INPUT_FAMILIES: readonly Family[] = [
  hid('keyboard', KEYBOARD_CLASS),
  hid('mouse', MOUSE_CLASS),
  hid('tablet', OTHER_CLASS),
  input('virtio-input-host-pci', 'virtio-input-host-device', 'virtio-input-pci', OTHER_CLASS, [
    'virtio-input-host',
  ]),
  input('vhost-user-input-pci', 'vhost-user-input', 'virtio-input-pci', OTHER_CLASS),
];
