import fc from 'fast-check';
import { describe, it } from 'vitest';
import { isInstalled } from '../real-qemu.ts';
import { sessions } from './actions.ts';
import { CONFIGURATIONS } from './configurations.ts';
import { Pair } from './differential.ts';

/** Sessions that are run, over all machines; `SESSIONS=1000 SEED=7` runs more and others. */
const SESSIONS = Number(process.env.SESSIONS ?? 24);
const SEED = Number(process.env.SEED ?? 20_260_408);
const ONLY = process.env.ONLY ?? '';

const chosen = CONFIGURATIONS.filter(({ name }) => name.includes(ONLY));

describe(`a real QEMU 7.2 answers every access of random driver sessions as ours does, seed ${SEED}`, () => {
  it.each(chosen)('$name', { timeout: 3_600_000 }, async (configuration) => {
    if (!isInstalled(configuration.program)) return;
    const pair = new Pair(configuration);
    try {
      await fc.assert(
        fc.asyncProperty(sessions(configuration), async (actions) => {
          const difference = await pair.compare(actions);
          if (difference !== undefined) throw new Error(difference);
        }),
        { numRuns: Math.ceil(SESSIONS / chosen.length), seed: SEED },
      );
    } finally {
      await pair.close();
    }
  });
});
