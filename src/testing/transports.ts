/** Command lines whose only disk, `hello.img`, is behind one kind of transport each; by what a test calls it. */
export const TRANSPORTS = {
  'pci-modern on pc':
    '-M pc -m 64 -nodefaults DISK -device virtio-blk-pci,id=disk0,drive=d0,disable-legacy=on',
  'pci-legacy on pc':
    '-M pc -m 64 -nodefaults DISK -device virtio-blk-pci,id=disk0,drive=d0,disable-modern=on',
  'pci behind a root port of q35':
    '-M q35 -m 64 -nodefaults DISK -device pcie-root-port,id=rp0,slot=1 -device virtio-blk-pci,id=disk0,drive=d0,bus=rp0',
  'pci behind two bridges of pc':
    '-M pc -m 64 -nodefaults DISK -device pci-bridge,id=b0,chassis_nr=1 -device pci-bridge,id=b1,chassis_nr=2,bus=b0 -device virtio-blk-pci,id=disk0,drive=d0,bus=b1,addr=3',
  'pci on virt':
    'qemu-system-aarch64 -M virt -m 64 -nodefaults DISK -device virtio-blk-pci,id=disk0,drive=d0',
  'pci-legacy on virt':
    'qemu-system-aarch64 -M virt -m 64 -nodefaults DISK -device virtio-blk-pci,id=disk0,drive=d0,disable-modern=on',
  'pci on virt with 32 address bits':
    'qemu-system-aarch64 -M virt,highmem=off -m 64 -nodefaults DISK -device virtio-blk-pci,id=disk0,drive=d0',
  'pci on microvm':
    '-M microvm,pcie=on -m 64 -nodefaults DISK -device virtio-blk-pci,id=disk0,drive=d0',
  'pci on RISC-V':
    'qemu-system-riscv64 -M virt -m 64 -nodefaults DISK -device virtio-blk-pci,id=disk0,drive=d0',
  'mmio version 1 on virt':
    'qemu-system-aarch64 -M virt -m 64 -nodefaults DISK -device virtio-blk-device,id=disk0,drive=d0',
  'mmio version 2 on virt':
    'qemu-system-aarch64 -M virt -m 64 -nodefaults -global virtio-mmio.force-legacy=false DISK -device virtio-blk-device,id=disk0,drive=d0',
  'mmio on microvm':
    '-M microvm -m 64 -nodefaults DISK -device virtio-blk-device,id=disk0,drive=d0',
  'mmio on RISC-V':
    'qemu-system-riscv64 -M virt -m 64 -nodefaults DISK -device virtio-blk-device,id=disk0,drive=d0',
  'ccw on s390-ccw-virtio':
    'qemu-system-s390x -M s390-ccw-virtio -m 64 -nodefaults DISK -device virtio-blk-ccw,id=disk0,drive=d0',
  'ccw revision 1':
    'qemu-system-s390x -M s390-ccw-virtio -m 64 -nodefaults DISK -device virtio-blk-ccw,id=disk0,drive=d0,max_revision=1',
  'ccw revision 0':
    'qemu-system-s390x -M s390-ccw-virtio -m 64 -nodefaults DISK -device virtio-blk-ccw,id=disk0,drive=d0,max_revision=0',
  's390-virtio':
    'qemu-system-s390x -M s390-virtio -m 64 -nodefaults DISK -device virtio-blk-s390,id=disk0,drive=d0',
} as const;

/** Name of one of `TRANSPORTS`. */
export type TransportName = keyof typeof TRANSPORTS;

/** Its command line; `more` is appended. */
export function transportLine(name: TransportName, more = ''): string {
  const drive = '-drive if=none,id=d0,file=hello.img,format=raw';
  return `${TRANSPORTS[name].replace('DISK', drive)} ${more}`;
}
