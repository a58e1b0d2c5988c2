import type { Access } from './access.ts';
import { pciConfigWrite } from './pci-config.ts';
import { legacyPci, mmio, modernPci, type TransportDriver } from './transports.ts';

/** A machine with one virtio device that sessions are run on. */
export interface Configuration {
  readonly name: string;
  readonly program: string;
  /** Command line without program; `DISK` stands for the image. */
  readonly line: string;
  /** Path of the interrupt controller whose inputs are watched. */
  readonly intercept: string;
  readonly transport: TransportDriver;
  /** Slot and function, where it is a PCI device. */
  readonly devfn: number | undefined;
  /** What firmware would have done, once after a system reset. */
  readonly firmware: readonly Access[];
  /** RAM that sessions use; at least `ARENA_BYTES` from here. */
  readonly arena: number;
  readonly queues: number;
  readonly queueSize: number;
  /** Which device it is. */
  readonly device: 'blk' | 'rng';
}

const DEVFN = 4 << 3;
/** Where the BARs are put. */
export const BARS = { io: 0xc000, msix: 0xe000_0000, modern: 0xe001_0000 } as const;
const ARENA = 0x10_0000;

/** Bus numbers, BARs, interrupt routing: what SeaBIOS would do, as far as sessions need it. */
const PC_FIRMWARE: readonly Access[] = [
  ...[10, 10, 11, 11].flatMap((irq, pin) => pciConfigWrite(1 << 3, 0x60 + pin, 1, irq)),
  ...pciConfigWrite(DEVFN, 0x10, 4, BARS.io),
  ...pciConfigWrite(DEVFN, 0x14, 4, BARS.msix),
  ...pciConfigWrite(DEVFN, 0x20, 4, BARS.modern),
  ...pciConfigWrite(DEVFN, 0x24, 4, 0),
  ...pciConfigWrite(DEVFN, 0x04, 2, 7),
];

const DRIVE = '-drive if=none,id=d0,file=DISK,format=raw,cache=unsafe';
const BLOCK = 'drive=d0,serial=DIFFER,queue-size=8,num-queues=2';

const PC = {
  program: 'qemu-system-x86_64',
  intercept: '/machine/i440fx/ioapic',
  devfn: DEVFN,
  firmware: PC_FIRMWARE,
  arena: ARENA,
} as const;

/** A block device in slot 4 of a PC; `more` are properties. */
function pcBlock(name: string, transport: TransportDriver, more = ''): Configuration {
  const line = `-M pc -m 8 ${DRIVE} -device virtio-blk-pci,addr=4,ioeventfd=off,${BLOCK}${more}`;
  return { ...PC, name, line, transport, queues: 2, queueSize: 8, device: 'blk' };
}

/** The one of 32 transports that takes the first device, on Arm's board. */
const VIRT_MMIO = 0x0a00_0000 + 31 * 0x200;
/** The one of 8, on a microvm with one interrupt controller. */
const MICROVM_MMIO = 0xfeb0_0000 + 7 * 0x200;

function mmioBlock(name: string, version: 1 | 2, more = ''): Configuration {
  const globals = `-global virtio-mmio.force-legacy=${version === 1} -global virtio-mmio.ioeventfd=off`;
  const device = `${DRIVE} -device virtio-blk-device,${BLOCK}${more}`;
  const common = { name, devfn: undefined, firmware: [], queues: 2, queueSize: 8 } as const;
  if (name.includes('virt'))
    return {
      ...common,
      program: 'qemu-system-aarch64',
      line: `-M virt -m 64 ${globals} ${device}`,
      intercept: '/machine/unattached/device[1]',
      transport: mmio(VIRT_MMIO, version === 1),
      arena: 0x4010_0000,
      device: 'blk',
    };
  return {
    ...common,
    program: 'qemu-system-x86_64',
    line: `-M microvm,ioapic2=off -m 8 ${globals} ${device}`,
    intercept: '/machine/ioapic',
    transport: mmio(MICROVM_MMIO, version === 1),
    arena: ARENA,
    device: 'blk',
  };
}

/** The machines that sessions are run on. */
export const CONFIGURATIONS: readonly Configuration[] = [
  pcBlock('pci-modern', modernPci(BARS.modern, 4)),
  pcBlock('pci-page-per-vq', modernPci(BARS.modern, 4096), ',page-per-vq=on,disable-legacy=on'),
  pcBlock('pci-transitional-legacy', legacyPci(BARS.io)),
  pcBlock('pci-legacy', legacyPci(BARS.io), ',disable-modern=on,vectors=0'),
  mmioBlock('mmio-1', 1),
  mmioBlock('mmio-2', 2),
  mmioBlock('mmio-1-virt', 1),
  mmioBlock('mmio-2-virt', 2),
];
