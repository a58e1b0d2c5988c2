import type { Machine } from '../../engine/machine/machine.ts';
import type { VirtioDevice } from '../../engine/virtio/virtio-device.ts';
import { ccwPort } from './ccw-port.ts';
import { mmioPort } from './mmio-port.ts';
import { legacyPciPort, modernPciPort } from './pci-ports.ts';
import type { Port, PortName } from './port.ts';
import { s390Port } from './s390-port.ts';

/** How a subject of each transport is made. */
export interface PortKind {
  /** Command line of the machine; `DEVICE` stands where its drive and `-device` go. */
  readonly line: string;
  open(machine: Machine, device: VirtioDevice): Port;
}

const PC = '-M pc -m 32 -nodefaults DEVICE virtio-blk-pci,num-queues=2,addr=4';
const S390_CCW = 'qemu-system-s390x -M s390-ccw-virtio -m 32 -nodefaults';
const VIRT = '-M virt -m 32 -nodefaults';

/** Every way to reach a device. */
export const PORTS: Readonly<Record<PortName, PortKind>> = {
  'pci-modern': { line: `${PC},disable-legacy=on`, open: modernPciPort },
  'pci-legacy': { line: `${PC},disable-legacy=off,disable-modern=on`, open: legacyPciPort },
  'mmio-v1': {
    line: `qemu-system-aarch64 ${VIRT} DEVICE virtio-blk-device,num-queues=2`,
    open: (machine, device) => mmioPort('mmio-v1', machine, device),
  },
  'mmio-v2': {
    line: `qemu-system-aarch64 ${VIRT} -global virtio-mmio.force-legacy=false DEVICE virtio-blk-device,num-queues=2`,
    open: (machine, device) => mmioPort('mmio-v2', machine, device),
  },
  ccw: {
    line: `${S390_CCW} DEVICE virtio-blk-ccw,num-queues=2`,
    open: (machine, device) => ccwPort('ccw', machine, device),
  },
  'ccw-legacy': {
    line: `${S390_CCW} DEVICE virtio-blk-ccw,num-queues=2,max_revision=0`,
    open: (machine, device) => ccwPort('ccw-legacy', machine, device),
  },
  's390-virtio': {
    line: 'qemu-system-s390x -M s390-virtio -m 32 -nodefaults DEVICE virtio-blk-s390',
    open: s390Port,
  },
};
