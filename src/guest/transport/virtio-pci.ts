import { hex, hi32, lo32 } from '../../base/bits.ts';
import { VIRTIO_F } from '../../spec/virtio.ts';
import { VIRTIO_PCI_CAP, VIRTIO_PCI_COMMON, VIRTIO_PCI_ISR } from '../../spec/virtio-pci.ts';
import { VirtioPciCapability } from '../bus/pci-capabilities.ts';
import type { PciFunction } from '../bus/pci-function.ts';
import type { GuestContext } from '../context.ts';
import type { AccessSize } from '../hal.ts';
import { DeviceError, type SplitAreas } from '../virtqueue/queue.ts';
import { VirtioPciTransport } from './virtio-pci-base.ts';
import { MOST_READS } from './virtio-transport.ts';

/** Name of a register of the common configuration structure. */
export type CommonRegister = keyof typeof VIRTIO_PCI_COMMON;

/** A structure that a capability points to, in bus addresses. */
interface Structure {
  readonly addr: number;
  readonly length: number;
  readonly multiplier: number;
}

/** The modern PCI transport: registers in BARs, found through capabilities (VIRTIO 1.4 §4.1). */
export class VirtioPci extends VirtioPciTransport {
  readonly #common: Structure;
  readonly #notify: Structure;
  readonly #isr: Structure;
  readonly #device: Structure | undefined;
  /** By queue: the doorbell's address, and what the device wants to be told by it. */
  readonly #doorbells: { readonly addr: number; readonly data: number }[] = [];

  /** @internal Throws where `fn` is not a modern virtio device, or is not enabled. */
  constructor(context: GuestContext, fn: PciFunction) {
    super(context, fn);
    const capabilities = fn.capabilities().filter((cap) => cap instanceof VirtioPciCapability);
    const find = (type: number): Structure | undefined => {
      for (const cap of capabilities) {
        const bar = fn.bars.find(({ index }) => index === cap.bar);
        // The first one that can be used counts (VIRTIO 1.4 §4.1.4.1).
        if (cap.cfgType === type && bar?.space === 'memory')
          return {
            addr: bar.addr + cap.offset,
            length: cap.length,
            multiplier: cap.notifyOffMultiplier,
          };
      }
      return undefined;
    };
    const need = (type: keyof typeof VIRTIO_PCI_CAP): Structure => {
      const found = find(VIRTIO_PCI_CAP[type]);
      if (!found) throw new Error(`${fn} has no ${type} capability: it is no modern virtio device`);
      return found;
    };
    this.#common = need('COMMON_CFG');
    this.#notify = need('NOTIFY_CFG');
    this.#isr = need('ISR_CFG');
    this.#device = find(VIRTIO_PCI_CAP.DEVICE_CFG);
  }

  /** @internal Whether `fn` has the structures of a modern device. */
  static drives(fn: PciFunction): boolean {
    return fn
      .capabilities()
      .some(
        (cap) => cap instanceof VirtioPciCapability && cap.cfgType === VIRTIO_PCI_CAP.COMMON_CFG,
      );
  }

  /** Reads a register of the common configuration by its name (VIRTIO 1.4 §4.1.4.3). */
  readRegister(name: CommonRegister): number {
    const { offset, width } = VIRTIO_PCI_COMMON[name];
    return this.context.hal.read('memory', this.#common.addr + offset, width);
  }

  /** Writes a register of the common configuration by its name, right or wrong. */
  writeRegister(name: CommonRegister, value: number): void {
    const { offset, width } = VIRTIO_PCI_COMMON[name];
    this.context.hal.write('memory', this.#common.addr + offset, width, value);
  }

  override get status(): number {
    return this.readRegister('device_status');
  }

  override set status(value: number) {
    this.writeRegister('device_status', value);
  }

  override get queueCount(): number {
    return this.readRegister('num_queues');
  }

  override get configGeneration(): number {
    return this.readRegister('config_generation');
  }

  override readConfig(offset: number, size: AccessSize): number {
    return this.context.hal.read('memory', this.#configAddress(offset, size), size);
  }

  override writeConfig(offset: number, size: AccessSize, value: number): void {
    this.context.hal.write('memory', this.#configAddress(offset, size), size, value);
  }

  override notify(index: number, next = 0): void {
    const doorbell = this.#doorbells[index];
    if (doorbell === undefined) throw new RangeError(`queue ${index} is not set up`);
    const { hal } = this.context;
    const { addr, data } = doorbell;
    // VIRTIO 1.4 §4.1.5.2: 32 bits, what tells the queue in the lower half.
    if (this.agreed.has(VIRTIO_F.VIRTIO_F_NOTIFICATION_DATA))
      hal.write('memory', addr, 4, ((next << 16) | data) >>> 0);
    else hal.write('memory', addr, 2, data);
  }

  /** Takes a queue from the device (VIRTIO 1.4 §2.6.1). Throws where the device does not do it. */
  resetQueue(index: number): void {
    this.writeRegister('queue_select', index);
    this.writeRegister('queue_reset', 1);
    for (let i = 0; i < MOST_READS; i++)
      if (this.readRegister('queue_reset') === 0 && this.readRegister('queue_enable') === 0) return;
    throw new DeviceError(`the device does not reset queue ${index}`);
  }

  /** @internal */
  protected override readIsr(): number {
    return this.context.hal.read('memory', this.#isr.addr, VIRTIO_PCI_ISR.isr_status.width);
  }

  override toString(): string {
    return `virtio-pci (modern) ${this.function}`;
  }

  protected override writeQueueVector(vector: number): number {
    this.writeRegister('queue_msix_vector', vector);
    return this.readRegister('queue_msix_vector');
  }

  protected override writeConfigVector(vector: number): number {
    this.writeRegister('config_msix_vector', vector);
    return this.readRegister('config_msix_vector');
  }

  protected override readFeatures(half: 0 | 1): number {
    this.writeRegister('device_feature_select', half);
    return this.readRegister('device_feature');
  }

  protected override writeFeatures(half: 0 | 1, bits: number): void {
    this.writeRegister('driver_feature_select', half);
    this.writeRegister('driver_feature', bits);
  }

  protected override maxQueueSize(index: number): number {
    this.writeRegister('queue_select', index);
    return this.readRegister('queue_size');
  }

  protected override enableQueue(index: number, size: number, areas: SplitAreas): void {
    this.writeRegister('queue_size', size);
    this.chooseQueueVector(index);
    const offset = this.readRegister('queue_notify_off') * this.#notify.multiplier;
    if (offset + 2 > this.#notify.length)
      throw new Error(
        `${this.function}: the doorbell of queue ${index} is at ${hex(offset)}, beyond its structure`,
      );
    const data = this.agreed.has(VIRTIO_F.VIRTIO_F_NOTIF_CONFIG_DATA)
      ? this.readRegister('queue_notif_config_data')
      : index;
    this.#doorbells[index] = { addr: this.#notify.addr + offset, data };
    this.writeRegister('queue_desc_lo', lo32(areas.desc));
    this.writeRegister('queue_desc_hi', hi32(areas.desc));
    this.writeRegister('queue_driver_lo', lo32(areas.avail));
    this.writeRegister('queue_driver_hi', hi32(areas.avail));
    this.writeRegister('queue_device_lo', lo32(areas.used));
    this.writeRegister('queue_device_hi', hi32(areas.used));
    this.writeRegister('queue_enable', 1);
  }

  #configAddress(offset: number, size: number): number {
    if (!this.#device) throw new Error(`${this.function} has no configuration of its own`);
    if (!(offset >= 0 && offset + size <= this.#device.length))
      throw new RangeError(`the device’s configuration has no ${size} bytes at ${offset}`);
    return this.#device.addr + offset;
  }
}
