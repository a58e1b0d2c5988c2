import { join64 } from '../../../base/bits.ts';
import { NONE } from '../../../journal/schema.ts';
import { MemoryRegion } from '../../../memory/memory-region.ts';
import { PCI_COMMAND, PCI_CONFIG, PCI_INTA, PCI_VENDOR_VIRTIO } from '../../../spec/pci.ts';
import { STATUS, VIRTIO_F } from '../../../spec/virtio.ts';
import { MODERN_PCI_ID_BASE } from '../../../spec/virtio-pci.ts';
import { PciDevice, type PciIds } from '../../hw/pci/pci-device.ts';
import { addBus } from '../../qdev/bus.ts';
import { addRegion } from '../../qdev/regions.ts';
import { fieldsOf, refill, type State, setFields } from '../../qom/state.ts';
import type { ObjectInit } from '../../qom/type.ts';
import type { VirtioTransport } from '../../virtio/transport.ts';
import type { VirtioBus } from '../../virtio/virtio-bus.ts';
import { type DeviceQueue, featureMask, type VirtioDevice } from '../../virtio/virtio-device.ts';
import { ConfigAccess } from './capabilities.ts';
import { freshSetup, type QueueSetup, VIRTIO_QUEUE_MAX } from './common-registers.ts';
import { ExpressParts } from './express-parts.ts';
import { MAX_VECTORS, PciInterrupts } from './interrupts.ts';
import { LEGACY_HEADER, legacyRead, legacyWrite } from './legacy-registers.ts';
import { addModernStructures, modernBarSize, structureHandler } from './modern-bar.ts';
import type { VirtioPciProperties } from './properties.ts';

const BAR_LEGACY = 0;
/** Vector count that stands for "as the device likes". */
export const VECTORS_UNSPECIFIED = 0xffff_ffff;

/** What a snapshot keeps of the registers without effect of their own. */
const KEPT = ['deviceFeatureSelect', 'driverFeatureSelect', 'driverFeatureWords'] as const;

/** Which BARs hold what. */
export interface VirtioPciLayout {
  readonly modern: number;
  readonly msix: number;
  readonly pioNotify: number;
  /** Whether the structures lie at the end of the modern BAR, which leaves room in front of them. */
  readonly atEnd: boolean;
}

const LAYOUT: VirtioPciLayout = { modern: 4, msix: 1, pioNotify: 2, atEnd: false };

/** What one concrete transport type adds: which device it carries, and as what PCI function. */
export interface VirtioPciKind {
  /** Type of the virtio device: `virtio-blk-device`. */
  readonly deviceType: string;
  /** Transitional PCI device ID. */
  readonly pciId: number;
  readonly classCode: number;
  /** Whether the device came with VIRTIO 1: it has no legacy interface, whatever the user asked. */
  readonly modernOnly?: boolean;
  /** Its BARs, where they are not the usual ones. */
  readonly layout?: VirtioPciLayout;
  /** Settles what depends on the machine, right before the device behind is realized. Throws RealizeError. */
  prepare?(transport: VirtioPci): void;
}

/** A virtio device's PCI function: modern, transitional or legacy (VIRTIO 1.4 §4.1). */
export class VirtioPci extends PciDevice<VirtioPciProperties> implements VirtioTransport {
  /** The device behind, made together with the transport. */
  readonly vdev: VirtioDevice;
  readonly #kind: VirtioPciKind;
  #bus!: VirtioBus;
  #express: ExpressParts | undefined;
  #configAccess: ConfigAccess | undefined;
  /** The modern BAR; made whether it is used or not, when the function is realized. */
  protected modernBar!: MemoryRegion;

  /** How it interrupts. */
  readonly interrupts = new PciInterrupts(this);

  /** Registers without effect of their own, written by the driver. */
  deviceFeatureSelect = 0;
  driverFeatureSelect = 0;
  readonly driverFeatureWords: [number, number] = [0, 0];
  readonly #setups = new Map<number, QueueSetup>();

  constructor(init: ObjectInit, kind: VirtioPciKind) {
    super(init);
    this.#kind = kind;
    this.vdev = this.addChild(
      'virtio-backend',
      init.registry.create(kind.deviceType, init.context) as VirtioDevice,
    );
    this.aliasProperties(this.vdev);
  }

  protected override get ids(): PciIds {
    return {
      vendor: PCI_VENDOR_VIRTIO,
      device: this.#kind.pciId,
      revision: 0,
      classCode: this.#kind.classCode,
    };
  }

  get #layout(): VirtioPciLayout {
    return this.#kind.layout ?? LAYOUT;
  }

  get #legacy(): boolean {
    return this.props['disable-legacy'] === 'off';
  }

  get #modern(): boolean {
    return !this.props['disable-modern'];
  }

  get msixEnabled(): boolean {
    return this.interrupts.messages;
  }

  /** The queue that the queue registers mean, or undefined. */
  get selected(): DeviceQueue | undefined {
    return this.vdev.queues[this.vdev.queueSel];
  }

  /** What was written about the selected queue. */
  get setup(): QueueSetup {
    let setup = this.#setups.get(this.vdev.queueSel);
    if (!setup) {
      setup = freshSetup();
      this.#setups.set(this.vdev.queueSel, setup);
    }
    return setup;
  }

  /** Bytes between two doorbells. */
  get #notifyMultiplier(): number {
    return this.props['page-per-vq'] ? 4096 : 4;
  }

  protected override realizePci(): void {
    // Behind a port of PCI Express nobody expects the legacy interface, nor its I/O ports.
    const port = this.pciBus.express && this.pciBus.bridge !== undefined;
    if (this.props['disable-legacy'] === 'auto')
      this.values['disable-legacy'] = port ? 'on' : 'off';
    if (!this.#modern && !this.#legacy)
      this.fail(
        'device cannot work as neither modern nor legacy mode is enabled\nSet either disable-modern or disable-legacy to off',
      );
    this.modernBar = addRegion(
      this,
      MemoryRegion.container('virtio-pci', modernBarSize(this.#notifyMultiplier)),
    );
    if (port && this.#modern && !this.props['x-disable-pcie']) {
      this.#express = new ExpressParts(this.config, this.props);
      this.express = this.#express.capability;
    }
    this.#bus = addBus<VirtioBus>(this, 'virtio-pci-bus', 'virtio-bus');
    this.#bus.transport = this;
    if (this.#kind.modernOnly)
      Object.assign(this.values, { 'disable-legacy': 'on', 'disable-modern': false });
    this.#kind.prepare?.(this);
    this.vdev.plugInto(this.#bus);
  }

  /** One queue a CPU beside `fixed` others, as far as vectors and queues go. */
  queuesPerCpu(fixed: number): number {
    const most = Math.min(MAX_VECTORS - 1, VIRTIO_QUEUE_MAX) - fixed;
    return Math.min(this.context.cpus, most);
  }

  prePlugged(vdev: VirtioDevice): void {
    if (this.#modern) vdev.deviceFeatures |= featureMask(VIRTIO_F.VIRTIO_F_VERSION_1);
    vdev.deviceFeatures |= 1n << 30n;
  }

  plugged(vdev: VirtioDevice): void {
    const { config } = this;
    if (this.props.class !== 0) {
      config.put(PCI_CONFIG.ProgIF.offset, 1, this.props.class & 0xff);
      config.put(PCI_CONFIG.SubClass.offset, 2, this.props.class & 0xffff);
    }
    if (this.#legacy) {
      if (vdev.deviceFeatures & featureMask(VIRTIO_F.VIRTIO_F_ACCESS_PLATFORM))
        this.fail(
          'VIRTIO_F_IOMMU_PLATFORM was supported by neither legacy nor transitional device',
        );
      config.put(PCI_CONFIG.SubsystemVendorID.offset, 2, PCI_VENDOR_VIRTIO);
      config.put(PCI_CONFIG.SubsystemID.offset, 2, vdev.deviceId);
    } else {
      config.put(PCI_CONFIG.DeviceID.offset, 2, MODERN_PCI_ID_BASE + vdev.deviceId);
      config.put(PCI_CONFIG.RevisionID.offset, 1, 1);
    }
    config.put(PCI_CONFIG.InterruptPin.offset, 1, PCI_INTA);
    if (this.#modern) this.#addModern();
    if (this.props.vectors > 0) this.#addMsix();
    if (this.#legacy) this.#addLegacyBar(vdev);
  }

  unplugged(): void {
    this.setIntx(false);
  }

  interrupt(vector: number, queue: number): void {
    this.interrupts.raise(vector, queue);
  }

  writeStatus(value: number): void {
    const { vdev } = this;
    const starts = (vdev.status & STATUS.DRIVER_OK) === 0;
    vdev.setStatus(value);
    if (vdev.status === 0) this.resetByDriver();
    // Whoever waits for notifications apart from the registers begins with one of its own.
    else if (starts && vdev.status & STATUS.DRIVER_OK && this.values.ioeventfd) vdev.startQueues();
  }

  resetByDriver(): void {
    this.#resetVirtio('driver');
  }

  /** The driver writes queue_enable of the selected queue (VIRTIO 1.4 §4.1.4.3.2). */
  enableQueue(value: number): void {
    const { vdev, setup } = this;
    if (value !== 1) {
      vdev.violate(
        vdev.queueSel,
        'queueEnableNotOne',
        vdev.queueSel,
        value,
        `wrong value for queue_enable ${value.toString(16)}`,
      );
      return;
    }
    vdev.setQueueSize(vdev.queueSel, setup.size);
    vdev.enableQueue(vdev.queueSel, {
      desc: join64(...setup.desc),
      driver: join64(...setup.driver),
      device: join64(...setup.device),
    });
    setup.enabled = true;
  }

  /** The driver resets the selected queue. */
  resetQueue(): void {
    this.vdev.resetQueue(this.vdev.queueSel);
    this.setup.enabled = false;
  }

  override configRead(offset: number, size: number): number {
    if (this.#configAccess?.touches(offset, size)) this.#configAccess.access(false);
    return super.configRead(offset, size);
  }

  override configWrite(offset: number, size: number, value: number): void {
    super.configWrite(offset, size, value);
    this.interrupts.configWritten(offset, size);
    if (offset <= PCI_CONFIG.Command.offset && offset + size > PCI_CONFIG.Command.offset)
      this.#commandWritten();
    if (this.#configAccess?.touches(offset, size)) this.#configAccess.access(true);
  }

  override reset(): void {
    super.reset();
    this.#express?.reset();
    this.#resetVirtio('user');
    this.interrupts.reset();
  }

  override saveState(): State {
    return {
      ...super.saveState(),
      ...fieldsOf(this as VirtioPci, KEPT),
      setups: this.#setups,
      msix: this.interrupts.saveState(),
    };
  }

  override loadState(state: State): void {
    super.loadState(state);
    setFields(this as VirtioPci, KEPT, state);
    refill(this.#setups, state.setups);
    this.interrupts.loadState(state.msix as State | undefined);
  }

  #resetVirtio(actor: 'driver' | 'user'): void {
    this.vdev.resetVirtio(actor);
    this.interrupts.forgetVectors();
    this.#setups.clear();
  }

  /** Without bus mastering the device stops, and DRIVER_OK is cleared, as QEMU has it. */
  #commandWritten(): void {
    const { vdev } = this;
    const master = (this.config.get(PCI_CONFIG.Command.offset, 2) & PCI_COMMAND.MASTER) !== 0;
    vdev.disabled = !master && vdev.values['use-disabled-flag'] === true;
    if (master) return;
    if (vdev.status & STATUS.DRIVER_OK) vdev.violate(NONE, 'busMasterOff', 0, 0);
    vdev.setStatus(vdev.status & ~STATUS.DRIVER_OK);
  }

  #addLegacyBar(vdev: VirtioDevice): void {
    const header = this.props.vectors > 0 ? LEGACY_HEADER.msix : LEGACY_HEADER.plain;
    const size = 2 ** Math.ceil(Math.log2(header + vdev.configSize));
    const handler = structureHandler(
      this,
      'virtio-pci-legacy',
      (offset, bytes) => legacyRead(this, offset, bytes) % 2 ** (8 * bytes),
      (offset, bytes, value) => legacyWrite(this, offset, bytes, value),
    );
    const region = addRegion(this, MemoryRegion.io('virtio-pci', size, handler));
    this.addBar(BAR_LEGACY, { kind: 'io', region });
  }

  #addMsix(): void {
    const bar = this.#layout.msix;
    const msix = this.interrupts.addMsix(this.props.vectors, bar);
    if (msix.usable) this.addBar(bar, { kind: 'mem', region: msix.region });
    else {
      addRegion(this, MemoryRegion.container(`${this.type.name}-msix`, msix.bytes));
      this.values.vectors = 0;
    }
  }

  #addModern(): void {
    const { modern, pioNotify } = this.#layout;
    const { structures, port } = addModernStructures(this, this.modernBar, this.#layout, {
      multiplier: this.#notifyMultiplier,
      pagePerQueue: this.props['page-per-vq'],
      byPort: this.props['modern-pio-notify'],
    });
    if (port) this.addBar(pioNotify, { kind: 'io', region: port });
    this.addBar(modern, { kind: 'mem', is64: true, prefetch: true, region: this.modernBar });
    this.#configAccess = new ConfigAccess(this.config, structures);
  }
}
