import { PCI_VENDOR_VIRTIO } from '../../spec/pci.ts';
import {
  MODERN_PCI_ID_BASE,
  MODERN_PCI_ID_LAST,
  TRANSITIONAL_PCI_ID,
  VIRTIO_MSI_NO_VECTOR,
} from '../../spec/virtio-pci.ts';
import { MsixTable } from '../bus/msix.ts';
import type { PciFunction } from '../bus/pci-function.ts';
import type { GuestContext } from '../context.ts';
import { DeviceError } from '../virtqueue/queue.ts';
import type { IndicatorKind } from './virtio-ccw.ts';
import { ISR, VirtioTransport } from './virtio-transport.ts';

/** How a device is to be opened. */
export interface OpenOptions {
  /** Uses the interface from before VIRTIO 1 where the device has both (VIRTIO 1.4 §4.1.3). */
  readonly legacy?: boolean;
  /** PCI: interrupts by messages, a vector for the configuration and one a queue, and not by the pin. */
  readonly msix?: boolean;
  /** Channel I/O: how the device tells of used buffers; adapter indicators where left out, if it has them. */
  readonly indicators?: IndicatorKind;
}

/** Virtio device ID of a PCI function, or 0 where it is no virtio device (VIRTIO 1.4 §4.1.2). */
export function virtioDeviceId({
  vendorId,
  deviceId,
}: Pick<PciFunction, 'vendorId' | 'deviceId'>): number {
  if (vendorId !== PCI_VENDOR_VIRTIO || deviceId > MODERN_PCI_ID_LAST) return 0;
  if (deviceId >= MODERN_PCI_ID_BASE) return deviceId - MODERN_PCI_ID_BASE;
  const found = Object.entries(TRANSITIONAL_PCI_ID).find(([, pciId]) => pciId === deviceId);
  return found ? Number(found[0]) : 0;
}

/** Interrupts by messages: which vector of the device's table has which input. */
interface Vectors {
  readonly table: MsixTable;
  /** Inputs by vector; vector 0 is for configuration changes. */
  readonly inputs: number[];
  /** Vectors by queue. */
  readonly queues: Map<number, number>;
}

/** What both interfaces of a virtio PCI function have in common: the function, and its interrupts. */
export abstract class VirtioPciTransport extends VirtioTransport {
  readonly deviceId: number;
  /** The PCI function. */
  readonly function: PciFunction;
  readonly #pin: readonly number[];
  #vectors: Vectors | undefined;

  /** @internal Throws where `fn` is no virtio device, or is not enabled. */
  constructor(context: GuestContext, fn: PciFunction) {
    super(context);
    this.function = fn;
    this.deviceId = virtioDeviceId(fn);
    if (this.deviceId === 0) throw new Error(`${fn} is not a virtio device`);
    if (fn.bars.length === 0)
      throw new Error(`${fn}: its BARs have no addresses yet; call enable() on the function first`);
    const input = fn.interruptInput;
    this.#pin = input < 0 ? [] : [input];
    MsixTable.disable(fn);
    context.interrupts.register(this, fn);
  }

  override get interruptInputs(): readonly number[] {
    return this.#vectors?.inputs ?? this.#pin;
  }

  /** @internal */
  override get latched(): boolean {
    return this.#vectors !== undefined;
  }

  /** Whether interrupts come as messages (MSI-X). */
  get usesMessages(): boolean {
    return this.#vectors !== undefined;
  }

  /**
   * @internal Interrupts come as messages from now on (VIRTIO 1.4 §4.1.5.1.2). Throws where function
   * or machine have no way for it.
   */
  turnMessagesOn(): void {
    const { hal, messages } = this.context;
    const table = MsixTable.of(hal, this.function);
    if (!table) throw new Error(`${this.function} has no MSI-X table`);
    if (!messages.available) throw new Error('nothing on this machine takes messages (MSI-X)');
    this.#vectors = { table, inputs: [], queues: new Map() };
    this.#newVector(this.#vectors);
    table.enable();
    this.#chooseConfigVector();
  }

  override reset(): void {
    super.reset();
    // The device forgets its vectors, but the table keeps its messages.
    if (this.#vectors) this.#chooseConfigVector();
  }

  /** @internal Gives the selected queue, number `index`, a vector; to be called before it is enabled. */
  protected chooseQueueVector(index: number): void {
    const vectors = this.#vectors;
    if (!vectors) return;
    let vector = vectors.queues.get(index);
    if (vector === undefined) {
      // Queues that find the table full share the last vector.
      const full = vectors.inputs.length === vectors.table.size;
      vector = full ? vectors.inputs.length - 1 : this.#newVector(vectors);
      vectors.queues.set(index, vector);
    }
    this.#checkVector(this.writeQueueVector(vector), `queue ${index}`);
  }

  /** @internal Writes the vector of the selected queue; returns what the device made of it. */
  protected abstract writeQueueVector(vector: number): number;
  /** @internal Writes the vector of configuration changes; returns what the device made of it. */
  protected abstract writeConfigVector(vector: number): number;
  /** @internal Reads the ISR status, which clears it. */
  protected abstract readIsr(): number;

  /** @internal */
  override acknowledge(input: number): number {
    const vectors = this.#vectors;
    if (!vectors) return this.readIsr();
    const vector = vectors.inputs.indexOf(input);
    if (vector > 0) return ISR.QUEUE;
    // A table of one vector is for everything (VIRTIO 1.4 §4.1.5.4.2).
    return vectors.inputs.length > 1 ? ISR.CONFIG : ISR.CONFIG | ISR.QUEUE;
  }

  #newVector({ table, inputs }: Vectors): number {
    const message = this.context.messages.take();
    if (!message) {
      if (inputs.length === 0) throw new Error('no messages are left that could interrupt');
      return inputs.length - 1;
    }
    const vector = inputs.push(message.input) - 1;
    table.program(vector, message);
    return vector;
  }

  #chooseConfigVector(): void {
    this.#checkVector(this.writeConfigVector(0), 'the configuration');
  }

  /** A device that cannot have a vector says so by NO_VECTOR (VIRTIO 1.4 §4.1.5.1.2.1). */
  #checkVector(answer: number, what: string): void {
    if (answer === VIRTIO_MSI_NO_VECTOR)
      throw new DeviceError(`the device has no vector for ${what}`);
  }
}
