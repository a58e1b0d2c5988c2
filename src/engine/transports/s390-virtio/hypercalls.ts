import { NONE } from '../../../journal/schema.ts';
import { KVM_S390_VIRTIO } from '../../../spec/kvm-virtio.ts';
import type { DeviceContext } from '../../qdev/context.ts';
import type { S390VirtioBus } from './s390-virtio-bus.ts';
import type { VirtioS390 } from './virtio-s390.ts';

/** What a hypercall answers that asks for something which is not there. */
const EINVAL = -22;

/** DIAGNOSE 500 on the s390-virtio machine, as QEMU 2.5 had it: register 2 afterwards. */
export class KvmHypercalls {
  readonly #bus: S390VirtioBus;
  readonly #context: DeviceContext;

  constructor(bus: S390VirtioBus, context: DeviceContext) {
    this.#bus = bus;
    this.#context = context;
  }

  call(subcode: number, address: number, b: number, c: number): number {
    const { device, act } = this.#prepare(subcode, address);
    // An address of RAM is that of a text: so guests print before they have a console.
    const printed = subcode === KVM_S390_VIRTIO.NOTIFY && address <= this.#bus.page;
    const result = act || printed ? 0 : EINVAL;
    const { journal } = this.#context;
    if (journal.on) journal.hypercall(device?.vdev.dev ?? NONE, subcode, address, b, c, result);
    act?.();
    return result;
  }

  /** The device that a call is about, and what the call then does. */
  #prepare(subcode: number, address: number): { device?: VirtioS390; act?(): void } {
    if (subcode === KVM_S390_VIRTIO.NOTIFY) {
      const { device, queue } = this.#bus.queueAt(address) ?? {};
      if (!device || queue === undefined) return {};
      return { device, act: () => device.vdev.notified(queue) };
    }
    const device = this.#bus.deviceAt(address);
    if (!device) return {};
    if (subcode === KVM_S390_VIRTIO.RESET) return { device, act: () => device.resetByDriver() };
    if (subcode === KVM_S390_VIRTIO.SET_STATUS)
      return { device, act: () => device.statusWritten() };
    return {};
  }
}
