/** A machine to look at: its command line, and what there is to see. */
export interface ExampleMachine {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly commandLine: string;
}

const DISK = '-drive if=none,id=d0,file=hello.img,format=raw';
const NULL_DISK = (id: string) => `-blockdev driver=null-co,node-name=${id},size=16777216`;

/** Machines to begin with, the simplest first. */
export const MACHINES: readonly ExampleMachine[] = [
  {
    id: 'pc-blk',
    title: 'A disk on a PCI bus',
    description: 'pc with one virtio-blk-pci: where this page begins.',
    commandLine: `-M pc -m 64 ${DISK} -device virtio-blk-pci,id=disk0,drive=d0`,
  },
  {
    id: 'pc-scsi',
    title: 'A SCSI disk behind virtio-scsi',
    description:
      'The machine of the 2013 article on the refactoring: a transport, its virtio-bus, the device on it, and a SCSI bus below. Switch the tree to QEMU 1.2 and back.',
    commandLine: `-M pc -m 64 ${NULL_DISK('drive0')} -device virtio-scsi-pci,id=scsi -device scsi-hd,drive=drive0`,
  },
  {
    id: 'q35-express',
    title: 'PCI Express: root port and switch',
    description:
      'q35: a disk on the root bus, a NIC behind a downstream port of a switch, an entropy device behind a root port.',
    commandLine: `-M q35 -m 64 ${DISK} -netdev user,id=n0 -device virtio-blk-pci,id=disk0,drive=d0 -device pcie-root-port,id=rp0,chassis=1,slot=1 -device x3130-upstream,id=up0,bus=rp0 -device xio3130-downstream,id=down0,bus=up0,chassis=2,slot=2 -device virtio-net-pci,id=net0,netdev=n0,bus=down0 -device pcie-root-port,id=rp1,chassis=3,slot=3 -device virtio-rng-pci,id=rng0,bus=rp1`,
  },
  {
    id: 'microvm',
    title: 'No PCI at all: virtio-mmio slots',
    description: 'microvm: virtio devices in numbered slots of memory addresses.',
    commandLine: `-M microvm -m 64 ${DISK} -device virtio-blk-device,id=disk0,drive=d0 -device virtio-rng-device,id=rng0`,
  },
  {
    id: 'virt',
    title: 'Arm: MMIO slots and a PCIe bus',
    description: 'virt of aarch64 offers both: one disk in a slot, one NIC on the bus.',
    commandLine: `qemu-system-aarch64 -M virt -cpu cortex-a57 -m 64 ${DISK} -netdev user,id=n0 -device virtio-blk-device,id=disk0,drive=d0 -device virtio-net-pci,id=net0,netdev=n0`,
  },
  {
    id: 's390-ccw',
    title: 'Mainframe: channel devices',
    description: 's390-ccw-virtio: every device is a subchannel with a device number.',
    commandLine: `qemu-system-s390x -M s390-ccw-virtio -m 64 ${DISK} -netdev user,id=n0 -device virtio-blk-ccw,id=disk0,drive=d0,devno=fe.0.1234 -device virtio-net-ccw,id=net0,netdev=n0`,
  },
  {
    id: 's390-virtio',
    title: 'Mainframe, before channels',
    description:
      's390-virtio, which QEMU dropped in 2.6: device descriptors in a page above memory.',
    commandLine: `qemu-system-s390x -M s390-virtio -m 64 ${DISK} -device virtio-blk-s390,id=disk0,drive=d0`,
  },
  {
    id: 'pc-many',
    title: 'Ten virtio devices',
    description: 'One of each kind on a PCI bus, to compare their queues and properties.',
    commandLine: `-M pc -m 64 ${DISK} ${NULL_DISK('d1')} -netdev user,id=n0 -object rng-builtin,id=r0 -chardev null,id=c0 -object cryptodev-backend-builtin,id=cd0 -device virtio-blk-pci,id=disk0,drive=d0 -device virtio-net-pci,id=net0,netdev=n0 -device virtio-scsi-pci,id=scsi0 -device scsi-hd,drive=d1,bus=scsi0.0,id=hd0 -device virtio-balloon-pci,id=balloon0 -device virtio-rng-pci,id=rng0,rng=r0 -device virtio-serial-pci,id=serial0 -device virtconsole,chardev=c0,bus=serial0.0,id=console0 -device virtio-gpu-pci,id=gpu0 -device virtio-keyboard-pci,id=keyboard0 -device virtio-tablet-pci,id=tablet0 -device virtio-crypto-pci,id=crypto0,cryptodev=cd0`,
  },
];
