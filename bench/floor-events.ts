import { distance16 } from '../src/base/bits.ts';
import { CONTROL } from '../src/protocol/control.ts';
import { SPLIT } from '../src/spec/virtio.ts';
import { QUEUE_SIZE } from './bench-device.ts';
import { AVAIL, type FloorRing, USED } from './floor.ts';
import { BATCH, SPIN_TURNS } from './guest-load.ts';

const AVAIL_EVENT = (USED + SPLIT.availEvent(QUEUE_SIZE)) >> 1;
const USED_EVENT = (AVAIL + SPLIT.usedEvent(QUEUE_SIZE)) >> 1;
const AVAIL_IDX = (AVAIL + SPLIT.availIdx) >> 1;
const USED_IDX = (USED + SPLIT.usedIdx) >> 1;
/** Longest sleep, so that `CONTROL.stop` is seen. */
const SLEEP_MS = 20;

/** Whether an index that went from `before` to `now` has passed `event` (VIRTIO 1.4 §2.7.10.1). */
function passed(event: number, before: number, now: number): boolean {
  return distance16(event + 1, now) < distance16(before, now);
}

/**
 * The driver's side of two threads with event indices: spins briefly where nothing has come back, and
 * sleeps then. The bare form of `GuestLoad.events`: doorbell and interrupt are a word each.
 */
export function floorEvents(
  ring: FloorRing,
  u16: Uint16Array,
  control: Int32Array,
  count: number,
): void {
  let offered = 0;
  let idle = 0;
  for (let done = 0; done < count; ) {
    while (offered < count && offered - done <= QUEUE_SIZE - BATCH) {
      const before = Atomics.load(u16, AVAIL_IDX);
      ring.offer();
      offered += BATCH;
      if (passed(Atomics.load(u16, AVAIL_EVENT), before, Atomics.load(u16, AVAIL_IDX))) {
        Atomics.add(control, CONTROL.wake, 1);
        Atomics.notify(control, CONTROL.wake);
      }
    }
    let taken = ring.take();
    if (taken === 0 && ++idle > SPIN_TURNS) {
      const seen = Atomics.load(control, CONTROL.irqSeq);
      const idx = Atomics.load(u16, USED_IDX);
      Atomics.store(u16, USED_EVENT, idx);
      taken = ring.take();
      if (taken === 0) Atomics.wait(control, CONTROL.irqSeq, seen, SLEEP_MS);
      Atomics.store(u16, USED_EVENT, (idx - 1) & 0xffff);
    }
    if (taken > 0) idle = 0;
    done += taken;
  }
}

/** What the other thread does until `CONTROL.stop`: serves the ring, spins briefly, and sleeps. */
export function floorEventsPeer(ring: FloorRing, u16: Uint16Array, control: Int32Array): void {
  let signalled = Atomics.load(u16, USED_IDX);
  const serve = (): number => {
    const count = ring.serve();
    if (count === 0) return 0;
    const now = Atomics.load(u16, USED_IDX);
    if (passed(Atomics.load(u16, USED_EVENT), signalled, now)) {
      Atomics.add(control, CONTROL.irqSeq, 1);
      Atomics.notify(control, CONTROL.irqSeq);
    }
    signalled = now;
    return count;
  };
  while (Atomics.load(control, CONTROL.stop) === 0) {
    for (let turn = 0; turn < SPIN_TURNS; turn++) if (serve() > 0) turn = -1;
    const seen = Atomics.load(control, CONTROL.wake);
    const idx = Atomics.load(u16, AVAIL_IDX);
    Atomics.store(u16, AVAIL_EVENT, idx);
    if (serve() === 0) Atomics.wait(control, CONTROL.wake, seen, SLEEP_MS);
    Atomics.store(u16, AVAIL_EVENT, (idx - 1) & 0xffff);
  }
}
