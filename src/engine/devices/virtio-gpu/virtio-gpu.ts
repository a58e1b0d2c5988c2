import {
  VIRTIO_GPU_CMD as CMD,
  VIRTIO_GPU_F as F,
  VIRTIO_GPU_RESP as RESP,
  VIRTIO_GPU_CONFIG,
  VIRTIO_GPU_DISPLAY,
  VIRTIO_GPU_EDID,
  VIRTIO_GPU_FLAG_FENCE,
  VIRTIO_GPU_HEADER,
  VIRTIO_GPU_MAX_SCANOUTS,
} from '../../../spec/gpu.ts';
import { VIRTIO_ID } from '../../../spec/virtio.ts';
import { bit, size, u32 } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { packConfig } from '../../virtio/pack-config.ts';
import { featureMask, VirtioDevice } from '../../virtio/virtio-device.ts';
import type { VirtQueueElement } from '../../virtio/virtqueue/element.ts';
import type { VirtQueue } from '../../virtio/virtqueue/virtqueue.ts';
import { EDID_BYTES, makeEdid } from './edid.ts';
import { BACKING_ENTRY, MAX_BACKING, type Rectangle, Resources } from './resources.ts';

const CONTROL_QUEUE_SIZE = 64;
const CURSOR_QUEUE_SIZE = 16;
const DEFAULT_HOST_MEMORY = 256 * 2 ** 20;

const BASE_PROPERTIES = {
  max_outputs: u32(1),
  edid: bit(true),
  xres: u32(1280),
  yres: u32(800),
} as const;

const PROPERTIES = {
  max_hostmem: size(DEFAULT_HOST_MEMORY),
  blob: bit(false),
} as const;

/** What every kind of GPU has in common: outputs, and their configuration (VIRTIO 1.4 §5.7). */
export abstract class VirtioGpuBase<P = unknown> extends VirtioDevice<P & typeof BASE_PROPERTIES> {
  readonly deviceId = VIRTIO_ID.GPU;
  readonly deviceName = 'virtio-gpu';

  override get configSize(): number {
    return VIRTIO_GPU_CONFIG.num_capsets.offset + VIRTIO_GPU_CONFIG.num_capsets.width;
  }

  protected checkOutputs(): void {
    if ((this.values.max_outputs as number) > VIRTIO_GPU_MAX_SCANOUTS)
      this.fail(`invalid max_outputs > ${VIRTIO_GPU_MAX_SCANOUTS}`);
  }

  protected override offerFeatures(common: bigint): bigint {
    return this.values.edid ? common | featureMask(F.VIRTIO_GPU_F_EDID) : common;
  }

  override readConfig(): Uint8Array {
    const outputs = this.values.max_outputs as number;
    return packConfig(VIRTIO_GPU_CONFIG, { num_scanouts: outputs }, this.configSize);
  }
}

/** Two-dimensional GPU (VIRTIO 1.4 §5.7). */
export class VirtioGpu extends VirtioGpuBase<typeof PROPERTIES> {
  resources: Resources | undefined;
  /** Number of the next picture in the journal. */
  #requestId = 0;

  protected override realizeDevice(): void {
    if (this.props.blob) {
      this.context.report('warning: open /dev/udmabuf: No such file or directory');
      this.fail('cannot enable blob resources without udmabuf');
    }
    this.checkOutputs();
    this.resources = new Resources(this.ram, Number(this.props.max_hostmem), this.bounce);
    this.addQueue('controlq', CONTROL_QUEUE_SIZE, (vq) => this.#control(vq));
    this.addQueue('cursorq', CURSOR_QUEUE_SIZE, (vq) => this.#cursor(vq));
  }

  protected override resetDevice(): void {
    this.resources?.reset();
  }

  override saveState(): State {
    return {
      ...super.saveState(),
      requestId: this.#requestId,
      resources: this.resources?.saveState(),
    };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.#requestId = state.requestId as number;
    if (state.resources) this.resources?.loadState(state.resources as State);
  }

  /** Nobody sees the pointer; its commands go back. */
  #cursor(vq: VirtQueue): void {
    for (let element = vq.pop(); element; element = vq.pop()) {
      vq.push(element, 0);
      vq.notify();
    }
  }

  #control(vq: VirtQueue): void {
    for (let element = vq.pop(); element; element = vq.pop()) {
      const command = new Uint8Array(element.readableLength);
      element.read(0, command);
      // As in QEMU, a command without a whole header is never answered.
      if (command.length < VIRTIO_GPU_HEADER) continue;
      this.#answer(vq, element, command);
    }
  }

  /** Writes a response's header and data, and returns the chain (VIRTIO 1.4 §5.7.6.7). */
  #answer(vq: VirtQueue, element: VirtQueueElement, command: Uint8Array): void {
    const view = new DataView(command.buffer);
    const { type, data = NOTHING } = this.#perform(vq.index, view);
    const bytes = new Uint8Array(VIRTIO_GPU_HEADER + data.length);
    const header = new DataView(bytes.buffer);
    header.setUint32(0, type, true);
    if (view.getUint32(4, true) & VIRTIO_GPU_FLAG_FENCE) {
      header.setUint32(4, VIRTIO_GPU_FLAG_FENCE, true);
      // The fence and the context that the command named.
      bytes.set(command.subarray(8, 20), 8);
    }
    bytes.set(data, VIRTIO_GPU_HEADER);
    vq.push(element, element.write(bytes));
    vq.notify();
  }

  #perform(queue: number, command: DataView): { type: number; data?: Uint8Array } {
    const type = command.getUint32(0, true);
    if (type === CMD.GET_DISPLAY_INFO)
      return { type: RESP.OK_DISPLAY_INFO, data: this.#displays() };
    const size = SIZES[type];
    if (size === undefined) return { type: RESP.ERR_UNSPEC };
    // As in QEMU, a command that is cut short does nothing, and that well.
    if (command.byteLength < VIRTIO_GPU_HEADER + size) return { type: RESP.OK_NODATA };
    const u32 = (at: number) => command.getUint32(VIRTIO_GPU_HEADER + at, true);
    if (type === CMD.GET_EDID) return this.#edid(u32(0));
    return { type: this.#change(queue, type, command, u32) };
  }

  /** Carries out a command that answers with its success alone. */
  #change(queue: number, type: number, command: DataView, u32: (at: number) => number): number {
    const { resources } = this;
    if (!resources) return RESP.ERR_UNSPEC;
    const part = (): Rectangle => ({ x: u32(0), y: u32(4), width: u32(8), height: u32(12) });
    switch (type) {
      case CMD.RESOURCE_CREATE_2D:
        return resources.create(u32(0), u32(4), u32(8), u32(12));
      case CMD.RESOURCE_UNREF:
        return resources.destroy(u32(0));
      case CMD.SET_SCANOUT:
        return u32(16) >= this.#outputs
          ? RESP.ERR_INVALID_SCANOUT_ID
          : resources.show(u32(16), u32(20), part());
      case CMD.RESOURCE_FLUSH: {
        const answer = resources.flush(u32(16), part());
        if (answer === RESP.OK_NODATA) this.#journalPicture(queue, part());
        return answer;
      }
      case CMD.TRANSFER_TO_HOST_2D:
        return resources.transfer(u32(24), part(), u32(16) + u32(20) * 2 ** 32);
      case CMD.RESOURCE_ATTACH_BACKING:
        return resources.attach(u32(0), backingEntries(command, u32(4)));
      case CMD.RESOURCE_DETACH_BACKING:
        return resources.detach(u32(0));
      default:
        // Blobs, which this device has not.
        return RESP.ERR_INVALID_PARAMETER;
    }
  }

  get #outputs(): number {
    return this.values.max_outputs as number;
  }

  /** Size of a display: the first one's is configured, the others are off. */
  #sizeOf(display: number): { readonly width: number; readonly height: number } {
    const { xres, yres } = this.values as { xres: number; yres: number };
    return display === 0 ? { width: xres, height: yres } : { width: 0, height: 0 };
  }

  #displays(): Uint8Array {
    const bytes = new Uint8Array(VIRTIO_GPU_MAX_SCANOUTS * VIRTIO_GPU_DISPLAY);
    const view = new DataView(bytes.buffer);
    const { width, height } = this.#sizeOf(0);
    [0, 0, width, height, 1].forEach((value, i) => {
      view.setUint32(4 * i, value, true);
    });
    return bytes;
  }

  #edid(display: number): { type: number; data?: Uint8Array } {
    if (display >= this.#outputs) return { type: RESP.ERR_INVALID_PARAMETER };
    const data = new Uint8Array(VIRTIO_GPU_EDID.answer);
    new DataView(data.buffer).setUint32(0, VIRTIO_GPU_EDID.edid, true);
    data.set(makeEdid(this.#sizeOf(display)).subarray(0, EDID_BYTES), 8);
    return { type: RESP.OK_EDID, data };
  }

  #journalPicture(queue: number, { width, height }: Rectangle): void {
    const { journal, dev } = this;
    if (!journal.on) return;
    const id = this.#requestId++;
    journal.backendRequest(dev, queue, 'show', id, 0, width * height * 4);
    journal.backendCompletion(dev, queue, 'show', id, 0, width * height * 4);
  }
}

const NOTHING = new Uint8Array(0);

/** Bytes behind the header of each command that is known. */
const SIZES: Readonly<Record<number, number>> = {
  [CMD.RESOURCE_CREATE_2D]: 16,
  [CMD.RESOURCE_UNREF]: 8,
  [CMD.SET_SCANOUT]: 24,
  [CMD.RESOURCE_FLUSH]: 24,
  [CMD.TRANSFER_TO_HOST_2D]: 32,
  [CMD.RESOURCE_ATTACH_BACKING]: 8,
  [CMD.RESOURCE_DETACH_BACKING]: 8,
  [CMD.GET_EDID]: 8,
  [CMD.RESOURCE_CREATE_BLOB]: 0,
  [CMD.SET_SCANOUT_BLOB]: 0,
};

/** The list of pieces behind ATTACH_BACKING; undefined where it is too long, or cut short. */
function backingEntries(command: DataView, count: number): Uint8Array | undefined {
  const at = VIRTIO_GPU_HEADER + 8;
  const bytes = count * BACKING_ENTRY;
  if (count > MAX_BACKING || command.byteLength < at + bytes) return undefined;
  return new Uint8Array(command.buffer, at, bytes);
}

/** The types of GPUs, parents first. The one with OpenGL comes with QEMU's graphics packages, and is not there. */
export const VIRTIO_GPU_TYPES: readonly TypeInfo[] = [
  {
    name: 'virtio-gpu-base',
    parent: 'virtio-device',
    abstract: true,
    hotpluggable: false,
  },
  {
    name: 'virtio-gpu-device',
    parent: 'virtio-gpu-base',
    properties: { ...BASE_PROPERTIES, ...PROPERTIES },
    create: (init) => new VirtioGpu(init),
  },
];

/** Properties of a GPU whose work another process does. */
export const GPU_OUTPUT_PROPERTIES = BASE_PROPERTIES;
