import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright';
import { RUN_FILE, runHead } from '../src/journal/run-file.ts';
import { partsOfRun } from '../src/protocol/run-facts.ts';
import { diskRunContent } from './journal-runs.ts';

/** Writes a run of a million events to a file, and returns its path. */
export function writeRun(): string {
  const path = join(tmpdir(), `a-million-events${RUN_FILE.ending}`);
  const parts = Buffer.concat([...partsOfRun(diskRunContent())]);
  writeFileSync(path, Buffer.concat([runHead(), gzipSync(parts)]));
  return path;
}

/** Milliseconds from a saved run that was chosen to its end in all panels, and the longest task meanwhile. */
export async function timeOpenRun(
  page: Page,
  path: string,
): Promise<{ readonly shown: number; readonly longest: number }> {
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Open or import/ }).click();
  await page.getByTestId('import-file').waitFor({ state: 'attached' });
  const done = page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const session = window.virtioPlayground?.session;
    const input = document.querySelector<HTMLInputElement>('[data-testid="import-file"]');
    if (!session || !input) throw new Error('there is nothing to open a file with');
    const runs = session.getState().runs.length;
    let longest = 0;
    const tasks = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
    });
    tasks.observe({ entryTypes: ['longtask'] });
    const start = await new Promise<number>((resolve) => {
      input.addEventListener('change', () => resolve(performance.now()), { once: true });
    });
    const stands = () => {
      const { runs: now, cursor, length, moment } = session.getState();
      return now.length > runs && cursor === length && moment.at === length;
    };
    while (!stands()) {
      if (performance.now() - start > 120_000) throw new Error('the run does not appear');
      await frame();
    }
    // React renders, and the browser paints.
    for (let i = 0; i < 3; i++) await frame();
    const shown = performance.now() - start;
    await new Promise((resolve) => setTimeout(resolve, 100));
    tasks.disconnect();
    return { shown, longest };
  });
  await page.getByTestId('import-file').setInputFiles(path);
  return await done;
}
