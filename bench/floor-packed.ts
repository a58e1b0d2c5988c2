import { VIRTQ_DESC_F_AVAIL, VIRTQ_DESC_F_USED, VIRTQ_DESC_F_WRITE } from '../src/spec/virtio.ts';
import { QUEUE_SIZE } from './bench-device.ts';
import { BATCH } from './guest-load.ts';

const MARKS = VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED;
const DESC = 0;
/** Event suppression structures, flags in the upper half. */
const DRIVER_EVENT = 0x3000 >> 2;
const DEVICE_EVENT = 0x3004 >> 2;

/**
 * The floor of packed rings: the memory operations that they cannot do without (VIRTIO 1.4 §2.8), in
 * bare loops. Flags are loaded atomically, since each descriptor publishes itself; buffer ID and flags
 * are stored in one 32-bit atomic store, by the device for each chain and by the driver for each batch.
 */
export class PackedFloorRing {
  readonly #u16: Uint16Array;
  readonly #u32: Uint32Array;
  #avail = 0;
  #availMarks = VIRTQ_DESC_F_AVAIL;
  #device = 0;
  #deviceMarks = VIRTQ_DESC_F_AVAIL;
  #used = 0;
  #usedMarks = MARKS;
  #driver = 0;
  #driverMarks = MARKS;
  /** Keeps the loads alive. */
  sum = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#u16 = new Uint16Array(memory);
    this.#u32 = new Uint32Array(memory);
  }

  /** The driver writes a batch of descriptors, the marks of the first one last. */
  offer(): void {
    const u32 = this.#u32;
    let slot = this.#avail;
    let marks = this.#availMarks;
    const first = DESC + slot * 4 + 3;
    const held = slot | ((VIRTQ_DESC_F_WRITE | marks) << 16);
    for (let i = 0; i < BATCH; i++) {
      const at = DESC + slot * 4;
      u32[at] = 0x8000 + slot * 64;
      u32[at + 1] = 0;
      u32[at + 2] = 64;
      if (i > 0) u32[at + 3] = slot | ((VIRTQ_DESC_F_WRITE | marks) << 16);
      if (++slot === QUEUE_SIZE) {
        slot = 0;
        marks ^= MARKS;
      }
    }
    this.#avail = slot;
    this.#availMarks = marks;
    Atomics.store(u32, first, held);
    this.sum += Atomics.load(this.#u16, DEVICE_EVENT * 2 + 1);
  }

  /** The device reads what is available and returns it; answers how many there were. */
  serve(): number {
    const u16 = this.#u16;
    const u32 = this.#u32;
    let at = this.#device;
    let marks = this.#deviceMarks;
    let used = this.#used;
    let usedMarks = this.#usedMarks;
    let sum = 0;
    let count = 0;
    for (;;) {
      const desc = DESC + at * 4;
      const flags = Atomics.load(u16, desc * 2 + 7);
      if ((flags & MARKS) !== marks) break;
      const id = u16[desc * 2 + 6] as number;
      sum += (u32[desc] as number) + (u32[desc + 1] as number) + (u32[desc + 2] as number);
      if (++at === QUEUE_SIZE) {
        at = 0;
        marks ^= MARKS;
      }
      const entry = DESC + used * 4;
      u32[entry + 2] = 0;
      Atomics.store(u32, entry + 3, id | (usedMarks << 16));
      if (++used === QUEUE_SIZE) {
        used = 0;
        usedMarks ^= MARKS;
      }
      count++;
    }
    this.#device = at;
    this.#deviceMarks = marks;
    this.#used = used;
    this.#usedMarks = usedMarks;
    this.sum += sum + (u32[DRIVER_EVENT] as number);
    return count;
  }

  /** The driver takes back what the device has used; answers how many there were. */
  take(): number {
    const u16 = this.#u16;
    const u32 = this.#u32;
    let at = this.#driver;
    let marks = this.#driverMarks;
    let sum = 0;
    let count = 0;
    for (;;) {
      const desc = DESC + at * 4;
      if ((Atomics.load(u16, desc * 2 + 7) & MARKS) !== marks) break;
      sum += (u16[desc * 2 + 6] as number) + (u32[desc + 2] as number);
      if (++at === QUEUE_SIZE) {
        at = 0;
        marks ^= MARKS;
      }
      count++;
    }
    this.#driver = at;
    this.#driverMarks = marks;
    this.sum += sum;
    return count;
  }
}
