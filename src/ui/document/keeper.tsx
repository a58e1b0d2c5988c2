import { useEffect } from 'react';
import { lineOf } from '../../document/read.ts';
import type { Session } from '../session/session.ts';
import { useSession } from '../state/session-context.tsx';
import { useUi } from '../state/ui-store.ts';
import { useDocument } from './document-store.ts';
import { type DocumentHandle, documentHandle } from './handle.ts';
import { connectDocument } from './live-machine.ts';
import { RefusalPanel } from './refusal.tsx';

declare global {
  interface Window {
    /** The page's session and document, for tests and for the curious. */
    virtioPlayground?: { readonly session: Session; readonly document: DocumentHandle };
  }
}

/** Keeps the document of the machine at hand, and shows what was refused. Arrives after the first screen. */
export default function DocumentKeeper() {
  const session = useSession();
  const doc = useDocument((state) => state.doc);
  const refused = useDocument((state) => state.refusal !== undefined);
  useEffect(() => {
    window.virtioPlayground = { session, document: documentHandle(session) };
    return connectDocument(session);
  }, [session]);
  useEffect(() => {
    if (doc.options.length > 0) useUi.setState({ line: lineOf(doc) });
  }, [doc]);
  return refused ? <RefusalPanel /> : null;
}
