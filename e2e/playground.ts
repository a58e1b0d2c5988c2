import { expect, type Page } from '@playwright/test';
import type { JournalEvent } from '../src/journal/schema.ts';
import type { DocumentHandle } from '../src/ui/document/handle.ts';
import type { Session, SessionState } from '../src/ui/session/session.ts';

/** What the page offers to tests and to the curious; see `src/main.tsx`. */
declare global {
  interface Window {
    virtioPlayground?: { readonly session: Session; readonly document: DocumentHandle };
  }
}

/** Parts of the session's state that can leave the page. */
export type Glance = Pick<
  SessionState,
  'phase' | 'run' | 'cursor' | 'length' | 'commandLine' | 'refused' | 'problem'
> & { readonly line: number };

/** The page as a person meets it, and the state behind it. */
export class Playground {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the page and waits until the machine is there. */
  async open(): Promise<void> {
    await this.page.goto('/');
    await this.ready();
  }

  async ready(): Promise<void> {
    await expect(this.page.getByRole('button', { name: 'virtio-blk-pci disk0' })).toBeVisible();
    await expect(this.page.locator('.monaco-editor .view-line').first()).toBeVisible();
    await this.page.waitForFunction(() => window.virtioPlayground?.document !== undefined);
  }

  glance(): Promise<Glance> {
    return this.page.evaluate(() => {
      const state = window.virtioPlayground!.session.getState();
      const { phase, run, cursor, length, commandLine, refused, problem, moment } = state;
      return { phase, run, cursor, length, commandLine, refused, problem, line: moment.line };
    });
  }

  /** Waits until the run stands as it should and the picture has caught up with it. */
  async until(run: SessionState['run']): Promise<void> {
    await expect
      .poll(async () => {
        const now = await this.glance();
        return now.cursor === now.length ? now.run : 'behind';
      })
      .toBe(run);
  }

  /** All events, decoded. */
  journal(): Promise<JournalEvent[]> {
    return this.page.evaluate(() => {
      const { store } = window.virtioPlayground!.session;
      return Array.from({ length: store.length - store.first }, (_, i) =>
        store.get(store.first + i),
      );
    });
  }

  /** Bytes of guest RAM. */
  ram(address: number, length: number): Promise<number[]> {
    return this.page.evaluate(
      ([at, count]) => {
        const memory = window.virtioPlayground!.session.getState().memory!;
        return [...new Uint8Array(memory.ram, at - memory.ramBase, count)];
      },
      [address, length] as const,
    );
  }

  async fullSpeed(): Promise<void> {
    const slider = this.page.getByRole('slider', { name: 'Speed' });
    await slider.press('End');
    // The last stop records samples only.
    await slider.press('ArrowLeft');
  }

  button(name: string | RegExp) {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  /** Replaces the script by pasting another one; typing would make the editor indent it. */
  async write(source: string): Promise<void> {
    await this.page.locator('.monaco-editor .view-lines').click();
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.evaluate((text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      document.activeElement?.dispatchEvent(paste);
    }, source);
    await expect.poll(() => this.source()).toBe(source);
  }

  /** The script as the page keeps it. */
  source(): Promise<string | null> {
    return this.page.evaluate(() => localStorage.getItem('virtio-playground.script'));
  }

  /** Lines that the script printed. */
  async printed(): Promise<string[]> {
    return await this.page.locator('.console-lines li:not(.console-more)').allInnerTexts();
  }
}
