import type { Page } from 'playwright';
import type { DocumentHandle } from '../src/ui/document/handle.ts';
import type { Session } from '../src/ui/session/session.ts';

/** What the page offers to tests and to the curious; see `src/main.tsx`. */
declare global {
  interface Window {
    virtioPlayground?: { readonly session: Session; readonly document: DocumentHandle };
  }
}

/** Milliseconds from a line in the command line's field, at Enter, to its machine on the screen. */
export async function timePaste(page: Page, line: string): Promise<number> {
  await page.evaluate(() => window.virtioPlayground?.session.build('-M pc -m 64'));
  await page.waitForTimeout(500);
  const field = page.getByLabel('QEMU command line of the machine').first();
  await field.fill(line);
  const done = page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const start = await new Promise<number>((resolve) => {
      window.addEventListener('keydown', () => resolve(performance.now()), { once: true });
    });
    while (!document.querySelector('[data-id*="/blk0"]')) {
      if (performance.now() - start > 30_000) throw new Error('the machine does not appear');
      await frame();
    }
    await frame();
    await frame();
    return performance.now() - start;
  });
  await field.press('Enter');
  return await done;
}

/** Milliseconds of one added device, and of its undo, to the picture of the machine with it and without. */
export async function timeAdd(page: Page): Promise<Record<string, number>> {
  return await page.evaluate(async () => {
    const handle = window.virtioPlayground?.document;
    const session = window.virtioPlayground?.session;
    if (!handle || !session) throw new Error('there is no document');
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const timed = async (act: () => Promise<boolean>): Promise<number> => {
      const start = performance.now();
      if (!(await act())) throw new Error('the edit was refused');
      await frame();
      await frame();
      return performance.now() - start;
    };
    const { doc } = handle.state();
    const key = 1 + Math.max(...doc.options.map((option) => option.key));
    const option = { key, name: 'device', argument: 'virtio-rng-pci,id=added,bus=pcie.0' };
    const add = await timed(() =>
      handle.edit('add', { ...doc, options: [...doc.options, option] }),
    );
    const undo = await timed(() => handle.undo());
    return { 'add at 200 devices': add, 'undo at 200 devices': undo };
  });
}
