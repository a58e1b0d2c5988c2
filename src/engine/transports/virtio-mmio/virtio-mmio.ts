import { NONE } from '../../../journal/schema.ts';
import type { IoHandler } from '../../../memory/io-handler.ts';
import { MemoryRegion } from '../../../memory/memory-region.ts';
import { REGION_INDEX } from '../../../spec/regions.ts';
import { SPLIT, VIRTIO_F } from '../../../spec/virtio.ts';
import { VIRTIO_MMIO_CONFIG } from '../../../spec/virtio-mmio.ts';
import { SysBusDevice } from '../../hw/sysbus.ts';
import { addBus } from '../../qdev/bus.ts';
import { bit, bool } from '../../qom/property.ts';
import { fieldsOf, refill, type State, setFields } from '../../qom/state.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import type { VirtioTransport } from '../../virtio/transport.ts';
import type { VirtioBus } from '../../virtio/virtio-bus.ts';
import { type DeviceQueue, featureMask, type VirtioDevice } from '../../virtio/virtio-device.ts';
import { readDeviceConfig, writeDeviceConfig } from '../device-config.ts';
import { freshSetup, type QueueSetup, readRegister, writeRegister } from './registers.ts';

const PROPERTIES = {
  format_transport_address: bool(true),
  'force-legacy': bool(true),
  ioeventfd: bit(true),
} as const;

/** What a snapshot keeps of the registers without effect of their own. */
const KEPT = ['deviceFeaturesSel', 'driverFeaturesSel', 'driverFeatures', 'pageShift'] as const;

/** Bytes of the register window. */
const VIRTIO_MMIO_SIZE = 0x200;

/** A window of registers on the system bus, and the virtio-bus behind it (VIRTIO 1.4 §4.2). */
export class VirtioMmio extends SysBusDevice<typeof PROPERTIES> implements VirtioTransport {
  /** The device on the bus; undefined while there is none. */
  vdev: VirtioDevice | undefined;
  /** Interrupt input of the platform that it drives, or -1. Set by the board. */
  irq = -1;
  /** What `info virtio-status` and `-device bus=` know it by. */
  bus!: VirtioBus;

  /** Halves that the feature registers mean. Written by the driver. */
  deviceFeaturesSel: 0 | 1 = 0;
  driverFeaturesSel: 0 | 1 = 0;
  /** Halves that the driver of a version 2 device wrote; they take effect with FEATURES_OK. */
  readonly driverFeatures: [number, number] = [0, 0];
  /** Logarithm of the unit of QueuePFN. Written by a legacy driver. */
  pageShift = 0;
  readonly #setups = new Map<number, QueueSetup>();
  #level = false;

  get legacy(): boolean {
    return this.props['force-legacy'];
  }

  /** Version of the register interface. */
  get version(): number {
    return this.legacy ? 1 : 2;
  }

  /** The queue that the queue registers mean, or undefined. */
  get selected(): DeviceQueue | undefined {
    return this.vdev?.queues[this.vdev.queueSel];
  }

  /** What was written about the selected queue. */
  get setup(): QueueSetup {
    const index = this.vdev?.queueSel ?? 0;
    let setup = this.#setups.get(index);
    if (!setup) {
      setup = freshSetup();
      this.#setups.set(index, setup);
    }
    return setup;
  }

  override realize(): void {
    // Without KVM there is no eventfd to wait on.
    this.values.ioeventfd = false;
    this.gpios.push('gpio-out "sysbus-irq" 1');
    this.addMmio(MemoryRegion.io('virtio-mmio', VIRTIO_MMIO_SIZE, this.#handler()));
    this.bus = addBus<VirtioBus>(this, 'virtio-mmio-bus');
    this.bus.transport = this;
  }

  override reset(): void {
    this.vdev?.resetVirtio('user');
    this.deviceFeaturesSel = 0;
    this.driverFeaturesSel = 0;
    this.driverFeatures.fill(0);
    this.pageShift = 0;
    this.#setups.clear();
  }

  override saveState(): State {
    return {
      ...super.saveState(),
      ...fieldsOf(this as VirtioMmio, KEPT),
      setups: this.#setups,
      level: this.#level,
    };
  }

  override loadState(state: State): void {
    super.loadState(state);
    setFields(this as VirtioMmio, KEPT, state);
    refill(this.#setups, state.setups);
    this.#level = state.level as boolean;
  }

  prePlugged(vdev: VirtioDevice): void {
    if (!this.legacy) vdev.deviceFeatures |= featureMask(VIRTIO_F.VIRTIO_F_VERSION_1);
  }

  plugged(vdev: VirtioDevice): void {
    this.vdev = vdev;
  }

  unplugged(): void {
    this.vdev = undefined;
    this.#update(NONE);
  }

  interrupt(_vector: number, queue: number): void {
    this.#update(queue, true);
  }

  /** The driver has handled the causes in `mask` (VIRTIO 1.4 §4.2.2). */
  acknowledge(mask: number): void {
    const { vdev } = this;
    if (!vdev) return;
    vdev.isr &= ~mask;
    // A device that broke does not touch its line any more, as in QEMU.
    if (!vdev.broken) this.#update(NONE);
  }

  /** Hands over the features that the driver of a version 2 device wrote. */
  passFeatures(): void {
    const [low, high] = this.driverFeatures;
    this.vdev?.setDriverFeatures((BigInt(high) << 32n) | BigInt(low));
  }

  /** A reset that the driver asked for: what it wrote about queues is kept, but none is ready. */
  resetByDriver(): void {
    this.vdev?.resetVirtio('driver');
    if (!this.legacy) for (const setup of this.#setups.values()) setup.ready = false;
  }

  /** Page number of the selected legacy queue. */
  get queuePfn(): number {
    return Math.floor((this.selected?.vq.addresses.desc ?? 0) / 2 ** this.pageShift) % 2 ** 32;
  }

  /** A legacy driver chooses the alignment of the selected queue's used ring; 0 changes nothing. */
  setAlignment(value: number): void {
    const { selected } = this;
    if (!selected || value === 0) return;
    selected.align = value;
    this.placeQueue();
  }

  /** Lays the selected legacy queue out from `base`, or anew from where it is (VIRTIO 1.4 §2.7.2). */
  placeQueue(base = this.selected?.vq.addresses.desc ?? 0): void {
    const { vdev, selected } = this;
    if (!vdev || !selected || base === 0) return;
    const { size } = selected.vq;
    const driver = base + SPLIT.descTable(size);
    const device = alignBits(driver + SPLIT.usedEvent(size), selected.align);
    vdev.enableQueue(vdev.queueSel, { desc: base, driver, device });
  }

  #handler(): IoHandler {
    const mmio = this;
    return {
      // Once there is a virtio device, accesses are its driver's.
      get dev() {
        return mmio.vdev?.dev ?? mmio.dev;
      },
      region: REGION_INDEX['virtio-mmio'],
      read: (offset, size) => {
        if (offset < VIRTIO_MMIO_CONFIG) return readRegister(mmio, offset, size);
        return mmio.vdev ? readDeviceConfig(mmio.vdev, offset - VIRTIO_MMIO_CONFIG, size) : 0;
      },
      write: (offset, size, value) => {
        if (offset < VIRTIO_MMIO_CONFIG) writeRegister(mmio, offset, size, value);
        else if (mmio.vdev) writeDeviceConfig(mmio.vdev, offset - VIRTIO_MMIO_CONFIG, size, value);
      },
    };
  }

  /** Drives the interrupt line: high while there is a cause that was not acknowledged. */
  #update(queue: number, cause = false): void {
    const { vdev, irq } = this;
    const { journal } = this.context;
    const level = (vdev?.isr ?? 0) !== 0;
    const changes = level !== this.#level;
    if (journal.on && vdev && (changes || (cause && level)))
      journal.interrupt(vdev.dev, queue, level ? 'raised' : 'lowered', irq >>> 0, 'always');
    this.#level = level;
    if (changes && irq >= 0) this.context.setInterrupt(irq, level);
  }
}

/** Rounds up as if `align` were a power of two, which nobody makes the driver choose. */
function alignBits(value: number, align: number): number {
  const mask = BigInt(align - 1);
  return Number((BigInt(value) + mask) & ~mask);
}

/** Registers the transport and its bus. Needs `sys-bus-device` and `virtio-bus`. */
export function registerVirtioMmio(registry: TypeRegistry): void {
  registry.register({ name: 'virtio-mmio-bus', parent: 'virtio-bus' });
  registry.register({
    name: 'virtio-mmio',
    parent: 'sys-bus-device',
    properties: PROPERTIES,
    create: (init) => new VirtioMmio(init),
  });
}
