import { hex, hi32, lo32 } from '../../base/bits.ts';
import type { MmioSlot } from '../../spec/platform.ts';
import { VIRTIO_F } from '../../spec/virtio.ts';
import { VIRTIO_MMIO, VIRTIO_MMIO_CONFIG } from '../../spec/virtio-mmio.ts';
import type { GuestContext } from '../context.ts';
import type { AccessSize } from '../hal.ts';
import { DeviceError, type SplitAreas } from '../virtqueue/queue.ts';
import { LEGACY_PAGE } from './legacy-rings.ts';
import { ISR, MOST_READS, VirtioTransport } from './virtio-transport.ts';

/** Name of a register of a virtio-mmio window. */
export type MmioRegister = keyof typeof VIRTIO_MMIO;

/** Registers in a window of memory, version 2 or the legacy version 1 (VIRTIO 1.4 §4.2). */
export class VirtioMmio extends VirtioTransport {
  readonly deviceId: number;
  readonly interruptInputs: readonly number[];
  /** Version of the register interface. */
  readonly version: number;
  readonly #base: number;

  /** @internal Throws where no device is in the slot. */
  constructor(context: GuestContext, slot: MmioSlot) {
    super(context);
    this.#base = slot.base;
    this.interruptInputs = [slot.input];
    this.version = this.readRegister('Version');
    this.deviceId = this.readRegister('DeviceID');
    if (this.version !== 1 && this.version !== 2)
      throw new Error(`${this} has version ${this.version}, which nobody knows`);
    if (this.deviceId === 0) throw new Error(`${this} has no device`);
    context.interrupts.register(this, slot);
  }

  override get legacy(): boolean {
    return this.version === 1;
  }

  /** Reads a register by its name (VIRTIO 1.4 §4.2.2). */
  readRegister(name: MmioRegister): number {
    return this.context.hal.read('memory', this.#base + VIRTIO_MMIO[name].offset, 4);
  }

  /** Writes a register by its name, right or wrong. */
  writeRegister(name: MmioRegister, value: number): void {
    this.context.hal.write('memory', this.#base + VIRTIO_MMIO[name].offset, 4, value);
  }

  override get status(): number {
    return this.readRegister('Status');
  }

  override set status(value: number) {
    this.writeRegister('Status', value);
  }

  /** No register tells the count: queues are asked for until one has no entries. */
  override get queueCount(): number {
    let count = 0;
    while (this.maxQueueSize(count) > 0) count++;
    return count;
  }

  override get configGeneration(): number {
    return this.legacy ? 0 : this.readRegister('ConfigGeneration');
  }

  override readConfig(offset: number, size: AccessSize): number {
    return this.context.hal.read('memory', this.#base + VIRTIO_MMIO_CONFIG + offset, size);
  }

  override writeConfig(offset: number, size: AccessSize, value: number): void {
    this.context.hal.write('memory', this.#base + VIRTIO_MMIO_CONFIG + offset, size, value);
  }

  override notify(index: number, next = 0): void {
    // VIRTIO 1.4 §4.2.3.3: with notification data the index is in the lower half.
    const data = this.agreed.has(VIRTIO_F.VIRTIO_F_NOTIFICATION_DATA) ? next << 16 : 0;
    this.writeRegister('QueueNotify', (data | index) >>> 0);
  }

  /** Takes a queue from the device (VIRTIO 1.4 §2.6.1). Throws where the device does not do it. */
  resetQueue(index: number): void {
    this.writeRegister('QueueSel', index);
    this.writeRegister('QueueReset', 1);
    for (let i = 0; i < MOST_READS && this.readRegister('QueueReset') !== 0; i++);
    if (this.readRegister('QueueReady') === 0) return;
    throw new DeviceError(`the device does not reset queue ${index}`);
  }

  /** @internal */
  override acknowledge(): number {
    const cause = this.readRegister('InterruptStatus') & (ISR.QUEUE | ISR.CONFIG);
    if (cause !== 0) this.writeRegister('InterruptACK', cause);
    return cause;
  }

  override toString(): string {
    return `virtio-mmio (version ${this.version}) at ${hex(this.#base)}`;
  }

  protected override readFeatures(half: 0 | 1): number {
    this.writeRegister('DeviceFeaturesSel', half);
    return this.readRegister('DeviceFeatures');
  }

  protected override writeFeatures(half: 0 | 1, bits: number): void {
    this.writeRegister('DriverFeaturesSel', half);
    this.writeRegister('DriverFeatures', bits);
  }

  protected override maxQueueSize(index: number): number {
    this.writeRegister('QueueSel', index);
    return this.readRegister('QueueNumMax');
  }

  protected override enableQueue(index: number, size: number, areas: SplitAreas): void {
    // Nobody else may be using the queue (VIRTIO 1.4 §4.2.3.2, VIRTIO 1.4 §4.2.4).
    if (this.readRegister(this.legacy ? 'QueuePFN' : 'QueueReady') !== 0)
      throw new DeviceError(`queue ${index} is in use already: reset the device first`);
    if (this.legacy) {
      this.writeRegister('GuestPageSize', LEGACY_PAGE);
      this.writeRegister('QueueNum', size);
      this.writeRegister('QueueAlign', LEGACY_PAGE);
      this.writeRegister('QueuePFN', areas.desc / LEGACY_PAGE);
      return;
    }
    this.writeRegister('QueueNum', size);
    this.writeRegister('QueueDescLow', lo32(areas.desc));
    this.writeRegister('QueueDescHigh', hi32(areas.desc));
    this.writeRegister('QueueDriverLow', lo32(areas.avail));
    this.writeRegister('QueueDriverHigh', hi32(areas.avail));
    this.writeRegister('QueueDeviceLow', lo32(areas.used));
    this.writeRegister('QueueDeviceHigh', hi32(areas.used));
    this.writeRegister('QueueReady', 1);
  }
}
