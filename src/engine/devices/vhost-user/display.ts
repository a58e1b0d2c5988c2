import type { TypeInfo } from '../../qom/type.ts';
import { GPU_OUTPUT_PROPERTIES, VirtioGpuBase } from '../virtio-gpu/virtio-gpu.ts';
import type { InputReport } from '../virtio-input/reports.ts';
import { VirtioInput } from '../virtio-input/virtio-input.ts';
import { NEEDS_KVM, sharedChardev } from './peer.ts';

class VhostUserGpu extends VirtioGpuBase {
  protected override realizeDevice(): never {
    this.fail(NEEDS_KVM);
  }
}

class VhostUserInput extends VirtioInput {
  protected override describe(): readonly InputReport[] {
    return this.fail(NEEDS_KVM);
  }
}

/** GPU and input device served by another process. Need the abstract GPU and input device. */
export const VHOST_USER_DISPLAY_TYPES: readonly TypeInfo[] = [
  {
    name: 'vhost-user-gpu',
    parent: 'virtio-gpu-base',
    properties: GPU_OUTPUT_PROPERTIES,
    instanceProperties: { chardev: sharedChardev },
    create: (init) => new VhostUserGpu(init),
  },
  {
    name: 'vhost-user-input',
    parent: 'virtio-input-device',
    instanceProperties: { chardev: sharedChardev },
    create: (init) => new VhostUserInput(init),
  },
];
