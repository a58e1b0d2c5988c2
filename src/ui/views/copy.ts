import { say } from '../state/ui-store.ts';

/** Puts text on the clipboard and says so, or says that the browser does not let it. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} is on the clipboard.`);
  } catch {
    say('The browser does not give the clipboard. Select the text and copy it by hand.');
  }
}
