import { DEFAULT_COMMAND_LINE } from '../../lessons/default-machine.ts';
import { HELLO_IMAGE_NAME, helloImage } from '../../lessons/hello-image.ts';
import type { Session } from '../session/session.ts';
import { recallLook } from '../state/look.ts';
import { REMEMBERED, recall } from '../state/storage.ts';

const autosave = () => import('../share/autosave.ts');

/**
 * Builds the first machine: the one of the last visit where there is one, else the default; then opens what
 * the address carries.
 */
export async function startMachine(session: Session): Promise<void> {
  recallLook();
  session.addImage(HELLO_IMAGE_NAME, helloImage());
  const { hash } = window.location;
  const kept = recall(REMEMBERED.work) ?? recall(REMEMBERED.commandLine);
  if (kept === undefined && hash === '') await session.build(DEFAULT_COMMAND_LINE);
  else await (await autosave()).resume(session);
  const open = async () => (await import('../share/index.ts')).openAddress(session);
  if (hash !== '') await open();
  window.addEventListener('hashchange', () => void open());
  (await autosave()).keepWork(session);
}
