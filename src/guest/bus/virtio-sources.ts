import { hex } from '../../base/bits.ts';
import { KVM_DEVICE_DESC_BYTES, KVM_PAGE_BYTES } from '../../spec/kvm-virtio.ts';
import { PCI_VENDOR_VIRTIO } from '../../spec/pci.ts';
import type { MmioSlot } from '../../spec/platform.ts';
import { VIRTIO_ID } from '../../spec/virtio.ts';
import { VIRTIO_CCW_CU_TYPE } from '../../spec/virtio-ccw.ts';
import { VIRTIO_MMIO, VIRTIO_MMIO_MAGIC } from '../../spec/virtio-mmio.ts';
import type { GuestContext } from '../context.ts';
import { VirtioCcw } from '../transport/virtio-ccw.ts';
import { VirtioMmio } from '../transport/virtio-mmio.ts';
import { VirtioPci } from '../transport/virtio-pci.ts';
import {
  type OpenOptions,
  type VirtioPciTransport,
  virtioDeviceId,
} from '../transport/virtio-pci-base.ts';
import { VirtioPciLegacy } from '../transport/virtio-pci-legacy.ts';
import { DeviceDescriptor, VirtioS390 } from '../transport/virtio-s390.ts';
import type { VirtioTransport } from '../transport/virtio-transport.ts';
import { ChannelSubsystem, type Subchannel } from './channel.ts';
import type { PciBus } from './pci.ts';
import type { PciFunction } from './pci-function.ts';

/** Ways in which a machine can have virtio devices. */
export type VirtioBusKind = 'pci' | 'mmio' | 'ccw' | 's390';

/** A virtio device that was found, whatever bus it is on, and not opened yet. */
export interface VirtioCandidate {
  /** Virtio device ID (VIRTIO 1.4 §5). */
  readonly deviceId: number;
  readonly kind: VirtioBusKind;
  /** Where it was found, in words. */
  readonly place: string;
  /** On PCI: its function. */
  readonly function?: PciFunction;
  /** Makes the device ready to be reached. Throws where it does not have what `options` ask for. */
  open(options?: OpenOptions): VirtioTransport;
}

/** One place that was looked at in search of devices. */
export interface DiscoveryStep {
  /** A function, a window of registers, a subchannel, a descriptor. */
  readonly place: string;
  /** What the guest asked there, and what it was answered. */
  readonly finding: string;
  /** The device, where that was one of virtio. */
  readonly device?: VirtioCandidate;
}

/** A kind of bus on which virtio devices can be found. */
export interface VirtioSource {
  readonly kind: VirtioBusKind;
  /** How the guest knows that the machine has such a bus, and where. */
  readonly told: string;
  /** Looks at one place after another, in the bus's own order. */
  steps(): Iterable<DiscoveryStep>;
}

/** What a virtio device ID stands for: `block`. */
export function deviceName(deviceId: number): string {
  const name = Object.entries(VIRTIO_ID).find(([, id]) => id === deviceId)?.[0];
  return name?.toLowerCase().replaceAll('_', ' ') ?? `device ${deviceId}`;
}

/** The virtio functions of the PCI buses. */
export class VirtioOnPci implements VirtioSource {
  readonly kind = 'pci';
  readonly #context: GuestContext;
  readonly #pci: PciBus;

  constructor(context: GuestContext, pci: PciBus) {
    this.#context = context;
    this.#pci = pci;
  }

  get told(): string {
    const pci = this.#context.hal.platform.pci;
    if (!pci) return 'no PCI host bridge';
    if (!pci.ecam) return 'PCI configuration space is behind ports 0xcf8 and 0xcfc';
    return `PCI configuration space is at ${hex(pci.ecam.base)}`;
  }

  *steps(): Generator<DiscoveryStep> {
    if (!this.#context.hal.platform.pci) return;
    for (const fn of this.#pci.each({})) {
      const ids = `vendor ${hex(fn.vendorId, 4)}, device ${hex(fn.deviceId, 4)}`;
      const place = `${fn}`;
      const deviceId = virtioDeviceId(fn);
      if (deviceId === 0) {
        const what = fn.vendorId === PCI_VENDOR_VIRTIO ? 'no virtio device' : 'not virtio’s';
        yield { place, finding: `${ids}: ${what}` };
        continue;
      }
      const open = (options?: OpenOptions) => openPci(this.#context, fn.enable(), options);
      const device = { deviceId, kind: this.kind, place, function: fn, open } as const;
      yield { place, finding: `${ids}: virtio ${deviceName(deviceId)}`, device };
    }
  }
}

/** The transport of an enabled function: modern where it can be, unless legacy is asked for. */
export function openPci(
  context: GuestContext,
  fn: PciFunction,
  { legacy = false, msix = false }: OpenOptions = {},
): VirtioPciTransport {
  const modern = !legacy && VirtioPci.drives(fn);
  const opened = modern ? new VirtioPci(context, fn) : new VirtioPciLegacy(context, fn);
  if (msix) opened.turnMessagesOn();
  return opened;
}

/** Devices behind windows of registers, in the slots that the guest was told of (VIRTIO 1.4 §4.2.1). */
export class VirtioOnMmio implements VirtioSource {
  readonly kind = 'mmio';
  readonly #context: GuestContext;

  constructor(context: GuestContext) {
    this.#context = context;
  }

  get told(): string {
    const slots = this.#context.hal.platform.virtioMmio;
    const [first] = slots;
    if (!first) return 'no virtio-mmio windows';
    return `${slots.length} virtio-mmio windows of ${first.size} bytes, from ${hex(first.base)} on`;
  }

  *steps(): Generator<DiscoveryStep> {
    for (const slot of this.#context.hal.platform.virtioMmio) yield this.#look(slot);
  }

  /** A wrong magic number or a device ID of 0 is to be ignored (VIRTIO 1.4 §4.2.2.2). */
  #look(slot: MmioSlot): DiscoveryStep {
    const read = (name: 'MagicValue' | 'Version' | 'DeviceID') =>
      this.#context.hal.read('memory', slot.base + VIRTIO_MMIO[name].offset, 4);
    const place = hex(slot.base, 8);
    const magic = read('MagicValue');
    if (magic !== VIRTIO_MMIO_MAGIC) return { place, finding: `MagicValue ${hex(magic, 8)}` };
    const version = read('Version');
    const deviceId = read('DeviceID');
    const registers = `MagicValue "virt", Version ${version}, DeviceID ${deviceId}`;
    if (deviceId === 0) return { place, finding: `${registers}: no device in the slot` };
    const device = {
      deviceId,
      kind: this.kind,
      place,
      open: ({ legacy = version === 1, msix = false }: OpenOptions = {}) => {
        if (msix) throw new Error('virtio-mmio has no messages (MSI-X)');
        if (legacy !== (version === 1))
          throw new Error(`the device at ${place} has version ${version} of the interface`);
        return new VirtioMmio(this.#context, slot);
      },
    } as const;
    return { place, finding: `${registers}: virtio ${deviceName(deviceId)}`, device };
  }
}

/** Devices behind subchannels, which say by SENSE ID that they are virtio's (VIRTIO 1.4 §4.3.1). */
export class VirtioOnChannel implements VirtioSource {
  readonly kind = 'ccw';
  readonly #context: GuestContext;
  readonly #css: ChannelSubsystem;

  constructor(context: GuestContext) {
    this.#context = context;
    this.#css = new ChannelSubsystem(context);
  }

  get told(): string {
    return this.#context.hal.platform.channelIo
      ? 'the CPUs have channel instructions'
      : 'no channel subsystem';
  }

  *steps(): Generator<DiscoveryStep> {
    if (!this.#context.hal.platform.channelIo) return;
    for (const subchannel of this.#css.subchannels()) yield this.#look(subchannel);
  }

  #look(subchannel: Subchannel): DiscoveryStep {
    const place = `${subchannel}`;
    if (!subchannel.valid) return { place, finding: 'STSCH: no device number is valid' };
    subchannel.enable();
    const { cuType, cuModel: deviceId } = subchannel.senseId();
    const number = subchannel.deviceNumber.toString(16).padStart(4, '0');
    const answers = `STSCH: device number ${number}; SENSE ID: control unit ${hex(cuType, 4)}, model ${hex(deviceId, 2)}`;
    if (cuType !== VIRTIO_CCW_CU_TYPE || deviceId === 0)
      return { place, finding: `${answers}: not virtio’s` };
    const device = {
      deviceId,
      kind: this.kind,
      place,
      open: ({ legacy = false, msix = false, indicators = 'adapter' }: OpenOptions = {}) => {
        if (msix) throw new Error('channel I/O has no messages (MSI-X)');
        return new VirtioCcw(this.#context, subchannel, deviceId, { legacy, indicators });
      },
    } as const;
    return { place, finding: `${answers}: virtio ${deviceName(deviceId)}`, device };
  }
}

/** Devices that the host describes in the page above RAM, one behind the other. */
export class VirtioOnDevicePage implements VirtioSource {
  readonly kind = 's390';
  readonly #context: GuestContext;

  constructor(context: GuestContext) {
    this.#context = context;
  }

  get told(): string {
    const page = this.#context.hal.platform.devicePage;
    return page === undefined ? 'no descriptor page' : `a descriptor page is at ${hex(page)}`;
  }

  *steps(): Generator<DiscoveryStep> {
    const page = this.#context.hal.platform.devicePage;
    if (page === undefined) return;
    for (let at = page; at + KVM_DEVICE_DESC_BYTES <= page + KVM_PAGE_BYTES; ) {
      const descriptor = new DeviceDescriptor(this.#context, at);
      const { type: deviceId, queueCount, length } = descriptor;
      const place = `descriptor at ${hex(at)}`;
      if (deviceId === 0) {
        yield { place, finding: 'type 0: the list ends' };
        return;
      }
      const device = {
        deviceId,
        kind: this.kind,
        place,
        open: ({ legacy = true, msix = false }: OpenOptions = {}) => {
          if (msix) throw new Error('s390-virtio has no messages (MSI-X)');
          if (!legacy) throw new Error('s390-virtio has none but legacy devices');
          return new VirtioS390(this.#context, descriptor);
        },
      } as const;
      const finding = `type ${deviceId}, ${queueCount} queues, ${length} bytes: virtio ${deviceName(deviceId)}`;
      yield { place, finding, device };
      at += length;
    }
  }
}
