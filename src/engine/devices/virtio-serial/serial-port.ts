import { type ChardevFrontEnd, chardev } from '../../backends/chardev.ts';
import type { Bus } from '../../qdev/bus.ts';
import { Device } from '../../qdev/device.ts';
import { str, u32 } from '../../qom/property.ts';
import { fieldsOf, type State, setFields } from '../../qom/state.ts';
import type { VirtQueueElement } from '../../virtio/virtqueue/element.ts';
import type { VirtQueue } from '../../virtio/virtqueue/virtqueue.ts';

/** What a snapshot keeps of a port beside its chain. */
const KEPT = ['guestConnected', 'hostConnected', 'throttled'] as const;

/** `nr` that stands for "the first that is free". */
export const ANY_NUMBER = 0xffff_ffff;
/** Properties of every port. */
export const PORT_PROPERTIES = { nr: u32(ANY_NUMBER), name: str() } as const;
/** Properties of ports with a character device. */
export const CHARDEV_PROPERTIES = { chardev: chardev() } as const;

/** What a port needs of the device that carries it. */
export interface SerialCarrier {
  /** Whether the driver has set it up. */
  readonly ready: boolean;
  /** Whether the driver opens and closes ports. */
  readonly multiport: boolean;
  receiveQueue(port: SerialPort): VirtQueue | undefined;
  transmitQueue(port: SerialPort): VirtQueue | undefined;
  /** A port has come. */
  portAdded(port: SerialPort): void;
  /** A port is about to go. */
  portGone(port: SerialPort): void;
  /** Tells the driver that the host opened or closed the port. */
  hostChanged(port: SerialPort): void;
  /** Records bytes that went to the host, or came from there. */
  journalBytes(op: 'send' | 'receive', queue: number, length: number): void;
}

/** A bus whose ports have a carrier, and get their numbers from it. */
interface PortBus extends Bus {
  readonly carrier: SerialCarrier | undefined;
  settle(port: SerialPort): void;
}

/** A port of a virtio-serial device: a pair of queues (VIRTIO 1.4 §5.3.2). */
export class SerialPort
  extends Device<typeof PORT_PROPERTIES & typeof CHARDEV_PROPERTIES>
  implements ChardevFrontEnd
{
  /** Whether the driver has opened it. */
  guestConnected = false;
  /** Whether somebody listens at the host's end. */
  hostConnected = false;
  /** The host takes nothing now: what the driver sends waits. */
  throttled = false;
  /** A chain whose bytes the host has not taken, and how many of its segments are done. */
  #unfinished: VirtQueueElement | undefined;
  #segmentsDone = 0;

  /** Whether it is a console: what is written to it is never held back. */
  get isConsole(): boolean {
    return this.type.isA('virtconsole');
  }

  get number(): number {
    return this.props.nr;
  }

  get #carrier(): SerialCarrier | undefined {
    return (this.parentBus as PortBus).carrier;
  }

  override realize(): void {
    (this.parentBus as PortBus).settle(this);
    if (this.number === 0 && !this.isConsole)
      this.fail(
        'Port number 0 on virtio-serial devices reserved for virtconsole devices for backward compatibility.',
      );
    const { chardev: back } = this.props;
    if (!back) return;
    back.claim(this);
    back.frontEnd = this;
    this.hostConnected = this.isConsole || back.isOpen;
  }

  override unrealize(): void {
    const { chardev: back } = this.props;
    back?.release(this);
  }

  /** Room that the driver's receive buffers have now. */
  get room(): number {
    const carrier = this.#carrier;
    const vq = carrier?.receiveQueue(this);
    if (!carrier?.ready || !vq || vq.isEmpty()) return 0;
    const element = this.hostConnected && this.guestConnected ? vq.pop() : undefined;
    if (!element) return 0;
    const room = element.writableLength;
    vq.unpop(element);
    return room;
  }

  /** Bytes from the host, for the driver. */
  receive(bytes: Uint8Array): void {
    const carrier = this.#carrier;
    const vq = carrier?.receiveQueue(this);
    if (!carrier || !vq) return;
    for (let done = 0; done < bytes.length; ) {
      const element = vq.pop();
      if (!element) break;
      const length = element.write(bytes.subarray(done));
      done += length;
      carrier.journalBytes('receive', vq.index, length);
      vq.push(element, length);
    }
    vq.notify();
  }

  /** The host's end was opened or closed. A console does not mind. */
  opened(open: boolean): void {
    if (this.isConsole || open === this.hostConnected) return;
    this.hostConnected = open;
    if (!open) this.#discardUnfinished();
    this.#carrier?.hostChanged(this);
  }

  /** There are new receive buffers: what waits comes in. */
  receiveNotified(): void {
    this.props.chardev?.acceptInput();
  }

  /** The driver sent something: it goes to the host, where somebody is there to take it. */
  transmitNotified(vq: VirtQueue): void {
    if (!this.hostConnected || !this.props.chardev) discardAll(vq);
    else if (!this.throttled) this.#flush(vq);
  }

  /** The driver opened or closed its end. */
  setGuestConnected(open: boolean): void {
    this.guestConnected = open;
    if (this.id !== '') this.context.emit('VSERPORT_CHANGE', { id: this.id, open });
    if (open) this.props.chardev?.acceptInput();
  }

  /** Bytes of the driver's that came by no queue. */
  writeNow(bytes: Uint8Array): void {
    this.props.chardev?.write(bytes);
  }

  override saveState(): State {
    const unfinished = this.#unfinished;
    return {
      ...super.saveState(),
      ...fieldsOf(this as SerialPort, KEPT),
      unfinished: unfinished && this.#carrier?.transmitQueue(this)?.saveElement(unfinished),
      segmentsDone: this.#segmentsDone,
    };
  }

  override loadState(state: State): void {
    super.loadState(state);
    setFields(this as SerialPort, KEPT, state);
    const unfinished = state.unfinished as State | undefined;
    this.#unfinished = unfinished && this.#carrier?.transmitQueue(this)?.loadElement(unfinished);
    this.#segmentsDone = state.segmentsDone as number;
  }

  /** Takes back what the host has not read, and lets it go. */
  #discardUnfinished(): void {
    this.throttled = false;
    const vq = this.#carrier?.transmitQueue(this);
    const element = this.#unfinished;
    this.#unfinished = undefined;
    if (!vq || !element) return;
    vq.push(element, 0);
    vq.notify();
  }

  /** Forgets what is under way: the driver resets the device. */
  forget(): void {
    this.throttled = false;
    this.#unfinished = undefined;
  }

  #flush(vq: VirtQueue): void {
    while (!this.throttled) {
      if (!this.#unfinished) {
        this.#segmentsDone = 0;
        this.#unfinished = vq.pop();
      }
      const element = this.#unfinished;
      if (!element) break;
      this.#sendSegments(vq, element);
      if (this.throttled) break;
      vq.push(element, 0);
      this.#unfinished = undefined;
    }
    vq.notify();
  }

  /** Hands the host a chain's bytes, buffer by buffer, as the driver laid them out. */
  #sendSegments(vq: VirtQueue, element: VirtQueueElement): void {
    let at = 0;
    for (let i = 0; i < element.readableCount; i++) {
      const bytes = new Uint8Array(element.lengthOf(i));
      element.read(at, bytes);
      at += bytes.length;
      if (i < this.#segmentsDone) continue;
      this.#carrier?.journalBytes('send', vq.index, bytes.length);
      const taken = this.props.chardev?.write(bytes) ?? true;
      // What a console's host does not take is lost: a kernel may be waiting for it.
      if (!taken && !this.isConsole) {
        this.throttled = true;
        return;
      }
      this.#segmentsDone = i + 1;
    }
  }
}

/** Returns everything that is available, unread. */
export function discardAll(vq: VirtQueue): void {
  let found = false;
  for (let element = vq.pop(); element; element = vq.pop()) {
    vq.push(element, 0);
    found = true;
  }
  if (found) vq.notify();
}
