import type { GuestRam } from '../../../memory/guest-ram.ts';
import type { ViolationCode } from '../../../spec/violations.ts';
import { BOUNCE, type VirtQueueElement } from './element.ts';
import { BOUNCE_BYTES, MAX_SEGMENTS, type QueueOwner } from './queue-owner.ts';

/** How a ring format calls the breaches that a chain can have in either. */
export interface ChainCodes {
  readonly zeroLength: ViolationCode;
  readonly wrongOrder: ViolationCode;
  readonly tooLong: ViolationCode;
  readonly outsideRam: ViolationCode;
}

/** What reading descriptor chains has in common for both ring formats. */
export abstract class Chains {
  /** Whether a chain may lie in a table of its own; negotiated. */
  indirectDesc = false;
  protected readonly ram: GuestRam;
  protected readonly u32: Uint32Array;
  readonly #owner: QueueOwner;
  readonly #queue: number;
  readonly #codes: ChainCodes;
  /** Whether a chain of this queue has the machine's bounce page. */
  holdsBounce = false;

  /** `queue`: the queue's number, for violations. */
  constructor(owner: QueueOwner, queue: number, codes: ChainCodes) {
    this.#owner = owner;
    this.#queue = queue;
    this.#codes = codes;
    this.ram = owner.ram;
    this.u32 = owner.ram.u32;
  }

  /** Gives the machine's bounce page back, if a chain of this queue has it. */
  releaseBounce(): void {
    if (!this.holdsBounce) return;
    this.holdsBounce = false;
    this.#owner.bounce.busy = false;
  }

  protected holdBounce(): void {
    this.holdsBounce = true;
    this.#owner.bounce.busy = true;
  }

  /** Where a buffer outside low memory lies: a RAM offset, the bounce page, or -1 where the chain is broken. */
  protected elsewhere(
    element: VirtQueueElement,
    index: number,
    address: number,
    length: number,
  ): number {
    const offset = this.ram.offsetOf(address, length);
    if (offset >= 0) return offset;
    if (element.bounced || this.#owner.bounce.busy || length > BOUNCE_BYTES) {
      const message = 'virtio: bogus descriptor or out of resources';
      this.broken(this.#codes.outsideRam, index, address, message);
      return -1;
    }
    this.note(this.#codes.outsideRam, index, address);
    element.bounced = true;
    return BOUNCE;
  }

  /** RAM offset of the table of INDIRECT descriptor `index`, or -1. */
  protected locateTable(index: number, address: number, length: number): number {
    const offset = this.ram.offsetOf(address, length);
    if (offset < 0)
      this.broken(this.#codes.outsideRam, index, address, 'Cannot map indirect buffer');
    return offset;
  }

  /** Makes room for one more segment of the chain that begins at `head`; false where it has too many. */
  protected grow(element: VirtQueueElement, head: number): boolean {
    const { room } = element;
    if (room >= MAX_SEGMENTS) {
      const message = 'virtio: too many write descriptors in indirect table';
      return this.broken(this.#codes.tooLong, head, room, message);
    }
    element.grow();
    return true;
  }

  protected zeroLength(index: number): false {
    const message = 'virtio: zero sized buffers are not allowed';
    return this.broken(this.#codes.zeroLength, index, 0, message);
  }

  protected wrongOrder(index: number): false {
    return this.broken(this.#codes.wrongOrder, index, 0, 'Incorrect order for descriptors');
  }

  protected tooLong(head: number, count: number): false {
    return this.broken(this.#codes.tooLong, head, count, 'Looped descriptor');
  }

  /** A breach that stops the device until it is reset. */
  protected broken(code: ViolationCode, index: number, value: number, message: string): false {
    this.#owner.violate(this.#queue, code, index, value, message);
    return false;
  }

  /** A breach over which the device goes on. */
  protected note(code: ViolationCode, index: number, value: number): void {
    this.#owner.violate(this.#queue, code, index, value);
  }
}
