import { hex } from '../../base/bits.ts';
import {
  VIRTIO_BLK_CONFIG,
  VIRTIO_BLK_F,
  VIRTIO_BLK_S,
  VIRTIO_BLK_SECTOR,
  VIRTIO_BLK_T,
} from '../../spec/blk.ts';
import {
  STATUS,
  VIRTIO_F,
  VIRTIO_ID,
  VIRTQ_AVAIL_F_NO_INTERRUPT,
  VIRTQ_DESC_F_AVAIL,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_USED,
  VIRTQ_DESC_F_WRITE,
  VIRTQ_USED_F_NO_NOTIFY,
} from '../../spec/virtio.ts';
import { VIRTIO_PCI_CAP } from '../../spec/virtio-pci.ts';
import { PciBus } from '../bus/pci.ts';
import { NO_PCI, type PciConfig, PciConfigPorts, PciEcam } from '../bus/pci-config.ts';
import { VirtioBus } from '../bus/virtio-bus.ts';
import {
  VirtioOnChannel,
  VirtioOnDevicePage,
  VirtioOnMmio,
  VirtioOnPci,
} from '../bus/virtio-sources.ts';
import { GuestContext } from '../context.ts';
import type { DmaAllocator } from '../dma.ts';
import { BlkError, VirtioBlk } from '../drivers/virtio-blk.ts';
import { VirtioRng } from '../drivers/virtio-rng.ts';
import type { GuestMemory } from '../guest-memory.ts';
import type { Hal } from '../hal.ts';
import { Chain } from '../virtqueue/chain.ts';
import { DeviceError } from '../virtqueue/queue.ts';
import { InterruptInputs, Mmio, PortIo } from './bus-access.ts';
import { hexdump, text } from './format.ts';
import { createLog, type Log } from './output.ts';

type Prefixed<P extends string, T> = { readonly [K in keyof T & string as `${P}${K}`]: T[K] };

/** Flags of descriptors and rings. */
const VIRTQ = {
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_AVAIL,
  VIRTQ_DESC_F_USED,
  VIRTQ_AVAIL_F_NO_INTERRUPT,
  VIRTQ_USED_F_NO_NOTIFY,
} as const;

/** Device status bit (VIRTIO 1.4 §2.1). */
type StatusBits = typeof STATUS;
/** Number of a feature bit that any device may offer (VIRTIO 1.4 §6). */
type FeatureBits = typeof VIRTIO_F;
/** Number of a feature bit of the block device (VIRTIO 1.4 §5.2.3). */
type BlkFeatureBits = typeof VIRTIO_BLK_F;
/** Request type of the block device (VIRTIO 1.4 §5.2.6). */
type BlkTypes = Prefixed<'VIRTIO_BLK_T_', typeof VIRTIO_BLK_T>;
/** Status of a block request (VIRTIO 1.4 §5.2.6). */
type BlkStatuses = Prefixed<'VIRTIO_BLK_S_', typeof VIRTIO_BLK_S>;
/** Virtio device ID (VIRTIO 1.4 §5). */
type DeviceIds = Prefixed<'VIRTIO_ID_', typeof VIRTIO_ID>;
/** Flag of a descriptor, or of a ring (VIRTIO 1.4 §2.7). */
type QueueFlags = typeof VIRTQ;
/** Value of `cfg_type` in a virtio PCI capability (VIRTIO 1.4 §4.1.4). */
type CapabilityTypes = Prefixed<'VIRTIO_PCI_CAP_', typeof VIRTIO_PCI_CAP>;

/** All that a script can import from 'guest'. */
export interface GuestModule
  extends StatusBits,
    FeatureBits,
    BlkFeatureBits,
    BlkTypes,
    BlkStatuses,
    DeviceIds,
    QueueFlags,
    CapabilityTypes {
  /** The PCI bus: finds functions, and enables them. */
  readonly pci: PciBus;
  /** The virtio devices of this machine, whatever bus they are on. */
  readonly virtio: VirtioBus;
  /** Memory for rings and buffers. */
  readonly dma: DmaAllocator;
  /** All of the guest's memory, by guest-physical address. */
  readonly ram: GuestMemory;
  /** I/O ports. */
  readonly io: PortIo;
  /** Device registers in the memory address space. */
  readonly mmio: Mmio;
  /** Interrupt inputs. */
  readonly irq: InterruptInputs;
  /** Prints to the console. */
  readonly log: Log;
  /** A number in base 16, `0x` first, with at least `digits` digits. */
  hex(value: number, digits?: number): string;
  /** Bytes in base 16 and as text, sixteen in a line; `address` is what the first line counts from. */
  hexdump(content: Uint8Array, address?: number): string;
  /** Bytes as text, UTF-8, up to the first zero byte. */
  text(content: Uint8Array): string;
  readonly Chain: typeof Chain;
  readonly VirtioBlk: typeof VirtioBlk;
  readonly VirtioRng: typeof VirtioRng;
  readonly BlkError: typeof BlkError;
  readonly DeviceError: typeof DeviceError;
  /** Bytes of a sector, the unit of a block device. */
  readonly VIRTIO_BLK_SECTOR: typeof VIRTIO_BLK_SECTOR;
  /** Fields of the block device's configuration, for `transport.config` (VIRTIO 1.4 §5.2.4). */
  readonly VIRTIO_BLK_CONFIG: typeof VIRTIO_BLK_CONFIG;
}

/** The guest library for one run on `hal`: nothing of it is shared with another run. */
export function createGuestModule(hal: Hal): GuestModule {
  const context = new GuestContext(hal);
  const { pci: host } = hal.platform;
  const config = configOf(hal);
  const pci = new PciBus(config, host);
  return {
    pci,
    virtio: new VirtioBus(context, [
      new VirtioOnPci(context, pci),
      new VirtioOnMmio(context),
      new VirtioOnChannel(context),
      new VirtioOnDevicePage(context),
    ]),
    dma: context.dma,
    ram: hal.ram,
    io: new PortIo(context.ports, config),
    mmio: new Mmio(hal),
    irq: new InterruptInputs(hal),
    log: createLog(hal),
    hex,
    hexdump,
    text,
    Chain,
    VirtioBlk,
    VirtioRng,
    BlkError,
    DeviceError,
    VIRTIO_BLK_SECTOR,
    VIRTIO_BLK_CONFIG,
    ...STATUS,
    ...VIRTIO_F,
    ...VIRTIO_BLK_F,
    ...VIRTQ,
    ...prefixed('VIRTIO_BLK_T_', VIRTIO_BLK_T),
    ...prefixed('VIRTIO_BLK_S_', VIRTIO_BLK_S),
    ...prefixed('VIRTIO_ID_', VIRTIO_ID),
    ...prefixed('VIRTIO_PCI_CAP_', VIRTIO_PCI_CAP),
  };
}

/** The way to PCI configuration space on this machine. */
function configOf(hal: Hal): PciConfig {
  const { pci } = hal.platform;
  if (!pci) return NO_PCI;
  return pci.ecam ? new PciEcam(hal, pci.ecam) : new PciConfigPorts(hal);
}

function prefixed<P extends string, T extends object>(prefix: P, table: T): Prefixed<P, T> {
  const entries = Object.entries(table).map(([name, value]) => [prefix + name, value]);
  return Object.fromEntries(entries) as Prefixed<P, T>;
}
