import { readDocument } from '../../document/read.ts';
import { replaceDocument } from '../document/document-store.ts';
import type { Session } from '../session/session.ts';

/** Takes over a machine that was pasted as a text. */
export function importText(session: Session, text: string): void {
  void replaceDocument(session, 'open what was pasted', readDocument(text));
}
