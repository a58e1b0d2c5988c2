import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { QueueMoment } from '../../../journal/fold/moment.ts';
import { decodePatch, encodePatch, type Patch } from './patch.ts';

const u16 = fc.integer({ min: 0, max: 0xffff });
const address = fc.oneof(fc.nat(0xffff_ffff), fc.integer({ min: 0, max: 2 ** 52 }));
const size = 16;
const chain = fc
  .record({ id: u16, first: fc.nat(size - 1), count: fc.integer({ min: 1, max: size }) })
  .map(({ id, first, count }) => ({
    id,
    descriptors: Array.from({ length: count }, (_, i) => ({
      slot: (first + i) % size,
      ...{ addr: 0, len: 0, flags: 0 },
    })),
  }));
const queue = fc
  .record({
    enabled: fc.boolean(),
    packed: fc.boolean(),
    bigEndian: fc.boolean(),
    inOrder: fc.boolean(),
    desc: address,
    driver: address,
    device: address,
    lastAvailIdx: u16,
    usedIdx: u16,
    availStaged: u16,
    usedStaged: u16,
    popped: fc.nat(),
    pushed: fc.nat(),
    inFlight: fc.array(u16),
    filling: fc.array(u16).map((list) => new Set(list)),
    ring: fc.option(fc.record({ avail: u16, used: u16, chains: fc.array(chain) }), {
      nil: undefined,
    }),
  })
  .map(
    (parts): QueueMoment => ({
      ...{ dev: 0, queue: 0, size, notificationsSent: 0, notificationsSuppressed: 0 },
      ...{ interruptsRaised: 0, interruptsSuppressed: 0, returnedAt: 0 },
      ...parts,
    }),
  );
const patch: fc.Arbitrary<Patch> = fc.record({
  at: fc.nat(),
  fresh: fc.boolean(),
  eventIdx: fc.boolean(),
  queue,
  bytes: fc.array(fc.record({ addr: address, bytes: fc.uint8Array({ maxLength: 40 }) })),
  travels: fc.array(fc.record({ kind: fc.constantFrom(0, 1, 2), first: u16, count: fc.nat(9000) })),
  lit: fc.array(
    fc.record({ structure: fc.constantFrom('avail', 'desc', 'used'), first: u16, last: u16 }),
  ),
});

it('a patch comes out of the words as it went in', () => {
  fc.assert(
    fc.property(patch, (before) => {
      const after = decodePatch(structuredClone(encodePatch(before)));
      const bytes = after.bytes.map(({ addr, bytes }) => ({ addr, bytes: new Uint8Array(bytes) }));
      expect({ ...after, bytes }).toEqual({
        ...before,
        bytes: before.bytes.map(({ addr, bytes }) => ({ addr, bytes: new Uint8Array(bytes) })),
      });
    }),
  );
});
