import { readDocument } from '../../document/read.ts';
import { edit } from '../document/edit.ts';
import type { Session } from '../session/session.ts';

/** Makes the machine that of a typed line. Answers whether QEMU took it. */
export function takeLine(session: Session, line: string): Promise<boolean> {
  return edit(session, 'edit the command line', (before) => readDocument(line, before), {
    powerOff: true,
  });
}
