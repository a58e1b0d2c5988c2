import type { GuestContext } from '../context.ts';
import type { DriverOptions } from '../drivers/virtio-driver.ts';
import { VirtioPci } from '../transport/virtio-pci.ts';
import type { OpenOptions } from '../transport/virtio-pci-base.ts';
import type { VirtioTransport } from '../transport/virtio-transport.ts';
import type { PciFunction } from './pci-function.ts';
import {
  type DiscoveryStep,
  deviceName,
  type VirtioBusKind,
  type VirtioCandidate,
  type VirtioSource,
} from './virtio-sources.ts';

/** A class of drivers: what device it is for, and how it takes one over. */
export interface VirtioDriverClass<D> {
  /** Virtio device ID that it is for. */
  readonly deviceId: number;
  new (transport: VirtioTransport, options?: DriverOptions): D;
}

/** How the guest looks for devices on one kind of bus. */
export interface Discovery {
  readonly kind: VirtioBusKind;
  /** How the guest knows that the machine has such a bus, and where. */
  readonly told: string;
  /** Looks at one place after another. */
  steps(): Iterable<DiscoveryStep>;
}

/** The guest's virtio bus: finds devices on the machine's buses, and matches them with drivers. */
export class VirtioBus {
  readonly #context: GuestContext;
  readonly #sources: readonly VirtioSource[];

  /** @internal */
  constructor(context: GuestContext, sources: readonly VirtioSource[]) {
    this.#context = context;
    this.#sources = sources;
  }

  /** Every virtio device of the machine, in the order of its buses. */
  devices(): VirtioCandidate[] {
    return [...this.#each()];
  }

  /**
   * The first device with a virtio device ID (VIRTIO 1.4 §5); `nth` counts them from 0. Looks no further
   * than it has to. Throws where there is none.
   */
  find(deviceId: number, nth = 0): VirtioCandidate {
    let count = 0;
    for (const candidate of this.#each())
      if (candidate.deviceId === deviceId && count++ === nth) return candidate;
    const further = nth === 0 ? '' : ` number ${nth}, counted from 0,`;
    throw new Error(
      `this machine has no virtio device${further} with ID ${deviceId} (${deviceName(deviceId)})`,
    );
  }

  /** The discoveries of all kinds of buses, to be watched step by step: also of those that this machine has not. */
  discoveries(): readonly Discovery[] {
    return this.#sources;
  }

  /** The modern transport of an enabled PCI function. Throws where it is not a modern virtio device. */
  open(fn: PciFunction): VirtioPci {
    return new VirtioPci(this.#context, fn);
  }

  /**
   * Finds a device that `driver` is for and lets it take the device over, ready for use.
   * `nth` counts the machine's devices of that kind from 0. Throws where there is none. `options`: how
   * to open it, and which features the driver shall ask for.
   */
  probe<D>(driver: VirtioDriverClass<D>, nth = 0, options: OpenOptions & DriverOptions = {}): D {
    return new driver(this.find(driver.deviceId, nth).open(options), options);
  }

  *#each(): Generator<VirtioCandidate> {
    for (const source of this.#sources)
      for (const { device } of source.steps()) if (device) yield device;
  }
}
