import { useMemo } from 'react';
import { backEndKey } from '../build/nodes-of.ts';
import { useDocument } from '../document/document-store.ts';
import { keyOf } from '../document/live-machine.ts';
import { useSessionState } from '../state/session-context.tsx';
import { type OptionLinks, optionLinks } from './links.ts';

const NONE: OptionLinks = { keyOfNode: new Map(), nodesOfKey: new Map() };

/** Which option made which node of the machine at hand. */
export function useLinks(): OptionLinks {
  const topology = useSessionState((state) => state.topology);
  const doc = useDocument((state) => state.doc);
  return useMemo(
    () => (topology ? optionLinks(topology, keyOf, (one) => backEndKey(doc, one)) : NONE),
    [topology, doc],
  );
}
