import { lineOf, readDocument } from '../../document/read.ts';
import { edit } from '../document/edit.ts';
import type { Session } from '../session/session.ts';
import { say } from '../state/ui-store.ts';
import { withDiskFile } from './disk-line.ts';

/** Puts a file of the person's into the machine as its first disk: the machine is built anew. */
export async function putInAsDisk(session: Session, file: File): Promise<void> {
  session.addImage(file.name, file);
  const built = await edit(
    session,
    `put ${file.name} in as the disk`,
    (doc) => readDocument(withDiskFile(lineOf(doc), file.name), doc),
    {
      powerOff: true,
      said: `${file.name} is the machine’s disk. The file itself is never written.`,
    },
  );
  if (!built) return;
  const { keepDisk } = await import('../state/kept-disk.ts');
  if (!(await keepDisk(file))) say(`${file.name} is the disk; choose it again after a reload.`);
}
