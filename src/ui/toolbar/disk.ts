import type { Session } from '../session/session.ts';
import { say } from '../state/ui-store.ts';
import { withDiskFile } from './disk-line.ts';

/** Puts a file of the person's into the machine as its first disk: the machine is built anew. */
export async function putInAsDisk(session: Session, file: File): Promise<void> {
  const before = session.getState().commandLine;
  session.addImage(file.name, file);
  if (!(await session.build(withDiskFile(before, file.name)))) return;
  const { keepDisk } = await import('../state/kept-disk.ts');
  const kept = await keepDisk(file);
  say(
    `The machine was built anew with ${file.name} as its disk. The file itself is never written${kept ? '' : '; choose it again after a reload'}.`,
    () => {
      void session.build(before);
    },
  );
}
