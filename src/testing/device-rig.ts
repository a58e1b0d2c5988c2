import { bytesSource } from '../engine/backends/byte-source.ts';
import { Machine } from '../engine/machine/machine.ts';
import type { VirtioDevice } from '../engine/virtio/virtio-device.ts';
import { PciBus } from '../guest/bus/pci.ts';
import { PciConfigPorts } from '../guest/bus/pci-config.ts';
import { GuestContext } from '../guest/context.ts';
import type { DmaBuffer } from '../guest/dma.ts';
import { VirtioPci } from '../guest/transport/virtio-pci.ts';
import type { VirtQueue } from '../guest/virtqueue/queue.ts';
import { JournalReader } from '../journal/reader.ts';
import { JournalRing } from '../journal/ring.ts';
import type { EventKind, EventOf } from '../journal/schema.ts';
import { EventStore } from '../journal/store.ts';
import { JournalWriter } from '../journal/writer.ts';
import { PCI_VENDOR_VIRTIO } from '../spec/pci.ts';
import { STATUS, VIRTIO_F } from '../spec/virtio.ts';
import { DirectHal } from '../worker/direct-hal.ts';

/** A machine with one virtio PCI device, driven through its registers and one queue, all in one thread. */
export class DeviceRig {
  readonly machine: Machine;
  readonly context: GuestContext;
  readonly transport: VirtioPci;
  readonly store = new EventStore();
  readonly #reader: JournalReader;

  /** `line`: the device and its back ends, in QEMU's words; `images`: what `file=` can name. */
  constructor(line: string, images: Readonly<Record<string, Uint8Array>> = {}) {
    const ring = JournalRing.create(1 << 14, 1 << 20);
    this.#reader = new JournalReader([ring], this.store);
    let seed = 1;
    this.machine = Machine.build(`-M pc -m 32 -nodefaults ${line}`, {
      journal: new JournalWriter(ring),
      allocateRam: (bytes) => new SharedArrayBuffer(bytes),
      openImage: (name) => images[name] && bytesSource(images[name]),
      random: (into) => into.set(into.map(() => seed++ & 0xff)),
    });
    const hal = new DirectHal(this.machine);
    this.context = new GuestContext(hal);
    const fn = new PciBus(new PciConfigPorts(hal)).find({ vendor: PCI_VENDOR_VIRTIO }).enable();
    this.transport = new VirtioPci(this.context, fn);
  }

  /** The device behind the transport, as the engine has it. */
  get device(): VirtioDevice {
    const found = this.machine.devices[this.machine.devices.length - 1];
    const backend = found?.children.get('virtio-backend') ?? found;
    return backend as VirtioDevice;
  }

  /** Resets, accepts VERSION_1 and `features`, sets up queue 0 and goes live. */
  start(features: readonly number[] = [], size = 8): VirtQueue {
    return this.startQueues(1, features, size)[0] as VirtQueue;
  }

  /** As `start`, with the first `count` queues. */
  startQueues(count: number, features: readonly number[] = [], size = 8): VirtQueue[] {
    const { transport } = this;
    transport.reset();
    transport.status |= STATUS.ACKNOWLEDGE | STATUS.DRIVER;
    transport.acceptFeatures([VIRTIO_F.VIRTIO_F_VERSION_1, ...features]);
    transport.status |= STATUS.FEATURES_OK;
    const queues = Array.from({ length: count }, (_, index) => transport.queue(index, { size }));
    transport.status |= STATUS.DRIVER_OK;
    return queues;
  }

  /** Sends one chain and returns the length that the device reported, or -1 where it answered nothing. */
  send(queue: VirtQueue, readable: readonly DmaBuffer[], writable: readonly DmaBuffer[]): number {
    queue.publish(queue.add({ readable, writable }));
    queue.notify();
    return queue.pop()?.length ?? -1;
  }

  /** DMA memory holding `bytes`. */
  buffer(bytes: Uint8Array | number): DmaBuffer {
    const length = typeof bytes === 'number' ? bytes : bytes.length;
    const buffer = this.context.dma.alloc(length);
    if (typeof bytes !== 'number') buffer.write(bytes);
    return buffer;
  }

  /** Every event of `kind` so far. */
  events<K extends EventKind>(kind: K): EventOf<K>[] {
    this.machine.journal.flush();
    this.#reader.drain();
    const found: EventOf<K>[] = [];
    for (let i = 0; i < this.store.length; i++) {
      const event = this.store.get(i);
      if (event.kind === kind) found.push(event as unknown as EventOf<K>);
    }
    return found;
  }
}
