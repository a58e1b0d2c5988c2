import { PciBus } from '../src/guest/bus/pci.ts';
import { PciConfigPorts } from '../src/guest/bus/pci-config.ts';
import { GuestContext } from '../src/guest/context.ts';
import type { Hal } from '../src/guest/hal.ts';
import { VirtioPci } from '../src/guest/transport/virtio-pci.ts';
import type { VirtQueue } from '../src/guest/virtqueue/queue.ts';
import { PCI_VENDOR_VIRTIO } from '../src/spec/pci.ts';
import { STATUS, VIRTIO_F, VIRTQ_DESC_F_WRITE } from '../src/spec/virtio.ts';
import { QUEUE_SIZE } from './bench-device.ts';

/** How the queue is to be used. */
export interface LoadOptions {
  readonly packed?: boolean;
  readonly eventIdx?: boolean;
  readonly queueSize?: number;
}

/** Buffers that are published and notified together. */
export const BATCH = 64;
const BUFFER = 64;
/** Turns that each side looks for the other's work before it sleeps. */
export const SPIN_TURNS = 2_000;

/** The real guest library with the bench device's queue ready for use. */
export class GuestLoad {
  readonly queue: VirtQueue;
  readonly transport: VirtioPci;
  readonly #hal: Hal;
  readonly #buffers: number;

  constructor(
    hal: Hal,
    { packed = false, eventIdx = false, queueSize = QUEUE_SIZE }: LoadOptions = {},
  ) {
    const context = new GuestContext(hal);
    const fn = new PciBus(new PciConfigPorts(hal)).find({ vendor: PCI_VENDOR_VIRTIO }).enable();
    const transport = new VirtioPci(context, fn);
    transport.reset();
    transport.status |= STATUS.ACKNOWLEDGE | STATUS.DRIVER;
    transport.acceptFeatures([
      VIRTIO_F.VIRTIO_F_VERSION_1,
      ...(packed ? [VIRTIO_F.VIRTIO_F_RING_PACKED] : []),
      ...(eventIdx ? [VIRTIO_F.VIRTIO_F_EVENT_IDX] : []),
    ]);
    transport.status |= STATUS.FEATURES_OK;
    this.queue = transport.queue(0, { size: queueSize });
    transport.status |= STATUS.DRIVER_OK;
    this.transport = transport;
    this.#hal = hal;
    this.#buffers = context.dma.alloc(BATCH * BUFFER).addr;
  }

  /** Batches with a doorbell each; the device answers inside it. `drained` is called after each batch. */
  doorbells(count: number, drained: () => void): void {
    const { queue } = this;
    for (let done = 0; done < count; done += BATCH) {
      this.#offer();
      queue.publish();
      queue.notify();
      while (queue.popUsed() >= 0);
      drained();
    }
  }

  /** Offers `count` buffers with one doorbell, and takes back what the device returns. */
  offerAtOnce(count: number): void {
    const { queue } = this;
    for (let i = 0; i < count; i++)
      queue.post1(this.#buffers + (i % BATCH) * BUFFER, BUFFER, VIRTQ_DESC_F_WRITE);
    queue.publish();
    queue.notify();
    while (queue.popUsed() >= 0);
  }

  /** Batches with a doorbell, and an interrupt that is waited for and acknowledged. */
  interrupts(count: number, drained: () => void): void {
    const { queue, transport } = this;
    for (let done = 0; done < count; done += BATCH) {
      this.#offer();
      queue.publish();
      queue.notify();
      transport.waitForInterrupt();
      while (queue.popUsed() >= 0);
      drained();
    }
  }

  /** Keeps the ring full without a doorbell: the device polls in its own thread. */
  polling(count: number, drained: () => void): void {
    const { queue } = this;
    let offered = 0;
    let done = 0;
    while (done < count) {
      while (offered < count && queue.free >= BATCH) {
        this.#offer();
        queue.publish();
        offered += BATCH;
      }
      while (queue.popUsed() >= 0) done++;
      drained();
    }
  }

  /**
   * Keeps the ring full with event indices: spins briefly where nothing has come back, asking for no
   * interrupt, and then sleeps until there is one.
   */
  events(count: number, drained: () => void): void {
    const { queue } = this;
    queue.suppressInterrupts(true);
    let offered = 0;
    let idle = 0;
    for (let done = 0; done < count; ) {
      while (offered < count && queue.free >= BATCH) {
        this.#offer();
        queue.publish();
        queue.notify();
        offered += BATCH;
      }
      const before = done;
      while (queue.popUsed() >= 0) done++;
      drained();
      if (done > before) idle = 0;
      else if (++idle > SPIN_TURNS) {
        queue.wait();
        done++;
        idle = 0;
      }
    }
    queue.suppressInterrupts(false);
  }

  /** Register reads, one VM exit each. */
  exits(count: number): void {
    const addr = this.#statusAddress();
    for (let i = 0; i < count; i++) this.#hal.read('memory', addr, 1);
  }

  #statusAddress(): number {
    const bar = this.transport.function.bars.find(({ index }) => index === 4);
    if (!bar) throw new Error('no BAR 4');
    // device_status of the common configuration at the BAR's start.
    return bar.addr + 0x14;
  }

  #offer(): void {
    const { queue } = this;
    const base = this.#buffers;
    for (let i = 0; i < BATCH; i++) queue.post1(base + i * BUFFER, BUFFER, VIRTQ_DESC_F_WRITE);
  }
}
