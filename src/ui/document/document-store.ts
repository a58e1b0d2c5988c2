import { create } from 'zustand';
import type { Advice } from '../../document/advice/advice.ts';
import type { MachineDocument } from '../../document/document.ts';
import { replaceSource, useScript } from '../state/script-store.ts';

/** A script, and the example that it began as. */
export interface KeptScript {
  readonly source: string;
  readonly example: string;
}

/** A state that can be returned to, and the act that led away from it. */
export interface Step {
  /** What was done, as the undo button says it: `add virtio-rng-pci`. */
  readonly label: string;
  readonly doc: MachineDocument;
  /** The script, where the act replaced it too. */
  readonly script?: KeptScript;
}

/** A change that QEMU refused. The machine is as it was. */
export interface Refusal {
  /** What was wanted: `add virtio-blk-device`. */
  readonly label: string;
  readonly doc: MachineDocument;
  /** QEMU's sentence. */
  readonly message: string;
  /** Option of `doc` that it is about, counted from 0. */
  readonly option?: number;
  readonly advice: Advice;
  /** It was wanted by hand: so is what is chosen to mend it. */
  readonly assist?: boolean;
}

/** The machine that the person makes, and the way there. */
export interface DocumentState {
  readonly doc: MachineDocument;
  /** Oldest first. */
  readonly past: readonly Step[];
  /** Next one last. */
  readonly future: readonly Step[];
  readonly refusal: Refusal | undefined;
  /** An edit is being carried out. */
  readonly busy: boolean;
}

/** Steps that are kept. */
const MOST_STEPS = 200;

const EMPTY: MachineDocument = { program: 'qemu-system-x86_64', options: [] };

/** The document's store: written in this folder only; views read it through narrow selectors. */
export const useDocument = create<DocumentState>()(() => ({
  doc: EMPTY,
  past: [],
  future: [],
  refusal: undefined,
  busy: false,
}));

/** Puts back what an earlier visit left, before its machine is built. */
export function restoreDocument(kept: Pick<DocumentState, 'doc' | 'past' | 'future'>): void {
  useDocument.setState(kept);
}

/** Remembers where an act began that was just carried out; nothing can be done again then. */
export function pushStep(step: Step): void {
  const past = [...useDocument.getState().past, step].slice(-MOST_STEPS);
  useDocument.setState({ past, future: [] });
}

/** The script at hand, to be returned to. */
export function scriptNow(): KeptScript {
  const { source, example } = useScript.getState();
  return { source, example };
}

/** Returns to a script. */
export function putScript({ source, example }: KeptScript): void {
  replaceSource(source, example);
}

/** Closes the refusal. */
export function dismissRefusal(): void {
  useDocument.setState({ refusal: undefined });
}

/** Acts wait for one another. */
let queue: Promise<unknown> = Promise.resolve();

/** Carries out an act once those before it are done. */
export function exclusively<T>(work: () => Promise<T>): Promise<T> {
  const result = queue.then(async () => {
    useDocument.setState({ busy: true });
    try {
      return await work();
    } finally {
      useDocument.setState({ busy: false });
    }
  });
  queue = result.catch(() => undefined);
  return result;
}
