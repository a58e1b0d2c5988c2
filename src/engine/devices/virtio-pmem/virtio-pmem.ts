import { VIRTIO_PMEM_CONFIG } from '../../../spec/mem.ts';
import { VIRTIO_ID } from '../../../spec/virtio.ts';
import type { MemoryBackend } from '../../backends/memory.ts';
import { link, u64 } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { packConfig } from '../../virtio/pack-config.ts';
import { VirtioDevice } from '../../virtio/virtio-device.ts';
import type { VirtQueue } from '../../virtio/virtqueue/virtqueue.ts';
import type { MemoryDevice } from '../memory-device.ts';

const QUEUE_SIZE = 128;

const PROPERTIES = { memaddr: u64(0n), memdev: link<MemoryBackend>('memory-backend') } as const;

/** Persistent memory: a file of the host's as memory of the guest's (VIRTIO 1.4 §5.19). */
class VirtioPmem extends VirtioDevice<typeof PROPERTIES> implements MemoryDevice {
  readonly deviceId = VIRTIO_ID.PMEM;
  readonly deviceName = 'virtio-pmem';
  readonly alignment = 0;
  /** Number of the next request in the journal. */
  #requestId = 0;

  get memoryAddress(): bigint {
    return this.props.memaddr;
  }

  set memoryAddress(address: bigint) {
    this.values.memaddr = address;
  }

  deviceMemory(): MemoryBackend {
    const { memdev } = this.props;
    if (!memdev) this.fail("'memdev' property must be set");
    return memdev;
  }

  override get configSize(): number {
    return VIRTIO_PMEM_CONFIG.size.offset + VIRTIO_PMEM_CONFIG.size.width;
  }

  protected override realizeDevice(): void {
    const { memdev } = this.props;
    if (!memdev) this.fail('virtio-pmem memdev not set');
    if (memdev.mapped) this.fail(`can't use already busy memdev: ${memdev.name}`);
    memdev.mapped = true;
    this.addQueue('req_vq', QUEUE_SIZE, (vq) => this.#flush(vq));
  }

  /** Makes everything written so far durable, which only a file can be (VIRTIO 1.4 §5.19.7). One request a notification, as QEMU. */
  #flush(vq: VirtQueue): void {
    const element = vq.pop();
    if (!element) {
      this.violate(vq.index, 'pmemRequest', 0, 0, 'virtio-pmem missing request data');
      return;
    }
    if (element.readableCount < 1 || element.writableCount < 1) {
      const message = 'virtio-pmem request not proper';
      this.violate(vq.index, 'pmemRequest', element.head, element.readableLength, message);
      vq.discard(element);
      return;
    }
    const { journal, dev } = this;
    const status = this.props.memdev?.isFile ? 0 : 1;
    const id = this.#requestId++;
    if (journal.on) journal.backendRequest(dev, vq.index, 'flush', id, 0, 0);
    if (journal.on) journal.backendCompletion(dev, vq.index, 'flush', id, status, 0);
    const answer = new Uint8Array(4);
    new DataView(answer.buffer).setUint32(0, status, !this.bigEndian);
    vq.push(element, element.write(answer));
    vq.notify();
  }

  override saveState(): State {
    return { ...super.saveState(), requestId: this.#requestId };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.#requestId = state.requestId as number;
  }

  override unrealize(): void {
    super.unrealize();
    if (this.props.memdev) this.props.memdev.mapped = false;
  }

  override readConfig(): Uint8Array {
    const { memaddr, memdev } = this.props;
    return packConfig(
      VIRTIO_PMEM_CONFIG,
      { start: memaddr, size: memdev?.bytes ?? 0 },
      this.configSize,
    );
  }
}

/** The type of the persistent memory device. */
export const VIRTIO_PMEM_TYPE: TypeInfo = {
  name: 'virtio-pmem',
  parent: 'virtio-device',
  properties: PROPERTIES,
  create: (init) => new VirtioPmem(init),
};
