import { VIRTIO_ID } from '../../spec/virtio.ts';
import type { VirtioTransport } from '../transport/virtio-transport.ts';
import type { VirtQueue } from '../virtqueue/queue.ts';
import { type DriverOptions, VirtioDriver } from './virtio-driver.ts';

/** Driver of the entropy device: one queue of buffers that come back random (VIRTIO 1.4 §5.4). */
export class VirtioRng extends VirtioDriver {
  static readonly deviceId = VIRTIO_ID.ENTROPY;
  /** `requestq`, the only queue (VIRTIO 1.4 §5.4.2). */
  readonly queue: VirtQueue;

  /** Takes the device over. `options`: features to ask for. */
  constructor(transport: VirtioTransport, options?: DriverOptions) {
    super(transport, [], options);
    this.queue = transport.queue(0);
    this.ready();
  }

  /** Random bytes: at least one, at most `length`; a device may give fewer than asked for. */
  read(length: number): Uint8Array {
    const { dma } = this.transport;
    const buffer = dma.alloc(length);
    this.queue.publish(this.queue.add({ writable: [buffer], indirect: this.indirect }));
    this.queue.notify();
    const bytes = buffer.bytes(0, this.queue.wait().length);
    dma.free(buffer);
    return bytes;
  }
}
