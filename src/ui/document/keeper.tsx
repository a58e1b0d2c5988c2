import { useEffect } from 'react';
import { lineOf } from '../../document/read.ts';
import { useSession } from '../state/session-context.tsx';
import { useUi } from '../state/ui-store.ts';
import { connectDocument, useDocument } from './document-store.ts';
import { documentHandle } from './handle.ts';
import { RefusalPanel } from './refusal.tsx';

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
