import { allOnes, join64 } from '../../../base/bits.ts';
import { ACTOR, NONE } from '../../../journal/schema.ts';
import type { IoHandler } from '../../../memory/io-handler.ts';
import { MemoryRegion } from '../../../memory/memory-region.ts';
import { PCI_COMMAND, PCI_CONFIG, PCI_INTA, PCI_VENDOR_VIRTIO } from '../../../spec/pci.ts';
import { REGION_INDEX } from '../../../spec/regions.ts';
import { STATUS, VIRTIO_F } from '../../../spec/virtio.ts';
import {
  VIRTIO_PCI_CAP_LAYOUT as CAP,
  MODERN_PCI_ID_BASE,
  VIRTIO_MSI_NO_VECTOR,
  VIRTIO_PCI_CAP,
} from '../../../spec/virtio-pci.ts';
import { Msix, msixLayout } from '../../hw/pci/msix.ts';
import { PciDevice, type PciIds } from '../../hw/pci/pci-device.ts';
import { addBus } from '../../qdev/bus.ts';
import { addRegion } from '../../qdev/regions.ts';
import type { ObjectInit } from '../../qom/type.ts';
import type { VirtioTransport } from '../../virtio/transport.ts';
import type { VirtioBus } from '../../virtio/virtio-bus.ts';
import { type DeviceQueue, featureMask, type VirtioDevice } from '../../virtio/virtio-device.ts';
import { addStructure, ConfigAccess, type Place } from './capabilities.ts';
import {
  COMMON_BY_OFFSET,
  freshSetup,
  type QueueSetup,
  VIRTIO_QUEUE_MAX,
} from './common-registers.ts';
import { ExpressParts } from './express-parts.ts';
import { LEGACY_HEADER, legacyRead, legacyWrite } from './legacy-registers.ts';
import type { VirtioPciProperties } from './properties.ts';

/** Places of the structures in BAR 4, and their sizes: QEMU's layout. */
const COMMON = { offset: 0x0000, size: 0x1000 };
const ISR = { offset: 0x1000, size: 0x1000 };
const DEVICE = { offset: 0x2000, size: 0x1000 };
const NOTIFY_OFFSET = 0x3000;
const PIO_NOTIFY_SIZE = 4;
const BAR_LEGACY = 0;
/** Vector count that stands for "as the device likes". */
export const VECTORS_UNSPECIFIED = 0xffff_ffff;
/** Most vectors that an MSI-X table can have (PCI 3.0 §6.8.2.3). */
const MAX_VECTORS = 2048;

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
  #msix: Msix | undefined;
  #express: ExpressParts | undefined;
  #configAccess: ConfigAccess | undefined;
  /** The modern BAR; made whether it is used or not, when the function is realized. */
  protected modernBar!: MemoryRegion;

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
    return this.#msix?.enabled ?? false;
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
    const modernSize = NOTIFY_OFFSET + this.#notifyMultiplier * VIRTIO_QUEUE_MAX;
    this.modernBar = addRegion(
      this,
      MemoryRegion.container('virtio-pci', 2 ** Math.ceil(Math.log2(modernSize))),
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
    if (this.#modern) this.#addModern(vdev);
    if (this.props.vectors > 0) this.#addMsix();
    if (this.#legacy) this.#addLegacyBar(vdev);
  }

  unplugged(): void {
    this.setIntx(false);
  }

  interrupt(vector: number, queue: number): void {
    const { journal } = this.context;
    if (this.#msix?.enabled) {
      if (vector === VIRTIO_MSI_NO_VECTOR) {
        if (journal.on && this.vdev.isr !== 0)
          journal.interrupt(this.vdev.dev, queue, 'masked', vector, 'always');
        return;
      }
      const sent = this.#msix.notify(vector);
      if (journal.on)
        journal.interrupt(this.vdev.dev, queue, sent ? 'message' : 'masked', vector, 'always');
      return;
    }
    const level = (this.vdev.isr & 1) !== 0;
    const line = this.pciBus.inputOf(this.pciBus.wireOf(this));
    if (journal.on && level)
      journal.interrupt(
        this.vdev.dev,
        queue,
        this.intxDisabled ? 'masked' : 'raised',
        line >>> 0,
        this.intxDisabled ? 'intxDisabled' : 'always',
      );
    this.setIntx(level);
  }

  /** Reading the ISR acknowledges: it clears, and the line falls (VIRTIO 1.4 §4.1.4.5). */
  readIsr(): number {
    const { isr } = this.vdev;
    this.vdev.isr = 0;
    if (isr & 1 && !this.msixEnabled && this.context.journal.on)
      this.context.journal.interrupt(
        this.vdev.dev,
        NONE,
        'lowered',
        this.pciBus.inputOf(this.pciBus.wireOf(this)) >>> 0,
        'always',
      );
    this.setIntx(false);
    return isr;
  }

  writeStatus(value: number): void {
    this.vdev.setStatus(value);
    if (this.vdev.status === 0) this.resetByDriver();
  }

  resetByDriver(): void {
    this.#resetVirtio('driver');
  }

  /** A vector number that the driver may use, else "none". */
  usableVector(value: number): number {
    return value < (this.#msix?.vectors ?? 0) ? value : VIRTIO_MSI_NO_VECTOR;
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
    this.#msix?.configWritten();
    if (offset <= PCI_CONFIG.Command.offset && offset + size > PCI_CONFIG.Command.offset)
      this.#commandWritten();
    if (this.#configAccess?.touches(offset, size)) this.#configAccess.access(true);
  }

  readDeviceConfig(offset: number, size: number): number {
    if (offset + size > this.vdev.configSize) return allOnes(size);
    const config = this.vdev.readConfig();
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + (config[offset + i] ?? 0);
    return value;
  }

  writeDeviceConfig(offset: number, size: number, value: number): void {
    if (offset + size > this.vdev.configSize) return;
    const config = this.vdev.readConfig();
    for (let i = 0; i < size; i++) config[offset + i] = (value >>> (8 * i)) & 0xff;
    this.vdev.writeConfig(config);
  }

  override reset(): void {
    super.reset();
    this.#express?.reset();
    this.#resetVirtio('user');
    this.#msix?.reset();
  }

  #resetVirtio(actor: 'driver' | 'user'): void {
    this.vdev.resetVirtio(actor);
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
    const handler = this.#handler(
      'virtio-pci-legacy',
      (offset, bytes) => legacyRead(this, offset, bytes) % 2 ** (8 * bytes),
      (offset, bytes, value) => legacyWrite(this, offset, bytes, value),
    );
    const region = addRegion(this, MemoryRegion.io('virtio-pci', size, handler));
    this.addBar(BAR_LEGACY, { kind: 'io', region });
  }

  #addMsix(): void {
    const { vectors } = this.props;
    // QEMU's tables count their entries with 16 bits.
    const entries = vectors & 0xffff;
    const { takesMessages } = this.pciBus;
    if (!takesMessages || entries === 0 || entries > MAX_VECTORS) {
      const { bar } = msixLayout(entries);
      addRegion(this, MemoryRegion.container(`${this.type.name}-msix`, bar));
      if (takesMessages) this.context.report(`warning: unable to init msix vectors to ${vectors}`);
      this.values.vectors = 0;
      return;
    }
    this.#msix = new Msix(this.config, entries, this.#layout.msix, (address, data) =>
      this.#sendMessage(address, data),
    );
    const region = this.#msix.exclusiveBar(this, this.vdev.dev);
    this.addBar(this.#layout.msix, { kind: 'mem', region });
  }

  #sendMessage(address: number, data: number): void {
    const { ram, memory, journal } = this.context;
    const offset = ram.offsetOf(address, 4);
    if (offset < 0) {
      memory.write(address, 4, data);
      return;
    }
    if (journal.on) journal.memWrite(ACTOR.device, address, 4, ram.readAt(offset, 4), 0, data, 0);
    ram.writeAt(offset, 4, data);
  }

  #addModern(vdev: VirtioDevice): void {
    const { common, isr, device, notify } = this.#places();
    const make = (name: string, size: number, handler: IoHandler) =>
      addRegion(this, MemoryRegion.io(`virtio-pci-${name}-${vdev.deviceName}`, size, handler));
    const place = (name: string, at: Place, handler: IoHandler) =>
      this.modernBar.addSubregion(at.offset, make(name, at.size, handler));
    place('common', common, this.#commonHandler());
    place(
      'isr',
      isr,
      this.#handler('virtio-pci-isr', () => this.readIsr()),
    );
    place(
      'device',
      device,
      this.#handler(
        'virtio-pci-device',
        (offset, size) => this.readDeviceConfig(offset, size),
        (offset, size, value) => this.writeDeviceConfig(offset, size, value),
      ),
    );
    // The address tells the queue; what is written only goes with it (QEMU 7.2).
    place(
      'notify',
      notify,
      this.#handler(
        'virtio-pci-notify',
        () => 0,
        (offset, size, value) =>
          this.vdev.notified(
            Math.floor(offset / this.#notifyMultiplier),
            size === 4 ? value >>> 16 : undefined,
          ),
      ),
    );
    const port = make(
      'notify-pio',
      PIO_NOTIFY_SIZE,
      this.#handler(
        'virtio-pci-notify',
        () => 0,
        (_offset, size, value) => this.vdev.notifiedBy(value, size),
      ),
    );
    const { config } = this;
    const { modern } = this.#layout;
    addStructure(config, VIRTIO_PCI_CAP.COMMON_CFG, 16, modern, common);
    addStructure(config, VIRTIO_PCI_CAP.ISR_CFG, 16, modern, isr);
    addStructure(config, VIRTIO_PCI_CAP.DEVICE_CFG, 16, modern, device);
    const cap = addStructure(config, VIRTIO_PCI_CAP.NOTIFY_CFG, 20, modern, notify);
    config.put(cap + CAP.extra, 4, this.#notifyMultiplier);
    if (this.props['modern-pio-notify']) this.#addPioNotify(port);
    this.addBar(modern, { kind: 'mem', is64: true, prefetch: true, region: this.modernBar });
    this.#configAccess = new ConfigAccess(config, this.modernBar);
  }

  /** Places of the structures. */
  #places(): { common: Place; isr: Place; device: Place; notify: Place } {
    const size = this.#notifyMultiplier * VIRTIO_QUEUE_MAX;
    if (!this.#layout.atEnd)
      return { common: COMMON, isr: ISR, device: DEVICE, notify: { offset: NOTIFY_OFFSET, size } };
    // Without a page for each queue the BAR has no room to spare, and the first two share a page.
    const head = this.props['page-per-vq'] ? COMMON.size : COMMON.size / 2;
    const notify = { offset: this.modernBar.size - size, size };
    const device = { offset: notify.offset - DEVICE.size, size: DEVICE.size };
    const isr = { offset: device.offset - head, size: head };
    return { common: { offset: isr.offset - head, size: head }, isr, device, notify };
  }

  #addPioNotify(port: MemoryRegion): void {
    const region = addRegion(this, MemoryRegion.container('virtio-pci-io', PIO_NOTIFY_SIZE));
    region.addSubregion(0, port);
    this.addBar(this.#layout.pioNotify, { kind: 'io', region });
    const place = { offset: 0, size: PIO_NOTIFY_SIZE };
    const { pioNotify } = this.#layout;
    const cap = addStructure(this.config, VIRTIO_PCI_CAP.NOTIFY_CFG, 20, pioNotify, place);
    this.config.put(cap + CAP.extra, 4, 0);
  }

  #commonHandler(): IoHandler {
    return this.#handler(
      'virtio-pci-common',
      (offset, size) => (COMMON_BY_OFFSET.get(offset)?.read?.(this) ?? 0) % 2 ** (8 * size),
      (offset, _size, value) => COMMON_BY_OFFSET.get(offset)?.write?.(this, value),
    );
  }

  #handler(
    region: keyof typeof REGION_INDEX,
    read: (offset: number, size: number) => number,
    write: (offset: number, size: number, value: number) => void = () => {},
  ): IoHandler {
    return { dev: this.vdev.dev, region: REGION_INDEX[region], read, write };
  }
}
