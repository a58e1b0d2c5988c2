import type { Session } from '../session/session.ts';
import { say } from '../state/ui-store.ts';
import { withDiskFile } from './disk-line.ts';

/** Puts a file of the person's into the machine as its first disk: the machine is built anew. */
export async function putInAsDisk(session: Session, file: File): Promise<void> {
  const before = session.getState().commandLine;
  session.addImage(file.name, file);
  if (await session.build(withDiskFile(before, file.name)))
    say(`The machine was built anew with ${file.name} as its disk; the file itself stays as it is.`, () => {
      void session.build(before);
    });
}
