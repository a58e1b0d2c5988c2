import { KVM_DEVICE_PAGES, KVM_PAGE_BYTES } from '../../../spec/kvm-virtio.ts';
import { Storage } from '../../hw/css/storage.ts';
import { Bus } from '../../qdev/bus.ts';
import type { DeviceContext } from '../../qdev/context.ts';
import type { Device } from '../../qdev/device.ts';
import { RealizeError } from '../../qom/errors.ts';
import type { State } from '../../qom/state.ts';
import type { ObjectInit } from '../../qom/type.ts';
import { type ExternalInterruption, ExternalInterruptions } from './external-interruptions.ts';
import type { VirtioS390 } from './virtio-s390.ts';

/** Bytes above RAM that descriptors and rings take. */
export const DEVICE_BYTES = KVM_DEVICE_PAGES * KVM_PAGE_BYTES;

/** The bus of s390-virtio: hands out places in the descriptor page and in the pages for rings behind it. */
export class S390VirtioBus extends Bus {
  /** Guest-physical address of the descriptor page, right above RAM. */
  page = 0;
  /** Bytes of descriptors so far: a place is never given twice, since a guest may still look at it. */
  #described = 0;
  /** Bytes of rings so far. */
  #rings = 0;
  readonly #descriptors = new Map<number, VirtioS390>();
  /** How devices reach guest memory, and call its CPUs. */
  readonly storage: Storage;
  readonly interruptions: ExternalInterruptions;

  constructor(init: ObjectInit) {
    super(init);
    const { ram, journal } = init.context as DeviceContext;
    this.storage = new Storage(ram, journal);
    this.interruptions = new ExternalInterruptions(init.context as DeviceContext, this.storage);
  }

  override saveState(): State {
    return { ...super.saveState(), pending: this.interruptions.pending };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.interruptions.loadPending(state.pending as ExternalInterruption[]);
  }

  /** The device whose descriptor is at a guest-physical address, or undefined. */
  deviceAt(address: number): VirtioS390 | undefined {
    return this.#descriptors.get(address);
  }

  /** The queue whose ring is at a guest-physical address, or undefined. */
  queueAt(ring: number): { device: VirtioS390; queue: number } | undefined {
    for (const device of this.#descriptors.values()) {
      const queue = device.queueAt(ring);
      if (queue >= 0) return { device, queue };
    }
    return undefined;
  }

  /** Address of `bytes` for a device's descriptor. Throws RealizeError where the page is full. */
  placeDescriptor(device: VirtioS390, bytes: number): number {
    if (this.#described + bytes > KVM_PAGE_BYTES)
      throw new RealizeError(`the page of device descriptors has no room for ${bytes} bytes more`);
    const address = this.page + this.#described;
    this.#described += bytes;
    this.#descriptors.set(address, device);
    return address;
  }

  /** Address of `bytes` for a ring, a multiple of a page. Throws RealizeError where there is no room. */
  placeRing(bytes: number): number {
    const taken = KVM_PAGE_BYTES + this.#rings;
    if (taken + bytes > DEVICE_BYTES)
      throw new RealizeError('the pages above RAM have no room for more rings');
    this.#rings += bytes;
    return this.page + taken;
  }

  override remove(device: Device): void {
    super.remove(device);
    for (const [address, other] of this.#descriptors)
      if (other === device) this.#descriptors.delete(address);
  }
}
