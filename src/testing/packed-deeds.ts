import type { Deed } from './random-journal.ts';

/** Where the queue of `packedDeeds` lies. */
export const PACKED_RING = { desc: 0x1_1000, driver: 0x1_2000, device: 0x1_2004 } as const;

/** Marks of a descriptor: available or used in a lap of wrap counter 1 or 0. */
export const MARKS = {
  available: { 1: 0x80, 0: 0x8000 },
  used: { 1: 0x8080, 0: 0 },
} as const;

const old = new Uint32Array(4);

/** What driver and device do on packed queue 0 of device `dev`, as they record it. */
export function packedDeeds(dev: number, size: number) {
  const { desc, driver, device } = PACKED_RING;
  const tail = (id: number, flags: number) => (id | (flags << 16)) >>> 0;
  return {
    setUp: ((j) => j.queueConfig(dev, 0, true, true, size, desc, driver, device)) as Deed,
    /** The driver writes a whole descriptor. */
    fill:
      (slot: number, addr: number, len: number, id: number, flags: number): Deed =>
      (j) =>
        j.memWrite16(0, desc + 16 * slot, old, 0, addr, 0, len, tail(id, flags)),
    /** The driver writes ID and flags of a descriptor. */
    mark:
      (slot: number, id: number, flags: number): Deed =>
      (j) =>
        j.memWrite(0, desc + 16 * slot + 12, 4, 0, 0, tail(id, flags), 0),
    /** The device writes a used descriptor. */
    use:
      (slot: number, id: number, len: number, flags: number): Deed =>
      (j) =>
        j.memWrite(1, desc + 16 * slot + 8, 8, 0, 0, len, tail(id, flags)),
    /** Either writes its event suppression structure. */
    event:
      (who: 'driver' | 'device', place: number, flags: number): Deed =>
      (j) =>
        j.memWrite(
          who === 'driver' ? 0 : 1,
          who === 'driver' ? driver : device,
          4,
          0,
          0,
          tail(place, flags),
          0,
        ),
    popped:
      (id: number, place: number, count = 1): Deed =>
      (j) =>
        j.chainPopped(dev, 0, id, place, 16, 513, count),
    pushed:
      (id: number, place: number, length = 513): Deed =>
      (j) =>
        j.chainPushed(dev, 0, id, place, length),
  };
}
