import { VIRTIO_GPU_F as F, VIRTIO_GPU_CONFIG, VIRTIO_GPU_MAX_SCANOUTS } from '../../spec/gpu.ts';
import { VIRTIO_ID } from '../../spec/virtio.ts';
import { bit, size, u32 } from '../qom/property.ts';
import type { TypeInfo } from '../qom/type.ts';
import { packConfig } from '../virtio/pack-config.ts';
import { featureMask, VirtioDevice } from '../virtio/virtio-device.ts';

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
class VirtioGpu extends VirtioGpuBase<typeof PROPERTIES> {
  protected override realizeDevice(): void {
    if (this.props.blob) {
      this.context.report('warning: open /dev/udmabuf: No such file or directory');
      this.fail('cannot enable blob resources without udmabuf');
    }
    this.checkOutputs();
    this.addQueue('controlq', CONTROL_QUEUE_SIZE, this.unprocessed);
    this.addQueue('cursorq', CURSOR_QUEUE_SIZE, this.unprocessed);
  }
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
