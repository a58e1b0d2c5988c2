import { HostileDriver } from './hostile-driver.ts';
import { TARGETS } from './targets.ts';

/** Hostile things between two proofs that the device lives. */
const ROUND = 256;
/** Rounds that one machine lives through. */
const ROUNDS = 12;

/** What a campaign is to do. */
export interface CampaignPlan {
  readonly requests: number;
  readonly seed: number;
  /** Only targets whose name contains this. */
  readonly only: string;
  /** Every how many machines one is this thread's, and which. */
  readonly stride: number;
  readonly offset: number;
}

/**
 * Runs machine after machine, each with a seed of its own, until `requests` hostile things were done.
 * Returns how many there were; throws with the seed and target of the machine that failed.
 */
export function runCampaign(
  { requests, seed, only, stride, offset }: CampaignPlan,
  progress: (done: number, seed: number, target: number) => void,
): number {
  const targets = TARGETS.filter(({ name }) => name.includes(only));
  let done = 0;
  for (let i = offset; done < requests; i += stride) {
    const index = i % targets.length;
    const target = targets[index];
    if (!target) throw new Error(`no target is called ${only}`);
    try {
      progress(done, seed + i, TARGETS.indexOf(target));
      const driver = new HostileDriver(target, seed + i);
      for (let round = 0; round < ROUNDS && done < requests; round++) {
        driver.round(ROUND);
        done += ROUND;
        progress(done, seed + i, TARGETS.indexOf(target));
      }
    } catch (error) {
      const stack = error instanceof Error ? error.stack : String(error);
      throw new Error(`FUZZ_SEED=${seed + i} FUZZ_ONLY=${target.name}: ${stack}`);
    }
  }
  return done;
}
