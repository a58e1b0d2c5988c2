import type { TypeRegistry } from '../src/engine/qom/type.ts';
import { defaultVectors } from '../src/engine/transports/virtio-pci/families/family.ts';
import {
  KIND_PROPERTIES,
  MODE_PROPERTIES,
} from '../src/engine/transports/virtio-pci/properties.ts';
import { VirtioPci } from '../src/engine/transports/virtio-pci/virtio-pci.ts';
import { VirtioDevice } from '../src/engine/virtio/virtio-device.ts';
import type { VirtQueueElement } from '../src/engine/virtio/virtqueue/element.ts';
import type { VirtQueue } from '../src/engine/virtio/virtqueue/virtqueue.ts';

/** A virtio device ID that no device type has. */
const BENCH_ID = 63;
/** Entries of the device's queue, unless a measurement wants another size. */
export const QUEUE_SIZE = 256;
/** Functions of a PCI slot. */
const FUNCTIONS = 8;

/** The command line with one device to measure, first on the bus, and `others` beside it. */
export function commandLine(others: number): string {
  const devices = Array.from({ length: others + 1 }, (_, i) => {
    const slot = (2 + Math.floor(i / FUNCTIONS)).toString(16);
    return `-device virtio-bench-pci,id=bench${i},addr=${slot}.${i % FUNCTIONS},multifunction=on,packed=on`;
  });
  return `-M pc -m 64 -nodefaults ${devices.join(' ')}`;
}

/** A device that gives every buffer back as it is: what remains is the cost of the queue. */
export class VirtioBench extends VirtioDevice {
  readonly deviceId = BENCH_ID;
  readonly deviceName = 'virtio-bench';

  /** Entries of the queues of devices that are made from now on. */
  static queueSize = QUEUE_SIZE;
  /** Chains that such devices keep, the newest; undefined where each is returned as it is taken. */
  static kept: number | undefined;

  readonly #taken: VirtQueueElement[] = [];

  protected override realizeDevice(): void {
    const { kept } = VirtioBench;
    this.addQueue('requestq', VirtioBench.queueSize, (vq) =>
      kept === undefined ? this.serve(vq) : this.#keep(vq, kept),
    );
  }

  /** Returns all that is available and notifies; answers how many buffers there were. */
  serve(vq: VirtQueue): number {
    let count = 0;
    for (let element = vq.pop(); element !== undefined; element = vq.pop()) {
      vq.push(element, 0);
      count++;
    }
    if (count > 0) vq.notify();
    return count;
  }

  /** Takes all that is available, and returns the oldest chains beyond those that it keeps. */
  #keep(vq: VirtQueue, kept: number): void {
    for (let element = vq.pop(); element; element = vq.pop()) this.#taken.push(element);
    for (const element of this.#taken.splice(0, Math.max(0, this.#taken.length - kept)))
      vq.push(element, 0);
    vq.notify();
  }
}

/** Adds `virtio-bench-pci` to a machine's types. */
export function registerBench(registry: TypeRegistry): void {
  registry.register({
    name: 'virtio-bench-device',
    parent: 'virtio-device',
    create: (init) => new VirtioBench(init),
  });
  registry.register({
    name: 'virtio-bench-pci',
    parent: 'virtio-pci',
    properties: { ...KIND_PROPERTIES, ...MODE_PROPERTIES },
    create: (init) =>
      new VirtioPci(init, {
        deviceType: 'virtio-bench-device',
        pciId: 0x1040 + BENCH_ID,
        classCode: 0x00ff,
        prepare: (transport) => defaultVectors(transport, 2),
      }),
  });
}
