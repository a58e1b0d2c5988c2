import { expect, test } from 'vitest';
import { spawnThread } from '../threads/spawn.ts';
import type { CampaignPlan } from './campaign.ts';
import { TARGETS } from './targets.ts';

/** Hostile things that are tried; `FUZZ_REQUESTS=10000000` tries more. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 200_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_260_408);
const ONLY = process.env.FUZZ_ONLY ?? '';
/** A machine that fails names its seed, and is the first of a campaign with that seed. */
const THREADS = ONLY === '' ? 2 : 1;
/** Requests of a thread between two lines that say how far it is. */
const MILESTONE = 500_000;
/** A thread that shows no sign of life for so long hangs, in ms. */
const PATIENCE = 120_000;

/** Runs one thread's part; returns how many things it tried. */
async function runPart(plan: CampaignPlan): Promise<number> {
  const beat = new SharedArrayBuffer(12);
  const words = new Int32Array(beat);
  const thread = await spawnThread(new URL('./hostile.thread.ts', import.meta.url), { plan, beat });
  let watch: NodeJS.Timeout | undefined;
  try {
    return await new Promise<number>((resolve, reject) => {
      let last = 0;
      let since = performance.now();
      watch = setInterval(() => {
        const [done = 0, seed = 0, target = 0] = words;
        const now = performance.now();
        if (done !== last) since = now;
        else if (now - since > PATIENCE)
          reject(new Error(`FUZZ_SEED=${seed} FUZZ_ONLY=${TARGETS[target]?.name} hangs`));
        if (Math.floor(done / MILESTONE) > Math.floor(last / MILESTONE))
          console.log(`thread ${plan.offset}: ${done} of ${plan.requests}, at seed ${seed}`);
        last = done;
      }, 1000);
      thread.once('message', resolve);
      thread.once('error', reject);
    });
  } finally {
    clearInterval(watch);
    await thread.terminate();
  }
}

test(`no driver makes a device throw, hang, or write where it may not; all live after a reset (seed ${SEED})`, {
  timeout: 24 * 3_600_000,
}, async () => {
  const begin = performance.now();
  const parts = Array.from({ length: THREADS }, (_, offset) =>
    runPart({ requests: REQUESTS / THREADS, seed: SEED, only: ONLY, stride: THREADS, offset }),
  );
  const done = (await Promise.all(parts)).reduce((sum, part) => sum + part, 0);
  expect(done).toBeGreaterThanOrEqual(REQUESTS);
  const seconds = (performance.now() - begin) / 1000;
  console.log(`${done} hostile requests, ${Math.round(done / seconds)} a second`);
});
