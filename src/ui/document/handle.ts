import type { MachineDocument } from '../../document/document.ts';
import { lineOf } from '../../document/read.ts';
import type { Session } from '../session/session.ts';
import {
  type DocumentState,
  type EditOptions,
  edit,
  redo,
  undo,
  useDocument,
} from './document-store.ts';

/** The document for whoever drives the page from outside. */
export interface DocumentHandle {
  state(): DocumentState;
  /** The command line that the document is. */
  line(): string;
  /** As an edit by hand: whether QEMU took it. */
  edit(label: string, doc: MachineDocument, options?: EditOptions): Promise<boolean>;
  undo(): Promise<boolean>;
  redo(): Promise<boolean>;
}

/** The handle of a session's document. */
export function documentHandle(session: Session): DocumentHandle {
  return {
    state: () => useDocument.getState(),
    line: () => lineOf(useDocument.getState().doc),
    edit: (label, doc, options) => edit(session, label, () => doc, options),
    undo: () => undo(session),
    redo: () => redo(session),
  };
}
