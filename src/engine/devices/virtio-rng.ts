import { STATUS, VIRTIO_ID } from '../../spec/virtio.ts';
import type { RngBackend } from '../backends/rng.ts';
import { link, u32, u64 } from '../qom/property.ts';
import type { State } from '../qom/state.ts';
import type { TypeInfo } from '../qom/type.ts';
import { VirtioDevice } from '../virtio/virtio-device.ts';
import type { VirtQueueElement } from '../virtio/virtqueue/element.ts';
import type { VirtQueue } from '../virtio/virtqueue/virtqueue.ts';

const PROPERTIES = {
  'max-bytes': u64(2n ** 63n - 1n),
  period: u32(1 << 16),
  rng: link<RngBackend>('rng-backend'),
} as const;

/** The most bytes that QEMU asks a back end for: a 32-bit number. */
const MOST_AT_ONCE = 0xffff_ffff;
/** Bytes that are taken from the back end at a time. */
const PIECE = 0x1_0000;

/** Entropy device: fills driver buffers with random bytes (VIRTIO 1.4 §5.4). */
export class VirtioRng extends VirtioDevice<typeof PROPERTIES> {
  readonly deviceId = VIRTIO_ID.ENTROPY;
  readonly deviceName = 'virtio-rng';
  /** Bytes that may still be handed out; the guest's time stands still, so a period never ends. */
  #quota = 0n;

  protected override realizeDevice(): void {
    if (this.props.period === 0) this.fail("'period' parameter expects a positive integer");
    if (!this.props.rng)
      this.values.rng = this.addChild(
        'default-backend',
        this.registry.create('rng-builtin', this.context) as RngBackend,
      );
    if (this.props['max-bytes'] > 2n ** 63n - 1n)
      this.fail("'max-bytes' parameter must be non-negative, and less than 2^63");
    this.#quota = this.props['max-bytes'];
    this.addQueue('requestq', 8, (vq) => this.#process(vq));
  }

  /** Whatever changes, there may be something to fill. */
  protected override statusChanging(status: number): void {
    this.status = status;
    const vq = this.queues[0]?.vq;
    if (vq?.ready) this.#process(vq);
  }

  override saveState(): State {
    return { ...super.saveState(), quota: this.#quota };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.#quota = state.quota as bigint;
  }

  /** Asks the back end for as much as all available buffers can take, as QEMU does, and hands it out. */
  #process(vq: VirtQueue): void {
    while (this.status & STATUS.DRIVER_OK) {
      const most = this.#quota < MOST_AT_ONCE ? Number(this.#quota) : MOST_AT_ONCE;
      const size = Math.min(vq.availableBytes(most), most);
      if (size === 0) return;
      const given = this.#fill(vq, size);
      this.#quota -= BigInt(given);
      if (given > 0) vq.notify();
      if (given < size || vq.isEmpty()) return;
    }
  }

  /**
   * Places `size` random bytes into buffers, into each as much as it takes, and says how much (VIRTIO 1.4 §5.4.6.2).
   * Returns how many the back end had.
   */
  #fill(vq: VirtQueue, size: number): number {
    let given = 0;
    while (given < size) {
      const element = vq.pop();
      if (!element) return size;
      const length = Math.min(element.writableLength, size - given);
      const filled = this.#fillOne(vq.index, element, length);
      given += filled;
      if (filled === 0 && length > 0) vq.unpop(element);
      else vq.push(element, filled);
      if (filled < length) break;
    }
    return given;
  }

  /** Places `length` bytes into one buffer, piece by piece: it may be larger than memory. Returns how many there were. */
  #fillOne(queue: number, element: VirtQueueElement, length: number): number {
    for (let done = 0; done < length; ) {
      const piece = Math.min(PIECE, length - done);
      const bytes = this.#request(queue, piece);
      done += element.write(bytes, done);
      if (bytes.length < piece) return done;
    }
    return length;
  }

  #request(queue: number, length: number): Uint8Array {
    const { journal, dev } = this;
    if (journal.on) journal.backendRequest(dev, queue, 'random', 0, 0, length);
    const bytes = this.props.rng?.request(length) ?? new Uint8Array(0);
    if (journal.on) journal.backendCompletion(dev, queue, 'random', 0, 0, bytes.length);
    return bytes;
  }
}

/** The type of the entropy device. */
export const VIRTIO_RNG_TYPE: TypeInfo = {
  name: 'virtio-rng-device',
  parent: 'virtio-device',
  properties: PROPERTIES,
  create: (init) => new VirtioRng(init),
};
