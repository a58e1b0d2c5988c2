import { Bus } from '../qdev/bus.ts';
import type { TypeInfo } from '../qom/type.ts';
import type { VirtioTransport } from './transport.ts';

/** The bus between a transport and its one virtio device. */
export class VirtioBus extends Bus {
  /** The transport that carries it; set right after construction. */
  transport!: VirtioTransport;

  override get capacity(): number {
    return 1;
  }
}

/** The abstract virtio bus; each transport has its own kind. */
export const VIRTIO_BUS_TYPE: TypeInfo = {
  name: 'virtio-bus',
  parent: 'bus',
  abstract: true,
  create: (init) => new VirtioBus(init),
};
