import { S390_INPUT } from '../../spec/channel-io.ts';
import { GIC_FIRST_SPI } from '../../spec/platform.ts';
import { REGION_INDEX } from '../../spec/regions.ts';
import { VIRTIO_MMIO } from '../../spec/virtio-mmio.ts';
import { VIRTIO_PCI_ISR, VIRTIO_PCI_LEGACY } from '../../spec/virtio-pci.ts';
import { RULES } from '../schema.ts';
import type { QueueSpans } from './queue-spans.ts';

/** Where bit 0 tells of used buffers, by region (VIRTIO 1.4 §4.1.4.5, VIRTIO 1.4 §4.2.2). */
export const INTERRUPT_STATUS: ReadonlyMap<number, number> = new Map([
  [REGION_INDEX['virtio-pci-isr'], VIRTIO_PCI_ISR.isr_status.offset],
  [REGION_INDEX['virtio-pci-legacy'], VIRTIO_PCI_LEGACY.isr_status.offset],
  [REGION_INDEX['virtio-mmio'], VIRTIO_MMIO.InterruptStatus.offset],
]);

/** An entry of an MSI-X table (PCI 3.0 §6.8.2.6): bytes, and where the message's data is. */
const ENTRY = { bytes: 16, data: 8 } as const;
/** Where x86 CPUs take messages; the data's low byte is the vector (Intel SDM 3A §11.11). */
const APIC_PAGE = 0xfee;
const EXTERNAL = RULES.indexOf('external');
/** Why an input of an s390 CPU was asserted. */
const INTERRUPTIONS = ['status', 'adapter', 'external'].map((rule) =>
  RULES.indexOf(rule as (typeof RULES)[number]),
);

/**
 * Tells when the guest sees an interrupt. The journal records no reads of memory, so what counts is the
 * first of these, after the interrupt was raised:
 *
 * | how the device interrupts | the guest sees it when |
 * |---|---|
 * | a line: INTx (VIRTIO 1.4 §4.1.4.5), MMIO (VIRTIO 1.4 §4.2.2) | the driver reads bit 0 of the ISR status or InterruptStatus set, or the vCPU wakes from a wait for that input |
 * | a message (VIRTIO 1.4 §4.1.5.1.2) | the CPU takes the input that the vector's message stands for, or wakes for it |
 * | an I/O interruption (VIRTIO 1.4 §4.3.3.1) | the CPU takes it, or TEST PENDING INTERRUPTION or TEST SUBCHANNEL does: the device's input falls because of that |
 * | an external interruption (s390-virtio) | the CPU takes it; they go in order |
 *
 * A guest that polls its rings without any of these leaves the interrupt unseen.
 */
export class Sightings {
  /** Queues with an interrupt that was not seen, by device and by input. */
  readonly #byDevice = new Map<number, Set<QueueSpans>>();
  readonly #byInput = new Map<number, Set<QueueSpans>>();
  /** External interruptions in order. */
  #external: QueueSpans[] = [];
  /** Address and data of messages, by device and byte offset in its MSI-X table. */
  readonly #messages = new Map<number, Map<number, number>>();
  /** The guest takes an interruption: inputs fall because of that. */
  taking = false;

  clear(): void {
    this.#byDevice.clear();
    this.#byInput.clear();
    this.#external = [];
    this.#messages.clear();
    this.taking = false;
  }

  /** The driver wrote to the MSI-X table of a device, at a byte offset. */
  wroteTable(dev: number, offset: number, value: number): void {
    let table = this.#messages.get(dev);
    if (!table) {
      table = new Map();
      this.#messages.set(dev, table);
    }
    table.set(offset, value);
  }

  /** A line was raised for a queue. */
  raised(queue: QueueSpans, input: number, rule: number): void {
    if (rule === EXTERNAL) {
      if (!this.#external.includes(queue)) this.#external.push(queue);
      return;
    }
    note(this.#byDevice, queue.dev, queue);
    if (!INTERRUPTIONS.includes(rule)) note(this.#byInput, input, queue);
  }

  /** A message was sent for a queue. */
  sent(queue: QueueSpans, vector: number): void {
    const table = this.#messages.get(queue.dev);
    const address = table?.get(ENTRY.bytes * vector);
    const data = table?.get(ENTRY.bytes * vector + ENTRY.data);
    if (address === undefined || data === undefined) return;
    const input = address >>> 20 === APIC_PAGE ? data & 0xff : data - GIC_FIRST_SPI;
    note(this.#byInput, input, queue);
  }

  /** A line of a device was lowered. */
  lowered(dev: number, rule: number, event: number): void {
    if (this.taking && rule !== EXTERNAL && INTERRUPTIONS.includes(rule))
      this.statusRead(dev, event);
  }

  /** The CPU took what an input had latched. */
  taken(input: number, event: number): void {
    this.taking = true;
    if (input === S390_INPUT.external) this.#external.shift()?.saw(event);
    this.woken(input, event);
  }

  /** The vCPU went on because an input is asserted. */
  woken(input: number, event: number): void {
    settle(this.#byInput, input, event);
  }

  /** The driver read that a device has interrupted for used buffers. */
  statusRead(dev: number, event: number): void {
    settle(this.#byDevice, dev, event);
  }
}

function note(map: Map<number, Set<QueueSpans>>, key: number, queue: QueueSpans): void {
  const queues = map.get(key);
  if (queues) queues.add(queue);
  else map.set(key, new Set([queue]));
}

function settle(map: Map<number, Set<QueueSpans>>, key: number, event: number): void {
  const queues = map.get(key);
  if (!queues || queues.size === 0) return;
  for (const queue of queues) queue.saw(event);
  queues.clear();
}
