import { NONE } from '../../../journal/schema.ts';
import { cssIdText } from '../../hw/css/css-id.ts';
import type { VirtioCcw } from './virtio-ccw.ts';

/** Bytes of a set of classic indicators; bit 0 is the last bit of the last byte. */
const CLASSIC_BYTES = 8;
/** What the summary indicator becomes (VIRTIO 1.4 §4.3.3.1.2). */
const SUMMARY = 0x01;

/** Indicators of adapter interruptions (VIRTIO 1.4 §4.3.2.6.3). */
export interface AdapterIndicators {
  /** Guest-physical address of the summary indicator. */
  readonly summary: number;
  /** Guest-physical address of the area of bits, and the bit of queue 0 in it, from the left. */
  readonly area: number;
  readonly bit: number;
  /** Interruption subclass. */
  readonly isc: number;
}

/** Where in storage the driver wants to be told of what, and how it is told (VIRTIO 1.4 §4.3.2.6). */
export class Indicators {
  /** Guest-physical address of the queues' classic indicators; written by the driver. */
  classic: number | undefined;
  /** The same of the configuration's. */
  config: number | undefined;
  /** Takes the place of `classic`; written by the driver. */
  adapter: AdapterIndicators | undefined;
  readonly #ccw: VirtioCcw;

  constructor(ccw: VirtioCcw) {
    this.#ccw = ccw;
  }

  reset(): void {
    this.classic = undefined;
    this.config = undefined;
    this.adapter = undefined;
  }

  /** The driver wants to know of used buffers. */
  tellQueue(queue: number): void {
    if (this.adapter) this.#tellAdapter(this.adapter, queue);
    else if (this.classic !== undefined) this.#tellClassic(this.classic, queue, queue);
  }

  /** The driver wants to know of a change of the configuration. */
  tellConfig(): void {
    if (this.config !== undefined) this.#tellClassic(this.config, 0, NONE);
  }

  #tellClassic(address: number, bit: number, queue: number): void {
    const { subsystem, subchannel } = this.#ccw;
    const byte = address + CLASSIC_BYTES - 1 - (bit >>> 3);
    subsystem.storage.setBits(byte, 1 << (bit & 7));
    if (subchannel) subsystem.alert(subchannel, queue);
  }

  #tellAdapter({ summary, area, bit, isc }: AdapterIndicators, queue: number): void {
    const { subsystem, vdev } = this.#ccw;
    const at = bit + queue;
    this.#set(area + Math.floor(at / 8), 0x80 >>> (at % 8));
    // Somebody is on the way already where the summary is set (VIRTIO 1.4 §4.3.3.1.2.1).
    if (this.#set(summary, SUMMARY) === 0) subsystem.adapterInterruption(vdev.dev, queue, isc);
  }

  /** Sets bits; what was there, or -1 where there is no storage, of which QEMU complains. */
  #set(address: number, mask: number): number {
    const { subsystem, subchannel, context } = this.#ccw;
    const old = subsystem.storage.setBits(address, mask);
    if (old < 0 && subchannel)
      context.report(
        `virtio_set_ind_atomic(${cssIdText(subchannel.subchannel)}): unable to access indicator`,
      );
    return old;
  }
}
