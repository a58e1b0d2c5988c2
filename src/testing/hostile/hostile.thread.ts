import { parentPort, workerData } from 'node:worker_threads';
import { type CampaignPlan, runCampaign } from './campaign.ts';

/** Runs a part of a campaign. `beat` tells the watcher how far it is: requests done, seed and number of the target. */
const { plan, beat } = workerData as { plan: CampaignPlan; beat: SharedArrayBuffer };
const words = new Int32Array(beat);
const done = runCampaign(plan, (...progress) => {
  for (const [i, value] of progress.entries()) Atomics.store(words, i, value);
});
parentPort?.postMessage(done);
