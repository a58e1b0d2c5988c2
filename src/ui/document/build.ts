import type { MachineDocument } from '../../document/document.ts';
import { counted } from '../../document/hot.ts';
import { keepPlaces } from '../../document/keep-places.ts';
import { lineOf } from '../../document/read.ts';
import { Tree } from '../../document/tree.ts';
import type { Session } from '../session/session.ts';
import { useDocument } from './document-store.ts';
import { followSelection } from './follow-selection.ts';
import { actingOn, keyOf, liveMachine, noteBuilt } from './live-machine.ts';

/** What the engine said against a line. */
export interface Refused {
  /** The line was a question: the message is the answer, which the line's field shows. */
  readonly answer?: true;
  readonly message: string;
  readonly option?: number;
}

/**
 * Builds a machine and makes `doc` the document; QEMU's complaint where it is refused. An edit by hand leaves
 * everything else where it was, if QEMU lets it.
 */
export async function build(
  session: Session,
  doc: MachineDocument,
  { assist }: { readonly assist?: boolean } = {},
): Promise<Refused | undefined> {
  const old = useDocument.getState().doc;
  const live = liveMachine();
  const was = assist && live ? counted(old, live) : undefined;
  const refused = await buildExactly(session, doc);
  const now = liveMachine()?.topology;
  if (refused || !was || now?.machineType !== was.machineType) return refused;
  const kept = keepPlaces(old, new Tree(old, was), doc, new Tree(doc, now));
  if (kept === doc) return undefined;
  const trial = await session.tryLine(lineOf(kept));
  if (trial.kind === 'stands') await buildExactly(session, kept);
  return undefined;
}

/** Builds the very machine of `doc`. */
export async function buildExactly(
  session: Session,
  doc: MachineDocument,
): Promise<Refused | undefined> {
  const line = lineOf(doc);
  const before = session.getState().machine;
  const restore = followSelection(before, keyOf);
  return await actingOn(async () => {
    if (!(await session.build(line))) {
      const { refused, refusedOption, answered } = session.getState();
      if (answered !== undefined) return { message: answered, answer: true };
      return {
        message: refused ?? 'QEMU builds no machine of this line.',
        ...(refusedOption !== undefined && { option: refusedOption }),
      };
    }
    const { machine: topology } = session.getState();
    useDocument.setState({ doc });
    if (topology) {
      noteBuilt(doc, line, topology);
      restore(topology, keyOf);
    }
    return undefined;
  });
}
