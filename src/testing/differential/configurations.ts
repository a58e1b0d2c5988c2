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
const PC = '-M pc -m 8';

function pc(
  name: string,
  transport: TransportDriver,
  device: string,
  rest: Partial<Configuration> = {},
): Configuration {
  return {
    name,
    program: 'qemu-system-x86_64',
    line: `${PC} ${DRIVE} -device virtio-blk-pci,drive=d0,addr=4,ioeventfd=off,serial=DIFFER,${device}`,
    intercept: '/machine/i440fx/ioapic',
    transport,
    devfn: DEVFN,
    firmware: PC_FIRMWARE,
    arena: ARENA,
    queues: 2,
    queueSize: 8,
    device: 'blk',
    ...rest,
  };
}

/** The machines that sessions are run on. */
export const CONFIGURATIONS: readonly Configuration[] = [
  pc('pci-modern', modernPci(BARS.modern, 4), 'queue-size=8,num-queues=2'),
  pc(
    'pci-modern-page-per-vq',
    modernPci(BARS.modern, 4096),
    'queue-size=8,num-queues=2,page-per-vq=on',
  ),
  pc('pci-legacy', legacyPci(BARS.io), 'queue-size=8,num-queues=2'),
];
