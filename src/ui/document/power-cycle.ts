import type { MachineDocument } from '../../document/document.ts';
import { counted } from '../../document/hot.ts';
import { lineOf } from '../../document/read.ts';
import { Tree } from '../../document/tree.ts';
import { deleteNodes } from '../../document/wiring.ts';
import type { MachineTopology } from '../../protocol/topology.ts';
import type { Session } from '../session/session.ts';
import { buildExactly } from './build.ts';
import { exclusively, pushStep, useDocument } from './document-store.ts';
import { liveMachine } from './live-machine.ts';

/** Switches the machine off and on: it is that of the document, without what was asked to leave. */
export function powerCycle(session: Session): Promise<void> {
  return exclusively(async () => {
    const { doc } = useDocument.getState();
    const live = liveMachine();
    const next = live ? withoutLeaving(doc, counted(doc, live)) : doc;
    if (lineOf(next) === session.getState().commandLine || (await buildExactly(session, next)))
      await session.reset();
    else if (next !== doc) pushStep({ label: 'reset', doc });
  });
}

/** The document of a machine once everything that was asked to leave it has. */
function withoutLeaving(doc: MachineDocument, topology: MachineTopology): MachineDocument {
  const keys = new Tree(doc, topology).places
    .filter(({ device }) => device.leaving)
    .map(({ key }) => key)
    .filter((key) => key !== undefined);
  return keys.length === 0 ? doc : deleteNodes(doc, topology, { devices: keys, backEnds: [] });
}
