import type { Access } from './access.ts';
import { pciConfigWrite } from './pci-config.ts';
import {
  legacyPci,
  mmio,
  modernPci,
  type TransportDriver,
  withPortDoorbell,
} from './transports.ts';

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
  /** Where RAM ends. */
  readonly ramEnd: number;
  readonly queueSize: number;
  /** Whether the driver accepts packed rings. */
  readonly packed: boolean;
}

const DEVFN = 4 << 3;
/** Where the BARs are put. */
export const BARS = {
  io: 0xc000,
  doorbell: 0xc100,
  msix: 0xe000_0000,
  modern: 0xe001_0000,
} as const;
const ARENA = 0x10_0000;

/** Bus numbers, BARs, interrupt routing: what SeaBIOS would do, as far as sessions need it. */
export const PC_FIRMWARE: readonly Access[] = [
  ...[10, 10, 11, 11].flatMap((irq, pin) => pciConfigWrite(1 << 3, 0x60 + pin, 1, irq)),
  ...pciConfigWrite(DEVFN, 0x10, 4, BARS.io),
  ...pciConfigWrite(DEVFN, 0x14, 4, BARS.msix),
  ...pciConfigWrite(DEVFN, 0x18, 4, BARS.doorbell),
  ...pciConfigWrite(DEVFN, 0x20, 4, BARS.modern),
  ...pciConfigWrite(DEVFN, 0x24, 4, 0),
  ...pciConfigWrite(DEVFN, 0x04, 2, 7),
];

const DRIVE = '-drive if=none,id=d0,file=DISK,format=raw,cache=unsafe';
const QUEUE_SIZE = 8;
const BLOCK = `drive=d0,serial=DIFFER,queue-size=${QUEUE_SIZE},num-queues=2`;

/** What sessions on an x86 machine have in common. */
const X86 = {
  program: 'qemu-system-x86_64',
  arena: ARENA,
  ramEnd: 8 * 2 ** 20,
  queueSize: QUEUE_SIZE,
} as const;

/** A block device in slot 4 of a PC; `more` are properties. */
function pci(name: string, transport: TransportDriver, more = ''): Configuration {
  return {
    ...X86,
    name,
    line: `-M pc -m 8 ${DRIVE} -device virtio-blk-pci,addr=4,${BLOCK}${more}`,
    intercept: '/machine/i440fx/ioapic',
    devfn: DEVFN,
    firmware: PC_FIRMWARE,
    transport,
    packed: more.includes('packed=on'),
  };
}

/** A block device on virtio-mmio of the given version; `more` are properties. */
function mmioLine(version: 1 | 2, more: string): string {
  const globals = `-global virtio-mmio.force-legacy=${version === 1} -global virtio-mmio.ioeventfd=off`;
  return `${globals} ${DRIVE} -device virtio-blk-device,${BLOCK}${more}`;
}

/** The last of 8 transports, which takes the first device, on a microvm with one interrupt controller. */
function microvm(name: string, version: 1 | 2, more = ''): Configuration {
  return {
    ...X86,
    name,
    line: `-M microvm,ioapic2=off -m 8 ${mmioLine(version, more)}`,
    intercept: '/machine/ioapic',
    devfn: undefined,
    firmware: [],
    transport: mmio(0xfeb0_0000 + 7 * 0x200, version === 1),
    packed: more.includes('packed=on'),
  };
}

/** The last of the 32 transports of Arm's board. */
function virt(name: string, version: 1 | 2, more = ''): Configuration {
  return {
    name,
    program: 'qemu-system-aarch64',
    line: `-M virt -m 64 ${mmioLine(version, more)}`,
    intercept: '/machine/unattached/device[1]',
    devfn: undefined,
    firmware: [],
    transport: mmio(0x0a00_0000 + 31 * 0x200, version === 1),
    arena: 0x4010_0000,
    ramEnd: 0x4400_0000,
    queueSize: QUEUE_SIZE,
    packed: more.includes('packed=on'),
  };
}

/** The machines that sessions are run on. */
export const CONFIGURATIONS: readonly Configuration[] = [
  pci('pci-modern', modernPci(BARS.modern, 4)),
  pci('pci-modern-packed', modernPci(BARS.modern, 4), ',packed=on'),
  pci(
    'pci-page-per-vq',
    modernPci(BARS.modern, 4096),
    ',page-per-vq=on,disable-legacy=on,ioeventfd=off',
  ),
  pci(
    'pci-port-doorbell',
    withPortDoorbell(modernPci(BARS.modern, 4), BARS.doorbell),
    ',modern-pio-notify=on,queue_reset=off,event_idx=off',
  ),
  pci('pci-transitional-legacy', legacyPci(BARS.io)),
  pci('pci-legacy', legacyPci(BARS.io), ',disable-modern=on,vectors=0,ioeventfd=off'),
  microvm('mmio-1', 1),
  microvm('mmio-2', 2),
  microvm('mmio-2-packed', 2, ',packed=on'),
  virt('mmio-1-virt', 1),
  virt('mmio-2-virt', 2),
];
