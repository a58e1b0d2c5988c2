import type { MachineDocument } from '../../document/document.ts';
import { lineOf } from '../../document/read.ts';
import type { Session } from '../session/session.ts';
import { selectNodes } from '../state/ui-store.ts';
import { type DocumentState, useDocument } from './document-store.ts';
import { type EditOptions, edit } from './edit.ts';
import { redo, undo } from './undo.ts';

/** The very functions that the canvas and the property editor call. */
export type Hand = Pick<
  typeof import('../build/actions.ts'),
  'addTemplate' | 'connect' | 'deleteSelected' | 'duplicateSelected' | 'paste' | 'selectedText'
> &
  Pick<typeof import('../inspector/set-property.ts'), 'applyProperty'>;

/** The document for whoever drives the page from outside. */
export interface DocumentHandle {
  state(): DocumentState;
  /** The command line that the document is. */
  line(): string;
  /** As an edit by hand: whether QEMU took it. */
  edit(label: string, doc: MachineDocument, options?: EditOptions): Promise<boolean>;
  undo(): Promise<boolean>;
  redo(): Promise<boolean>;
  /** Chooses nodes of the graph, by their names there: QOM paths, `backend:KIND:ID`. */
  select(nodes: readonly string[]): void;
  /** What a person does with the canvas. */
  hand(): Promise<Hand>;
}

/** The handle of a session's document. */
export function documentHandle(session: Session): DocumentHandle {
  return {
    state: () => useDocument.getState(),
    line: () => lineOf(useDocument.getState().doc),
    edit: (label, doc, options) => edit(session, label, () => doc, options),
    undo: () => undo(session),
    redo: () => redo(session),
    select: selectNodes,
    async hand() {
      const [actions, { applyProperty }] = await Promise.all([
        import('../build/actions.ts'),
        import('../inspector/set-property.ts'),
      ]);
      return { ...actions, applyProperty };
    },
  };
}
