import {
  VIRTIO_NET_HDR as HDR,
  VIRTIO_NET_F,
  VIRTIO_NET_HDR_HASH,
  VIRTIO_NET_HDR_LEGACY,
  VIRTIO_NET_HDR_MRG,
} from '../../../spec/net.ts';
import { STATUS, VIRTIO_F } from '../../../spec/virtio.ts';
import type { NetClient } from '../../backends/net.ts';
import type { PacketReceiver } from '../../backends/packet-queue.ts';
import type { State } from '../../qom/state.ts';
import type { DeviceQueue } from '../../virtio/virtio-device.ts';
import type { VirtQueueElement } from '../../virtio/virtqueue/element.ts';
import type { VirtQueue } from '../../virtio/virtqueue/virtqueue.ts';
import type { VirtioNet } from './virtio-net.ts';

/** Most descriptors of a packet; a longer one is lost. */
const MAX_SEGMENTS = 1024;
/** Longest packet, in bytes: what a legacy segmented one can be, with headers. */
const MAX_PACKET = 4096 + 65_536;

/** A receive and a transmit queue, and the network at their other end (VIRTIO 1.4 §5.1.2). */
export class QueuePair implements PacketReceiver {
  readonly #net: VirtioNet;
  readonly #index: number;
  readonly #client: NetClient;
  /** The driver notified the transmit queue, and it has not been looked at. */
  #waiting = false;
  /** A chain whose packet the back end holds back. */
  #inFlight: VirtQueueElement | undefined;
  readonly #header = new Uint8Array(VIRTIO_NET_HDR_LEGACY);

  constructor(net: VirtioNet, index: number, client: NetClient) {
    this.#net = net;
    this.#index = index;
    this.#client = client;
    client.receiver = this;
    client.onSent = () => this.#sentLater();
  }

  get #receiveQueue(): DeviceQueue['vq'] | undefined {
    return this.#net.queues[2 * this.#index]?.vq;
  }

  get #transmitQueue(): VirtQueue | undefined {
    return this.#net.queues[2 * this.#index + 1]?.vq;
  }

  /** Bytes in front of each packet, as negotiated (VIRTIO 1.4 §5.1.9.1). */
  get #headerLength(): number {
    const net = this.#net;
    if (net.accepted(VIRTIO_F.VIRTIO_F_VERSION_1))
      return net.accepted(VIRTIO_NET_F.VIRTIO_NET_F_HASH_REPORT)
        ? VIRTIO_NET_HDR_HASH
        : VIRTIO_NET_HDR_MRG;
    return this.#mergeable ? VIRTIO_NET_HDR_MRG : VIRTIO_NET_HDR_LEGACY;
  }

  get #mergeable(): boolean {
    return this.#net.accepted(VIRTIO_NET_F.VIRTIO_NET_F_MRG_RXBUF);
  }

  /** New receive buffers: what waited for them comes in. */
  receiveNotified(): void {
    this.#client.flush();
  }

  /** The driver has packets to send. */
  transmitNotified(vq: VirtQueue): void {
    if (!this.#net.linkUp) {
      this.#dropAll(vq);
      return;
    }
    if (this.#waiting || vq.isEmpty()) return;
    this.#waiting = true;
    if (!this.#net.running) return;
    vq.setNotification(false);
    this.#transmit(vq);
  }

  /** The device starts or stops: the driver's status (`started`), the link or the machine moved. */
  statusChanged(started: boolean, driverOk: boolean): void {
    if (started) this.#client.flush();
    const vq = this.#transmitQueue;
    if (!this.#waiting || !vq) return;
    if (started) this.#transmit(vq);
    else if (!this.#net.linkUp && driverOk && this.#net.running) {
      this.#waiting = false;
      vq.setNotification(true);
      this.#dropAll(vq);
    }
  }

  /** Forgets what is under way. */
  reset(): void {
    this.#client.purgeSent();
    this.#waiting = false;
  }

  saveState(): State {
    const element = this.#inFlight;
    return {
      waiting: this.#waiting,
      inFlight: element && this.#transmitQueue?.saveElement(element),
    };
  }

  loadState(state: State): void {
    this.#waiting = state.waiting as boolean;
    const inFlight = state.inFlight as State | undefined;
    this.#inFlight = inFlight && this.#transmitQueue?.loadElement(inFlight);
  }

  canReceive(): boolean {
    const net = this.#net;
    return (
      net.running &&
      this.#index < net.activePairs &&
      this.#receiveQueue?.ready === true &&
      (net.status & STATUS.DRIVER_OK) !== 0
    );
  }

  /** Puts a packet into receive buffers (VIRTIO 1.4 §5.1.9.4); false where there are none yet. */
  receive(packet: Uint8Array): boolean {
    const vq = this.#receiveQueue;
    const net = this.#net;
    if (!vq || !this.canReceive()) return true;
    if (vq.isEmpty()) {
      vq.setNotification(true);
      return false;
    }
    if (!net.passesFilter(packet)) {
      vq.setNotification(false);
      return true;
    }
    vq.setNotification(false);
    const chains = this.#collect(vq, this.#headerLength + packet.length);
    if (!chains) {
      vq.setNotification(true);
      return false;
    }
    this.#deliver(vq, chains, packet);
    return true;
  }

  /** Chains with room for `wanted` bytes, or one where they cannot be merged; undefined where there are too few. */
  #collect(vq: VirtQueue, wanted: number): VirtQueueElement[] | undefined {
    const chains: VirtQueueElement[] = [];
    let room = 0;
    do {
      const element = vq.pop();
      if (!element) break;
      chains.push(element);
      room += element.writableLength;
    } while (this.#mergeable && room < wanted);
    if (chains.length > 0 && (room >= wanted || !this.#mergeable)) return chains;
    for (const element of chains.reverse()) vq.unpop(element);
    return undefined;
  }

  #deliver(vq: VirtQueue, chains: readonly VirtQueueElement[], packet: Uint8Array): void {
    const net = this.#net;
    const [first] = chains;
    if (!first) return;
    if (chains.some((element) => element.writableCount === 0)) {
      for (const element of chains) vq.discard(element);
      net.violate(
        vq.index,
        'receiveNotWritable',
        first.head,
        0,
        'virtio-net receive queue contains no in buffers',
      );
      return;
    }
    const header = this.#headerLength;
    const short = first.writableLength < header + packet.length;
    if (short && !this.#mergeable) {
      // The driver's buffer is too small: the packet is lost, the buffer stays.
      vq.unpop(first);
      return;
    }
    net.journalPacket('receive', vq.index, packet.length);
    first.write(this.#header);
    if (this.#mergeable) first.write(this.#count(chains.length), HDR.num_buffers.offset);
    let done = 0;
    chains.forEach((element, i) => {
      const at = i === 0 ? header : 0;
      const bytes = element.write(packet.subarray(done), at);
      done += bytes;
      vq.fill(element, at + bytes, i);
    });
    vq.flush(chains.length);
    vq.notify();
  }

  #count(chains: number): Uint8Array {
    const bytes = new Uint8Array(HDR.num_buffers.width);
    new DataView(bytes.buffer).setUint16(0, chains, !this.#net.bigEndian);
    return bytes;
  }

  /** Sends what the driver made available; notifications are off meanwhile. */
  #transmit(vq: VirtQueue): void {
    this.#waiting = false;
    if (!(this.#net.status & STATUS.DRIVER_OK)) return;
    do {
      vq.setNotification(false);
      if (!this.#sendAll(vq)) return;
      vq.setNotification(true);
    } while (!vq.isEmpty());
  }

  /** Sends every available packet; false where one is held back, or the device broke. */
  #sendAll(vq: VirtQueue): boolean {
    if (this.#inFlight) return false;
    for (let element = vq.pop(); element; element = vq.pop()) {
      if (!this.#isPacket(vq, element)) {
        vq.discard(element);
        return false;
      }
      if (!this.#send(vq, element)) return false;
      this.#sent(vq, element);
    }
    return !this.#net.stopped;
  }

  /** Whether a chain holds a header and a packet; the device breaks where it does not. */
  #isPacket(vq: VirtQueue, { readableCount, readableLength, head }: VirtQueueElement): boolean {
    if (readableLength > this.#headerLength) return true;
    const message =
      readableCount < 1 ? 'virtio-net header not in first element' : 'virtio-net nothing to send';
    this.#net.violate(vq.index, 'packetTooShort', head, readableLength, message);
    return false;
  }

  /** Hands a packet to the network; false where it is held back there. */
  #send(vq: VirtQueue, element: VirtQueueElement): boolean {
    const length = element.readableLength - this.#headerLength;
    if (element.readableCount >= MAX_SEGMENTS || length > MAX_PACKET) return true;
    const packet = new Uint8Array(length);
    element.read(this.#headerLength, packet);
    this.#net.journalPacket('send', vq.index, length);
    this.#inFlight = element;
    const sent = this.#client.send(packet, true);
    if (sent) this.#inFlight = undefined;
    return sent;
  }

  /** The packet that was held back is gone: its chain goes back, and the next ones are tried. */
  #sentLater(): void {
    const element = this.#inFlight;
    const vq = this.#transmitQueue;
    this.#inFlight = undefined;
    if (!element || !vq) return;
    this.#sent(vq, element);
    vq.setNotification(true);
    this.#transmit(vq);
  }

  #sent(vq: VirtQueue, element: VirtQueueElement): void {
    vq.push(element, 0);
    vq.notify();
  }

  /** Nobody listens: every packet is lost. */
  #dropAll(vq: VirtQueue): void {
    let dropped = false;
    for (let element = vq.pop(); element; element = vq.pop()) {
      vq.push(element, 0);
      dropped = true;
    }
    if (dropped) vq.notify();
  }
}
