import { PCI_VENDOR_VIRTIO } from '../../spec/pci.ts';
import type { GuestContext } from '../context.ts';
import { VirtioPci, virtioDeviceId } from '../transport/virtio-pci.ts';
import type { VirtioTransport } from '../transport/virtio-transport.ts';
import type { PciBus } from './pci.ts';
import type { PciFunction } from './pci-function.ts';

/** A virtio device that was found, whatever bus it is on, and not opened yet. */
export interface VirtioCandidate {
  /** Virtio device ID (VIRTIO 1.4 §5). */
  readonly deviceId: number;
  /** Where it was found, in words. */
  readonly place: string;
  /** @internal */
  open(): VirtioTransport;
}

/** A kind of bus on which virtio devices can be found: PCI, memory-mapped slots, channel I/O. */
export interface VirtioSource {
  /** Its devices, in the bus's own order. */
  candidates(): Iterable<VirtioCandidate>;
}

/** A class of drivers: what device it is for, and how it takes one over. */
export interface VirtioDriverClass<D> {
  /** Virtio device ID that it is for. */
  readonly deviceId: number;
  new (transport: VirtioTransport): D;
}

/** The virtio functions of a PCI bus. */
export class VirtioOnPci implements VirtioSource {
  readonly #context: GuestContext;
  readonly #pci: PciBus;

  constructor(context: GuestContext, pci: PciBus) {
    this.#context = context;
    this.#pci = pci;
  }

  *candidates(): Generator<VirtioCandidate> {
    for (const fn of this.#pci.each({ vendor: PCI_VENDOR_VIRTIO })) {
      const deviceId = virtioDeviceId(fn);
      if (deviceId === 0) continue;
      yield { deviceId, place: `${fn}`, open: () => new VirtioPci(this.#context, fn.enable()) };
    }
  }
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
    return this.#sources.flatMap((source) => [...source.candidates()]);
  }

  /** The transport of an enabled PCI function. Throws where it is not a modern virtio device. */
  open(fn: PciFunction): VirtioPci {
    return new VirtioPci(this.#context, fn);
  }

  /**
   * Finds a device that `driver` is for and lets it take the device over, ready for use.
   * `nth` counts the machine's devices of that kind from 0. Throws where there is none.
   */
  probe<D>(driver: VirtioDriverClass<D>, nth = 0): D {
    let count = 0;
    for (const source of this.#sources)
      for (const candidate of source.candidates())
        if (candidate.deviceId === driver.deviceId && count++ === nth)
          return new driver(candidate.open());
    const further = nth === 0 ? '' : ` number ${nth}, counted from 0,`;
    throw new Error(`this machine has no virtio device${further} with ID ${driver.deviceId}`);
  }
}
