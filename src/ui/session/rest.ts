import type { LiveMachine } from './held-run.ts';

/** Time between two looks at the vCPU, in ms. */
const LOOK_MS = 1;

/**
 * Resolves true when nothing moves any more: the vCPU waits for credit, sleeps, or is off, and all that it
 * and the machine did is in the journal. False as soon as `goes` says no. `drained` is called whenever
 * events may have come.
 */
export async function atRest(
  { gate, tap }: LiveMachine,
  drained: () => void,
  goes: () => boolean,
): Promise<boolean> {
  for (;;) {
    // Before the journal: what the vCPU did before it came to rest is in it then.
    const { rests } = gate.glance();
    tap.drainAll();
    drained();
    if (rests) return true;
    if (!goes()) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
