import type { MachineDocument } from '../../document/document.ts';
import { follow, keyIn, type LiveMachine } from '../../document/hot.ts';
import { lineOf, readDocument } from '../../document/read.ts';
import type { DeviceNode, MachineTopology } from '../../protocol/topology.ts';
import type { Session } from '../session/session.ts';
import { pushStep, useDocument } from './document-store.ts';

/** What the running machine was built from; plain state beside the store, since nobody draws it. */
let live: LiveMachine | undefined;
/** The line that `live` was built from, to notice builds from elsewhere. */
let builtLine: string | undefined;
/** Set while an edit of ours changes the machine: what it does is not news. */
let acting = false;

/** The machine there is, and which options of the document its devices came from; undefined before the first. */
export function liveMachine(): LiveMachine | undefined {
  return live;
}

/** Key of the option that a device came from; undefined for what the board brought along. */
export function keyOf(device: DeviceNode): number | undefined {
  return live && keyIn(live, device);
}

/** Follows the session: machines that others build, and devices that come and go at the monitor. */
export function connectDocument(session: Session): () => void {
  let topology: MachineTopology | undefined;
  const look = () => {
    const state = session.getState();
    if (acting || !state.machine || state.machine === topology) return;
    topology = state.machine;
    if (state.commandLine !== builtLine || !live) adoptBuilt(state.commandLine, topology);
    else followLive(topology);
  };
  look();
  return session.subscribe(look);
}

/** Takes over a machine that was not built by an edit. */
function adoptBuilt(line: string, topology: MachineTopology): void {
  const { doc } = useDocument.getState();
  const next = readDocument(line, doc);
  if (doc.options.length > 0 && lineOf(next) !== lineOf(doc))
    pushStep({ label: 'build another machine', doc });
  useDocument.setState({ doc: next, refusal: undefined });
  noteBuilt(next, line, topology);
}

/** The machine is that of `doc`, whose line is `line`. */
export function noteBuilt(doc: MachineDocument, line: string, topology: MachineTopology): void {
  live = { topology, keys: doc.options.map(({ key }) => key), plugged: new Map() };
  builtLine = line;
}

/** Lets the document follow a machine whose devices came or went while it ran. */
function followLive(topology: MachineTopology): void {
  const { doc } = useDocument.getState();
  const followed = followDevices(doc, topology);
  if (followed === doc) return;
  pushStep({ label: 'hot-plug', doc });
  // Ways out that were offered know nothing of it.
  useDocument.setState({ doc: followed, refusal: undefined });
}

/** Takes note of the devices that the machine has now; `doc` with what came, without what left. */
export function followDevices(doc: MachineDocument, topology: MachineTopology): MachineDocument {
  if (!live) return doc;
  const followed = follow(doc, live, topology);
  live = { ...live, topology, plugged: followed.plugged };
  return followed.doc;
}

/** Changes the machine on behalf of an edit, which tells the document itself. */
export async function actingOn<T>(work: () => Promise<T>): Promise<T> {
  acting = true;
  try {
    return await work();
  } finally {
    acting = false;
  }
}
