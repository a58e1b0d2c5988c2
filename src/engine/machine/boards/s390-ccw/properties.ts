import type { BoardProperties } from '../board.ts';

/** Properties of the s390-ccw-virtio machine type. */
export const S390_CCW_PROPERTIES: BoardProperties = {
  'aes-key-wrap': 'switch',
  append: 'any',
  boot: 'any',
  'confidential-guest-support': 'any',
  'dea-key-wrap': 'switch',
  'dt-compatible': 'any',
  dtb: 'any',
  'dump-guest-core': 'switch',
  dumpdtb: 'any',
  firmware: 'any',
  graphics: 'switch',
  initrd: 'any',
  kernel: 'any',
  loadparm: 'any',
  'mem-merge': 'switch',
  'memory-backend': 'any',
  'memory-encryption': 'any',
  memory: 'any',
  'phandle-start': 'any',
  smp: 'any',
  'suppress-vmdesc': 'switch',
  usb: 'switch',
};
