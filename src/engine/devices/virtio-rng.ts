import { STATUS, VIRTIO_ID } from '../../spec/virtio.ts';
import type { RngBackend } from '../backends/rng.ts';
import { link, u32, u64 } from '../qom/property.ts';
import type { State } from '../qom/state.ts';
import type { TypeInfo } from '../qom/type.ts';
import { VirtioDevice } from '../virtio/virtio-device.ts';
import type { VirtQueue } from '../virtio/virtqueue/virtqueue.ts';

const PROPERTIES = {
  'max-bytes': u64(2n ** 63n - 1n),
  period: u32(1 << 16),
  rng: link<RngBackend>('rng-backend'),
} as const;

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
    this.addQueue('requestq', 8, (vq) => this.#fill(vq));
  }

  /** Whatever changes, there may be something to fill. */
  protected override statusChanging(status: number): void {
    this.status = status;
    const vq = this.queues[0]?.vq;
    if (vq?.ready) this.#fill(vq);
  }

  override saveState(): State {
    return { ...super.saveState(), quota: this.#quota };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.#quota = state.quota as bigint;
  }

  /** The device places random data into every buffer, and says how much (VIRTIO 1.4 §5.4.6.2). */
  #fill(vq: VirtQueue): void {
    if (!(this.status & STATUS.DRIVER_OK)) return;
    let served = false;
    while (this.#quota > 0n) {
      const element = vq.pop();
      if (!element) break;
      const { writableLength } = element;
      const length = this.#quota < writableLength ? Number(this.#quota) : writableLength;
      this.#quota -= BigInt(length);
      vq.push(element, element.write(this.#request(vq.index, length)));
      served = true;
    }
    if (served) vq.notify();
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
