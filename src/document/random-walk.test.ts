import { describe, expect, test } from 'vitest';
import { maskText } from '../headless/conformance/mask.ts';
import { RandomWalk } from '../testing/random-walk.ts';
import { isInstalled, realQtree } from '../testing/real-qemu.ts';

/** Edits of each walk, and how many walks a machine gets: `WALK_EDITS=2000 WALK_SEEDS=5` walks further. */
const EDITS = Number(process.env.WALK_EDITS ?? 40);
const SEEDS = Number(process.env.WALK_SEEDS ?? 1);
const FIRST_SEED = Number(process.env.WALK_FIRST_SEED ?? 1);
/** Edits between two states that the real QEMU is given, beside the last: it takes its time to start. */
const STRIDE = Number(process.env.WALK_STRIDE ?? Number.POSITIVE_INFINITY);

const MACHINES = [
  '-M pc -m 64',
  '-M q35 -m 64 -nodefaults',
  '-M microvm,pcie=on -m 64',
  'qemu-system-aarch64 -M virt -cpu cortex-a57 -m 64',
  'qemu-system-s390x -M s390-ccw-virtio -m 64',
];
const WALKS = MACHINES.flatMap((line, at) =>
  Array.from({ length: SEEDS }, (_, i): [string, number] => [line, FIRST_SEED + i * 10 + at]),
);

describe('a walk of edits at random: each does what it says and nothing else', () => {
  test.each(WALKS)(
    '%s, seed %i',
    async (line, seed) => {
      const walk = new RandomWalk(seed, line);
      for (let i = 1; i <= EDITS; i++) {
        walk.step();
        expect(walk.complaints).toEqual([]);
        if (i !== EDITS && i % STRIDE !== 0) continue;
        const { doc, machine } = walk.made;
        if (!isInstalled(doc.program)) continue;
        const real = await realQtree(doc, []).catch((error: Error) => error.message);
        expect(maskText('qtree', machine.qtree()), walk.line).toBe(maskText('qtree', real));
      }
      expect(walk.taken).toBeGreaterThan(EDITS / 5);
    },
    60_000 + EDITS * 1000,
  );
});
