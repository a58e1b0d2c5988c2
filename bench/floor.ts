import { CONTROL, MAILBOX } from '../src/protocol/control.ts';
import { SPLIT } from '../src/spec/virtio.ts';
import { QUEUE_SIZE } from './bench-device.ts';
import { BATCH } from './guest-load.ts';

const MASK = QUEUE_SIZE - 1;
/** Where the rings of a floor lie: the descriptor table, */
export const DESC = 0x1000;
/** the available ring, */
export const AVAIL = 0x2000;
/** and the used ring. */
export const USED = 0x3000;
const DESC_AT = DESC >> 2;
const AVAIL_FLAGS = AVAIL >> 1;
const AVAIL_IDX = (AVAIL + SPLIT.availIdx) >> 1;
const AVAIL_RING = (AVAIL + SPLIT.availEntry(0)) >> 1;
const USED_FLAGS = USED >> 1;
const USED_IDX = (USED + SPLIT.usedIdx) >> 1;
const USED_RING = (USED + SPLIT.usedEntry(0)) >> 2;
/** Bytes of memory that a floor needs. */
export const FLOOR_BYTES = 0x8000;

/**
 * The floor: the memory operations that a split queue cannot do without, in bare loops, with the
 * same atomic operations on the index words as engine and guest library use.
 */
export class FloorRing {
  readonly #u16: Uint16Array;
  readonly #u32: Uint32Array;
  #avail = 0;
  #free = 0;
  #deviceAvail = 0;
  #used = 0;
  #driverUsed = 0;
  /** Keeps the loads alive. */
  sum = 0;

  /** Memory that begins at byte `offset`. */
  constructor(memory: ArrayBufferLike, offset = 0) {
    this.#u16 = new Uint16Array(memory, offset, FLOOR_BYTES / 2);
    this.#u32 = new Uint32Array(memory, offset, FLOOR_BYTES / 4);
  }

  /** The driver writes a batch of descriptors and ring entries, and publishes it. */
  offer(): void {
    const u16 = this.#u16;
    const u32 = this.#u32;
    let avail = this.#avail;
    let free = this.#free;
    for (let i = 0; i < BATCH; i++) {
      const at = DESC_AT + free * 4;
      u32[at] = 0x8000 + free * 64;
      u32[at + 1] = 0;
      u32[at + 2] = 64;
      u32[at + 3] = 2;
      u16[AVAIL_RING + (avail & MASK)] = free;
      free = (free + 1) & MASK;
      avail = (avail + 1) & 0xffff;
    }
    this.#avail = avail;
    this.#free = free;
    Atomics.store(u16, AVAIL_IDX, avail);
    this.sum += Atomics.load(u16, USED_FLAGS);
  }

  /** The device reads what is available and returns it, publishing each; answers how many there were. */
  serve(): number {
    const u16 = this.#u16;
    const u32 = this.#u32;
    const idx = Atomics.load(u16, AVAIL_IDX);
    let at = this.#deviceAvail;
    let used = this.#used;
    let sum = 0;
    let count = 0;
    while (at !== idx) {
      const head = u16[AVAIL_RING + (at & MASK)] as number;
      const desc = DESC_AT + head * 4;
      sum +=
        (u32[desc] as number) +
        (u32[desc + 1] as number) +
        (u32[desc + 2] as number) +
        (u32[desc + 3] as number);
      at = (at + 1) & 0xffff;
      const entry = USED_RING + 2 * (used & MASK);
      u32[entry] = head;
      u32[entry + 1] = 0;
      used = (used + 1) & 0xffff;
      Atomics.store(u16, USED_IDX, used);
      count++;
    }
    this.#deviceAvail = at;
    this.#used = used;
    this.sum += sum + (u16[AVAIL_FLAGS] as number);
    return count;
  }

  /** The driver takes back what the device has used; answers how many there were. */
  take(): number {
    const u32 = this.#u32;
    const idx = Atomics.load(this.#u16, USED_IDX);
    let at = this.#driverUsed;
    let sum = 0;
    let count = 0;
    while (at !== idx) {
      const entry = USED_RING + 2 * (at & MASK);
      sum += (u32[entry] as number) + (u32[entry + 1] as number);
      at = (at + 1) & 0xffff;
      count++;
    }
    this.#driverUsed = at;
    this.sum += sum;
    return count;
  }
}

/** What one thread and two do with a floor, whatever its format. */
export interface Floor {
  offer(): void;
  serve(): number;
  take(): number;
}

/** Driver and device in one loop. */
export function floorOneThread(ring: Floor, count: number): void {
  for (let done = 0; done < count; done += BATCH) {
    ring.offer();
    ring.serve();
    ring.take();
  }
}

/** The driver's side of two polling threads. */
export function floorPolling(ring: FloorRing, count: number): void {
  let offered = 0;
  let done = 0;
  while (done < count) {
    while (offered < count && offered - done <= QUEUE_SIZE - BATCH) {
      ring.offer();
      offered += BATCH;
    }
    done += ring.take();
  }
}

/** One bare exchange over the mailbox words: the cheapest VM exit there can be. */
export function floorExit(control: Int32Array): void {
  Atomics.store(control, CONTROL.mailbox, MAILBOX.request);
  while (Atomics.load(control, CONTROL.mailbox) !== MAILBOX.response);
  Atomics.store(control, CONTROL.mailbox, MAILBOX.idle);
}

/** Batches whose doorbell and interrupt acknowledgement are bare exchanges. */
export function floorDoorbells(ring: FloorRing, control: Int32Array, count: number): void {
  for (let done = 0; done < count; done += BATCH) {
    ring.offer();
    floorExit(control);
    floorExit(control);
    ring.take();
  }
}

/** What the other thread does until `CONTROL.stop`: answers exchanges and, where it is `polling`, serves the ring. */
export function floorPeer(ring: FloorRing, control: Int32Array, polling: boolean): void {
  while (Atomics.load(control, CONTROL.stop) === 0) {
    if (polling) ring.serve();
    else if (Atomics.load(control, CONTROL.mailbox) === MAILBOX.request) {
      ring.serve();
      Atomics.store(control, CONTROL.mailbox, MAILBOX.response);
    }
  }
}
