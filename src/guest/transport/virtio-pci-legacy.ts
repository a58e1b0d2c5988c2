import { VIRTIO_PCI_LEGACY } from '../../spec/virtio-pci.ts';
import type { PciFunction } from '../bus/pci-function.ts';
import type { GuestContext } from '../context.ts';
import type { AccessSize } from '../hal.ts';
import type { SplitAreas } from '../virtqueue/queue.ts';
import { LEGACY_PAGE } from './legacy-rings.ts';
import { VirtioPciTransport } from './virtio-pci-base.ts';

/** Name of a register of the legacy I/O header. */
export type LegacyRegister = keyof typeof VIRTIO_PCI_LEGACY;

/** The two vectors, which are in the header while MSI-X is on, and the header's end without and with them (VIRTIO 1.4 §4.1.4.10). */
const VECTORS = { config: 0x14, queue: 0x16 } as const;
const HEADER = { plain: 0x14, msix: 0x18 } as const;
/** The legacy interface is in this BAR. */
const BAR = 0;

/** The PCI transport from before VIRTIO 1: a header of ports in BAR 0, then the configuration (VIRTIO 1.4 §4.1.4.10). */
export class VirtioPciLegacy extends VirtioPciTransport {
  readonly #port: number;

  /** @internal Throws where `fn` has no legacy interface, or is not enabled. */
  constructor(context: GuestContext, fn: PciFunction) {
    super(context, fn);
    const bar = fn.bars.find(({ index }) => index === BAR);
    if (bar?.space !== 'io')
      throw new Error(`${fn} has no ports in BAR 0: it has no legacy interface`);
    this.#port = bar.addr;
  }

  override get legacy(): boolean {
    return true;
  }

  /** Reads a register of the header by its name (VIRTIO 1.4 §4.1.4.10). */
  readRegister(name: LegacyRegister): number {
    const { offset, width } = VIRTIO_PCI_LEGACY[name];
    return this.context.ports.read(this.#port + offset, width);
  }

  /** Writes a register of the header by its name, right or wrong. */
  writeRegister(name: LegacyRegister, value: number): void {
    const { offset, width } = VIRTIO_PCI_LEGACY[name];
    this.context.ports.write(this.#port + offset, width, value);
  }

  override get status(): number {
    return this.readRegister('device_status');
  }

  override set status(value: number) {
    this.writeRegister('device_status', value);
  }

  /** The header does not tell the count: queues are asked for until one has no entries. */
  override get queueCount(): number {
    let count = 0;
    while (this.maxQueueSize(count) > 0) count++;
    return count;
  }

  override get configGeneration(): number {
    return 0;
  }

  override readConfig(offset: number, size: AccessSize): number {
    return this.context.ports.read(this.#configPort(offset), size);
  }

  override writeConfig(offset: number, size: AccessSize, value: number): void {
    this.context.ports.write(this.#configPort(offset), size, value);
  }

  override notify(index: number): void {
    this.writeRegister('queue_notify', index);
  }

  override toString(): string {
    return `virtio-pci (legacy) ${this.function}`;
  }

  /** @internal */
  protected override readIsr(): number {
    return this.readRegister('isr_status');
  }

  protected override writeQueueVector(vector: number): number {
    return this.#writeVector(VECTORS.queue, vector);
  }

  protected override writeConfigVector(vector: number): number {
    return this.#writeVector(VECTORS.config, vector);
  }

  protected override readFeatures(half: 0 | 1): number {
    return half === 0 ? this.readRegister('device_features') : 0;
  }

  protected override writeFeatures(half: 0 | 1, bits: number): void {
    if (half === 0) this.writeRegister('driver_features', bits);
  }

  protected override maxQueueSize(index: number): number {
    this.writeRegister('queue_select', index);
    return this.readRegister('queue_size');
  }

  /** Queues have the size that the device gives them. */
  protected override get fixedQueueSizes(): boolean {
    return true;
  }

  protected override enableQueue(index: number, _size: number, areas: SplitAreas): void {
    this.chooseQueueVector(index);
    this.writeRegister('queue_address', areas.desc / LEGACY_PAGE);
  }

  #writeVector(offset: number, vector: number): number {
    this.context.ports.write(this.#port + offset, 2, vector);
    return this.context.ports.read(this.#port + offset, 2);
  }

  #configPort(offset: number): number {
    return this.#port + (this.usesMessages ? HEADER.msix : HEADER.plain) + offset;
  }
}
