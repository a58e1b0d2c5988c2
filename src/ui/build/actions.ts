import {
  addBackEnd,
  BACK_END_TEMPLATES,
  type BackEndTemplate,
} from '../../document/back-end-templates.ts';
import { copyText, duplicate, isParts, pasteText } from '../../document/clipboard.ts';
import type { DocumentOption, MachineDocument } from '../../document/document.ts';
import { addOption } from '../../document/edits.ts';
import { entryOf, optionIdOf } from '../../document/entries.ts';
import { deleteNodes, link, move, plug } from '../../document/wiring.ts';
import type { MachineTopology } from '../../protocol/topology.ts';
import { deviceTypes } from '../document/device-types.ts';
import { useDocument } from '../document/document-store.ts';
import { type Change, type EditOptions, edit } from '../document/edit.ts';
import { keyOf } from '../document/live-machine.ts';
import type { Session } from '../session/session.ts';
import { say, selectNode, selectNodes, useUi } from '../state/ui-store.ts';
import { connectTo, type Item } from './build-store.ts';
import type { ChoiceAct } from './choices.ts';
import { withOption } from './drop.ts';
import { busWords, deviceWords, typesByName } from './fits.ts';
import { focusChosen } from './focus.ts';
import { backEndAt, busAt, chosenIn, deviceAt, nodesOf } from './nodes-of.ts';

/** Text longer than this is not pasted: nobody typed it. In characters. */
const MOST_PASTED = 1 << 20;

/** Carries out a choice of `Connect to…`, or a drop. Answers whether QEMU took it. */
export async function connect(session: Session, item: Item, act: ChoiceAct): Promise<boolean> {
  const { topology } = session.getState();
  if (!topology) return false;
  if (act.kind === 'link') return await connectBackEnd(session, topology, item, act);
  const types = await deviceTypes(session);
  if (item.kind === 'type') {
    const type = typesByName(types).get(item.name);
    if (!type) return false;
    if (act.kind === 'loose')
      return await perform(session, `add ${type.name}`, (doc) =>
        addOption(doc, 'device', type.name),
      );
    const place = busAt(topology, act.bus);
    if (!place) return false;
    return await perform(session, `add ${type.name} to ${busWords(place)}`, (doc, now = topology) =>
      plug(doc, now, type, { kind: act.kind, bus: place.bus }),
    );
  }
  if (item.kind !== 'device' || act.kind === 'loose') return false;
  const device = deviceAt(topology, item.path);
  const place = busAt(topology, act.bus);
  const key = device && keyOf(withOption(device, topology));
  if (!device || !place) return false;
  if (key === undefined) return sayBoard(deviceWords(device));
  return await perform(
    session,
    `move ${deviceWords(device)} to ${busWords(place)}`,
    (doc, now = topology) => move(doc, now, types, key, { kind: act.kind, bus: place.bus }),
    new Set([key]),
  );
}

/** Sets a property of a device to a back end, which is made first where the palette gave it. */
async function connectBackEnd(
  session: Session,
  topology: MachineTopology,
  item: Item,
  act: ChoiceAct & { kind: 'link' },
): Promise<boolean> {
  const device = deviceAt(topology, act.device);
  const key = device && keyOf(device);
  if (!device) return false;
  if (key === undefined) return sayBoard(deviceWords(device));
  const { property } = act;
  const words = deviceWords(device);
  const template = item.kind === 'template' ? templateOf(item.name) : undefined;
  if (template)
    return await perform(session, `give ${words} a ${template.type}`, (doc) => {
      const made = addBackEnd(doc, template);
      return link(made.doc, key, property, made.id);
    });
  const { backEnd } = act;
  const label =
    backEnd === undefined ? `take ${property} from ${words}` : `connect ${backEnd} to ${words}`;
  return await perform(session, label, (doc) => link(doc, key, property, backEnd), new Set([key]));
}

/** Makes a back end that nothing uses yet. */
export async function addTemplate(session: Session, name: string): Promise<boolean> {
  const template = templateOf(name);
  if (!template) return false;
  return await perform(
    session,
    `add ${template.kind} ${template.type}`,
    (doc) => addBackEnd(doc, template).doc,
  );
}

/** Deletes the chosen nodes with all that hangs on them. */
export async function deleteSelected(session: Session): Promise<boolean> {
  const { topology } = session.getState();
  if (!topology) return false;
  const { selection } = useUi.getState();
  const { doc } = useDocument.getState();
  const { devices, backEnds, board } = chosenIn(selection, doc, topology);
  if (devices.length + backEnds.length === 0) return nothingTo('delete', board.map(deviceWords));
  const change = (from: MachineDocument, now = topology) =>
    deleteNodes(from, now, { devices, backEnds });
  const left = new Set(change(doc).options.map(({ key }) => key));
  const gone = doc.options.filter(({ key }) => !left.has(key));
  const asked = devices.length + backEnds.length;
  const below = gone.length - asked;
  const what = asked === 1 ? wordsOf(doc, [...devices, ...backEnds]) : `${asked} parts`;
  const label = `delete ${what}${below > 0 ? ` and ${below} that hang on ${asked === 1 ? 'it' : 'them'}` : ''}`;
  const done = await perform(session, label, change, new Set());
  if (done) selectNodes([]);
  return done;
}

/** Makes the chosen nodes a second time, beside the first. */
export async function duplicateSelected(session: Session): Promise<boolean> {
  const { topology } = session.getState();
  if (!topology) return false;
  const { doc } = useDocument.getState();
  const chosen = chosenIn(useUi.getState().selection, doc, topology);
  const keys = [...chosen.devices, ...chosen.backEnds];
  if (keys.length === 0) return nothingTo('duplicate', chosen.board.map(deviceWords));
  return await perform(session, `duplicate ${wordsOf(doc, keys)}`, (from, now = topology) =>
    duplicate(from, now, keys),
  );
}

/** The chosen nodes as text of a command line, back ends included; '' where none was chosen. */
export function selectedText(session: Session): string {
  const { topology } = session.getState();
  if (!topology) return '';
  const { doc } = useDocument.getState();
  const { devices, backEnds } = chosenIn(useUi.getState().selection, doc, topology);
  const keys = [...devices, ...backEnds];
  return keys.length === 0 ? '' : copyText(doc, topology, keys);
}

/** Copies the chosen nodes without a key: where the browser allows it. */
export async function copySelected(session: Session): Promise<void> {
  const text = selectedText(session);
  if (text === '') {
    say('Choose devices or back ends first: what the board brings along is on no command line.');
    return;
  }
  try {
    await navigator.clipboard.writeText(text);
    say('Copied as text of a command line.');
  } catch {
    say('The browser does not let this page write to the clipboard: Ctrl C does.');
  }
}

/** Adds what a text of options makes, onto the chosen bus where one is. */
export async function paste(session: Session, text: string): Promise<boolean> {
  const { topology } = session.getState();
  if (!topology || text.trim() === '') return false;
  if (text.length > MOST_PASTED) {
    say('That is too long to be a machine: nothing was pasted.');
    return false;
  }
  if (!isParts(text)) {
    const { importText } = await import('../share/index.ts');
    importText(session, text);
    return true;
  }
  const { selected } = useUi.getState();
  const bus = selected === undefined ? undefined : busAt(topology, selected)?.bus;
  const types = await deviceTypes(session);
  return await perform(session, 'paste', (doc, now = topology) =>
    pasteText(doc, now, types, text, bus && { kind: 'bus', bus }),
  );
}

/** Opens `Connect to…` for the one node that is chosen. */
export function connectSelected(session: Session): void {
  const { topology } = session.getState();
  const { selected } = useUi.getState();
  if (!topology || selected === undefined) {
    say('Choose a device or a back end first, then connect it.');
    return;
  }
  const backEnd = backEndAt(topology, selected);
  const device = deviceAt(topology, selected);
  if (backEnd) connectTo({ kind: 'backend', backEnd: backEnd.kind, id: backEnd.id });
  else if (device) connectTo({ kind: 'device', path: withOption(device, topology).path });
}

/** A kind of back end that the palette offers. `name`: `KIND TYPE`. */
export function templateOf(name: string): BackEndTemplate | undefined {
  return BACK_END_TEMPLATES.find((template) => templateName(template) === name);
}

/** What a drag calls a kind of back end. */
export function templateName({ kind, type }: BackEndTemplate): string {
  return `${kind} ${type}`;
}

/**
 * One edit by hand: what is plainly missing is added, and what came of it is chosen (or what had the
 * keys of `about`).
 */
async function perform(
  session: Session,
  label: string,
  change: Change,
  about?: ReadonlySet<number>,
  options: EditOptions = {},
): Promise<boolean> {
  const before = new Set(useDocument.getState().doc.options.map(({ key }) => key));
  const done = await edit(session, label, change, { assist: true, ...options });
  const { topology } = session.getState();
  if (!done || !topology) return done;
  const { doc } = useDocument.getState();
  const made = doc.options.map(({ key }) => key).filter((key) => !before.has(key));
  const nodes = nodesOf(about ?? new Set(made), doc, topology);
  const [node, ...others] = nodes;
  if (node !== undefined && others.length === 0) selectNode(node);
  else if (node !== undefined) selectNodes(nodes);
  focusChosen();
  return done;
}

function wordsOf(doc: MachineDocument, keys: readonly number[]): string {
  const [first, ...rest] = doc.options.filter(({ key }) => keys.includes(key)).map(optionWords);
  return rest.length === 0 ? (first ?? 'nothing') : `${rest.length + 1} parts`;
}

/** What an option makes, in words: its id, else its driver. */
function optionWords(option: DocumentOption): string {
  return optionIdOf(option) ?? entryOf(option, 'driver') ?? option.name;
}

function nothingTo(verb: string, board: readonly string[]): false {
  if (board.length > 0) return sayBoard(board.join(', '));
  say(`Choose what to ${verb} first: devices and back ends; a bus belongs to its device.`);
  return false;
}

function sayBoard(what: string): false {
  say(
    `The board brings ${what} along: only what the command line asked for can be moved or deleted.`,
  );
  return false;
}
