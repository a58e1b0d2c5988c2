import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { JournalCosts } from './journal.worker.ts';
import type { JournalRun } from './journal-runs.ts';
import { median } from './report.ts';

/** Runs that are measured, by name. */
const RUNS: Readonly<Record<string, JournalRun>> = {
  'disk, split': { what: 'disk', packed: false },
  'disk, packed': { what: 'disk', packed: true },
  ...rings(4096, false),
  ...rings(32768, false),
  ...rings(32768, true),
};

/** Milliseconds that a step may take, and a jump; bytes that a million events may take. */
const MOST = { step: 16, seek: 100, bytes: 100e6 };

function rings(size: number, whole: boolean): Record<string, JournalRun> {
  const name = `${size} entries, ${whole ? 'filled whole' : 'full of chains'}`;
  return {
    [`split, ${name}`]: { what: 'ring', packed: false, size, whole },
    [`packed, ${name}`]: { what: 'ring', packed: true, size, whole },
  };
}

/** Folds, travels and weighs journals of a million events, and prints what that costs. `only`: a part of their names. */
export async function measureJournals(only = ''): Promise<Record<string, JournalCosts>> {
  const found: Record<string, JournalCosts> = {};
  console.log('a million events in one thread; ms (95 of 100 are below, the longest), MB');
  for (const [name, run] of Object.entries(RUNS)) {
    if (!name.includes(only)) continue;
    const worker = new Worker(new URL('./journal.worker.js', import.meta.url), {
      workerData: run,
    });
    const [costs] = (await once(worker, 'message')) as [JournalCosts];
    await worker.terminate();
    found[name] = costs;
    print(name, costs);
  }
  return found;
}

function print(name: string, costs: JournalCosts): void {
  const { events, fold, back, backAgain, forward, seek, records, payloads, memory } = costs;
  const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
  console.log(`\n${name} [${events.toLocaleString('en')} events]`);
  console.log(`  folded                  ${((fold * 1e6) / events).toFixed(0)} ns an event`);
  console.log(`  a step back, anywhere   ${spread(back, MOST.step)}`);
  console.log(`  back step by step       ${spread(backAgain, MOST.step)}`);
  console.log(`  on step by step         ${spread(forward, MOST.step)}`);
  console.log(`  a jump anywhere         ${spread(seek, MOST.seek)}`);
  console.log(
    `  memory                  ${mb(memory)} of at most ${mb(MOST.bytes)}${memory > MOST.bytes ? ' MISSED' : ''}: records ${mb(records)}, payloads ${mb(payloads)}, the rest ${mb(memory - records - payloads)} with ${costs.checkpoints} checkpoints`,
  );
}

function spread(figures: readonly number[], most: number): string {
  const sorted = [...figures].sort((a, b) => a - b);
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
  const longest = sorted.at(-1) ?? Number.NaN;
  return `${median(sorted).toFixed(2)} (${p95.toFixed(2)}, ${longest.toFixed(2)})${p95 > most ? ` MISSED: at most ${most}` : ''}`;
}
