import { NONE } from '../../../journal/schema.ts';
import { VIRTIO_F } from '../../../spec/virtio.ts';
import { DIAG500_VIRTIO_CCW_NOTIFY, VIRTIO_CCW_MAX_QUEUES } from '../../../spec/virtio-ccw.ts';
import type { CssBus } from '../../hw/css/css-bus.ts';
import { readSchid } from '../../hw/css/subchannel-name.ts';
import type { DeviceContext } from '../../qdev/context.ts';
import { VirtioCcw } from './virtio-ccw.ts';

/** What a hypercall answers that asks for something which is not there. */
const EINVAL = -22;
/** Subcode by which guests print before they have a console, where they give an address of RAM. */
const EARLY_PRINT = 0;

/**
 * DIAGNOSE 500 on the machine of the channel subsystem (VIRTIO 1.4 §4.3.3.2): register 2 afterwards.
 * A successful notification answers the host cookie, which is always 0. (QEMU ends an unknown subcode
 * with a specification exception; here it answers as an unknown address does.)
 */
export class CcwHypercalls {
  readonly #bus: CssBus;
  readonly #context: DeviceContext;

  constructor(bus: CssBus, context: DeviceContext) {
    this.#bus = bus;
    this.#context = context;
  }

  call(subcode: number, a: number, b: number, c: number): number {
    const { journal, ram } = this.#context;
    const transport = subcode === DIAG500_VIRTIO_CCW_NOTIFY ? this.#transportOf(a) : undefined;
    const queue = transport && queueOf(transport, b);
    const printed = subcode === EARLY_PRINT && a < ram.size;
    const result = queue !== undefined || printed ? 0 : EINVAL;
    if (journal.on) journal.hypercall(transport?.vdev.dev ?? NONE, subcode, a, b, c, result);
    if (queue !== undefined) transport?.vdev.notifiedBy(b, 4);
    return result;
  }

  /** The device that a subsystem-identification word names; what stands above its 32 bits is ignored. */
  #transportOf(word: number): VirtioCcw | undefined {
    const name = readSchid(word % 2 ** 32);
    const behind = name && this.#bus.visible(name)?.behind;
    return behind instanceof VirtioCcw ? behind : undefined;
  }
}

/** The queue that notification data name, or undefined where no device can have it. */
function queueOf({ vdev }: VirtioCcw, data: number): number | undefined {
  const queue = vdev.accepted(VIRTIO_F.VIRTIO_F_NOTIFICATION_DATA) ? data & 0xffff : data;
  return queue < VIRTIO_CCW_MAX_QUEUES ? queue : undefined;
}
