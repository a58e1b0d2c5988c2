import { create } from 'zustand';
import type { Advice, Fix } from '../../document/advice/advice.ts';
import { DocumentError, type MachineDocument } from '../../document/document.ts';
import {
  counted,
  follow,
  type HotPlan,
  hotPlan,
  keyIn,
  type LiveMachine,
  withHotIds,
} from '../../document/hot.ts';
import { keepPlaces } from '../../document/keep-places.ts';
import { lineOf, readDocument } from '../../document/read.ts';
import { Tree } from '../../document/tree.ts';
import { deleteNodes } from '../../document/wiring.ts';
import type { DeviceNode, MachineTopology } from '../../protocol/topology.ts';
import type { Session } from '../session/session.ts';
import { replaceSource, useScript } from '../state/script-store.ts';
import { say } from '../state/ui-store.ts';
import { deviceTypes } from './device-types.ts';
import { followSelection } from './follow-selection.ts';

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

/** The document's store: written here only; views read it through narrow selectors. */
export const useDocument = create<DocumentState>()(() => ({
  doc: EMPTY,
  past: [],
  future: [],
  refusal: undefined,
  busy: false,
}));

/** How an edit is carried out. */
export interface EditOptions {
  /**
   * For those who build by hand: what is plainly missing (a back end) is added without asking, and devices that
   * the edit is not about stay where they are.
   */
  readonly assist?: boolean;
  /** Whether a machine that runs is switched off rather than changed as it runs. */
  readonly powerOff?: boolean;
  /** The script that comes with it. */
  readonly script?: KeptScript;
  /** Instead of the usual sentence about what was done. */
  readonly said?: string;
}

/** What the running machine was built from; plain state beside the store, since nobody draws it. */
let live: LiveMachine | undefined;
/** The line that `live` was built from, to notice builds from elsewhere. */
let builtLine: string | undefined;
/** Edits wait for one another. */
let queue: Promise<unknown> = Promise.resolve();
/** Set while an edit of ours changes the machine: what it does is not news. */
let acting = false;

/** Key of the option that a device came from; undefined for what the board brought along. */
export function keyOf(device: DeviceNode): number | undefined {
  return live && keyIn(live, device);
}

/** Puts back what an earlier visit left, before its machine is built. */
export function restoreDocument(kept: Pick<DocumentState, 'doc' | 'past' | 'future'>): void {
  useDocument.setState(kept);
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
    push({ label: 'build another machine', doc });
  useDocument.setState({ doc: next, refusal: undefined });
  noteBuilt(next, line, topology);
}

function noteBuilt(doc: MachineDocument, line: string, topology: MachineTopology): void {
  live = { topology, keys: doc.options.map(({ key }) => key), plugged: new Map() };
  builtLine = line;
}

/** Lets the document follow a machine whose devices came or went while it ran. */
function followLive(topology: MachineTopology): void {
  if (!live) return;
  const { doc } = useDocument.getState();
  const followed = follow(doc, live, topology);
  live = { ...live, topology, plugged: followed.plugged };
  if (followed.doc === doc) return;
  push({ label: 'hot-plug', doc });
  // Ways out that were offered know nothing of it.
  useDocument.setState({ doc: followed.doc, refusal: undefined });
}

function scriptNow(): KeptScript {
  const { source, example } = useScript.getState();
  return { source, example };
}

function putScript({ source, example }: KeptScript): void {
  replaceSource(source, example);
}

function push(step: Step): void {
  const past = [...useDocument.getState().past, step].slice(-MOST_STEPS);
  useDocument.setState({ past, future: [] });
}

/** Whether a guest is at work, so that devices come and go by hot-plug. */
function isLive(session: Session): boolean {
  const { run } = session.getState();
  return run === 'running' || run === 'paused';
}

/** Changes a document; `topology`: the machine that it makes, options counted as the document has them. */
export type Change = (
  doc: MachineDocument,
  topology: MachineTopology | undefined,
) => MachineDocument;

/**
 * Changes the machine: by hot-plug where a guest is at work and the change is one, else by building it
 * anew. Answers whether QEMU took it; if not nothing is changed, and `refusal` says why. Edits wait for those
 * before them: `change` is given what these left.
 */
export function edit(
  session: Session,
  label: string,
  change: Change,
  options: EditOptions = {},
): Promise<boolean> {
  return exclusively(async () => {
    const before = useDocument.getState().doc;
    let doc: MachineDocument;
    try {
      doc = change(before, live && counted(before, live));
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      say(error.message);
      return false;
    }
    return await carryOut(session, label, before, doc, options);
  });
}

async function carryOut(
  session: Session,
  label: string,
  before: MachineDocument,
  doc: MachineDocument,
  options: EditOptions,
): Promise<boolean> {
  useDocument.setState({ refusal: undefined });
  const script = scriptNow();
  const sameScript = (options.script?.source ?? script.source) === script.source;
  if (lineOf(doc) === lineOf(before) && sameScript) {
    useDocument.setState({ doc });
    return true;
  }
  const step: Step = { label, doc: before, ...(options.script && { script }) };
  if (live && isLive(session) && !options.powerOff) {
    const named = options.assist ? withHotIds(before, doc) : doc;
    const plan = hotPlan(before, named, live);
    if (plan) return await plugLive(session, step, named, plan, options);
  }
  const hadRun = session.getState().run !== 'idle';
  const refused = lineOf(doc) === lineOf(before) ? undefined : await build(session, doc, options);
  if (refused?.answer) {
    say('That line is a question: QEMU answers it and builds no machine.');
    return false;
  }
  if (refused) return await refuse(session, label, before, doc, refused, options);
  if (options.script) putScript(options.script);
  push(step);
  sayDone(session, label, hadRun, options);
  return true;
}

/** What the engine said against a line. */
interface Refused {
  /** The line was a question: the message is the answer, which the line's field shows. */
  readonly answer?: true;
  readonly message: string;
  readonly option?: number;
}

/**
 * Builds a machine and makes `doc` the document; QEMU's complaint where it is refused. An edit by hand leaves
 * everything else where it was, if QEMU lets it.
 */
async function build(
  session: Session,
  doc: MachineDocument,
  { assist }: EditOptions = {},
): Promise<Refused | undefined> {
  const old = useDocument.getState().doc;
  const was = assist && live ? counted(old, live) : undefined;
  const refused = await buildExactly(session, doc);
  if (refused || !was || live?.topology.machineType !== was.machineType) return refused;
  const kept = keepPlaces(old, new Tree(old, was), doc, new Tree(doc, live.topology));
  if (kept === doc) return undefined;
  const trial = await session.tryLine(lineOf(kept));
  if (trial.kind === 'stands') await buildExactly(session, kept);
  return undefined;
}

async function buildExactly(session: Session, doc: MachineDocument): Promise<Refused | undefined> {
  const line = lineOf(doc);
  const before = session.getState().machine;
  const restore = followSelection(before, keyOf);
  acting = true;
  try {
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
  } finally {
    acting = false;
  }
}

/** Repairs that are made without asking, one after the other. */
const MOST_REPAIRS = 4;

/** Makes the repairs that nobody need be asked about, or shows what was refused. */
async function refuse(
  session: Session,
  label: string,
  before: MachineDocument,
  doc: MachineDocument,
  refused: Refused,
  options: EditOptions,
  hot = false,
  repairs: readonly string[] = [],
): Promise<boolean> {
  const { machine: topology } = session.getState();
  const types = await deviceTypes(session);
  const { advise } = await import('../../document/advice/advise.ts');
  const advice = advise({ doc, before, topology, types, hot, ...refused });
  const fix = advice.fixes.find(({ automatic }) => automatic);
  if (!options.assist || !fix?.doc || repairs.length === MOST_REPAIRS) {
    const { assist } = options;
    useDocument.setState({
      refusal: { label, doc, advice, ...refused, ...(assist && { assist }) },
    });
    return false;
  }
  await bringImages(session, fix);
  const made = [...repairs, fix.words];
  const said = `${options.said ?? `${capital(label)}.`} ${made.join(' ')}`;
  const plan = hot && live ? hotPlan(before, fix.doc, live) : undefined;
  if (plan) return await plugLive(session, { label, doc: before }, fix.doc, plan, options, made);
  const hadRun = session.getState().run !== 'idle';
  const again = await build(session, fix.doc, options);
  if (again) return await refuse(session, label, before, fix.doc, again, options, false, made);
  push({ label, doc: before });
  sayDone(session, label, hadRun, { ...options, said });
  return true;
}

/** Carries out a hot-plug; what was done already is taken back when a part is refused. */
async function plugLive(
  session: Session,
  step: Step,
  doc: MachineDocument,
  plan: HotPlan,
  options: EditOptions,
  repairs: readonly string[] = [],
): Promise<boolean> {
  acting = true;
  let complaint = '';
  try {
    for (const [at, line] of plan.lines.entries()) {
      complaint = complaintIn(await session.monitor(line));
      if (complaint === '') continue;
      for (const undoing of plan.back.slice(0, at).reverse())
        if (undoing !== undefined) await session.monitor(undoing);
      break;
    }
  } finally {
    acting = false;
  }
  if (complaint !== '') {
    const refused = { message: complaint };
    return await refuse(session, step.label, step.doc, doc, refused, options, true, repairs);
  }
  const { machine: topology } = session.getState();
  if (!topology || !live) return true;
  // What was asked to leave may still be there.
  const is = new Set(doc.options.map(({ key }) => key));
  const still = step.doc.options.filter(({ key }) => !is.has(key));
  const both = { ...doc, options: [...doc.options, ...still] };
  const followed = follow({ ...both, options: inOrder(both.options, step.doc) }, live, topology);
  live = { ...live, topology, plugged: followed.plugged };
  // A device that was only asked to leave is still there: there is nothing to undo yet.
  if (lineOf(followed.doc) !== lineOf(step.doc)) push(step);
  useDocument.setState({ doc: followed.doc });
  const left = still.filter(({ key }) => followed.doc.options.some((one) => one.key === key));
  if (left.length > 0)
    say('The guest was asked to let go of it; it stays until the guest agrees, or until a reset.');
  else {
    const said = [options.said ?? `${capital(step.label)}.`, ...repairs].join(' ');
    sayDone(session, step.label, false, { ...options, said });
  }
  return true;
}

/** What a monitor has against a line; '' where it did as it was told. */
function complaintIn(output: string): string {
  // `drive_add` says that it went well.
  if (!output.startsWith('{')) return output.trim() === 'OK' ? '' : output.trim();
  const { error } = JSON.parse(output) as { error?: { desc?: string } };
  return error ? (error.desc ?? output.trim()) : '';
}

/** Options in the order of an older document, new ones last. */
function inOrder(
  options: MachineDocument['options'],
  old: MachineDocument,
): MachineDocument['options'] {
  const place = new Map(old.options.map(({ key }, at) => [key, at]));
  const last = old.options.length;
  return options.toSorted((a, b) => (place.get(a.key) ?? last) - (place.get(b.key) ?? last));
}

function sayDone(session: Session, label: string, hadRun: boolean, options: EditOptions): void {
  const said = options.said ?? `${capital(label)}.`;
  say(hadRun ? `${said} The machine was built anew: empty memory, empty journal.` : said, () => {
    void undo(session);
  });
}

/** Puts a document in the place of the one at hand, script included where one comes along. */
export function replaceDocument(
  session: Session,
  label: string,
  doc: MachineDocument,
  options: EditOptions = {},
): Promise<boolean> {
  return edit(session, label, () => doc, { ...options, powerOff: true });
}

/** Takes back the last step. */
export function undo(session: Session): Promise<boolean> {
  return turn(session, 'past', 'future');
}

/** Does again what was taken back last. */
export function redo(session: Session): Promise<boolean> {
  return turn(session, 'future', 'past');
}

async function turn(
  session: Session,
  from: 'past' | 'future',
  to: 'past' | 'future',
): Promise<boolean> {
  return exclusively(async () => {
    const state = useDocument.getState();
    const step = state[from].at(-1);
    if (!step) return false;
    const hadRun = session.getState().run !== 'idle';
    const { doc: here } = state;
    const script = scriptNow();
    const same = lineOf(step.doc) === lineOf(here);
    const refused = same ? undefined : await build(session, step.doc);
    if (refused) {
      say(`It cannot be undone: ${refused.message}`);
      return false;
    }
    if (step.script) putScript(step.script);
    const returning: Step = {
      label: step.label,
      doc: here,
      ...(step.script && { script }),
    };
    useDocument.setState({
      doc: step.doc,
      refusal: undefined,
      [from]: state[from].slice(0, -1),
      [to]: [...state[to], returning],
    });
    const verb = from === 'past' ? 'Undone' : 'Done again';
    say(`${verb}: ${step.label}.${hadRun && !same ? ' The machine was built anew.' : ''}`);
    return true;
  });
}

/** Switches the machine off and on: it is that of the document, without what was asked to leave. */
export function powerCycle(session: Session): Promise<void> {
  return exclusively(async () => {
    const { doc } = useDocument.getState();
    const next = live ? withoutLeaving(doc, counted(doc, live)) : doc;
    if (lineOf(next) === session.getState().commandLine || (await buildExactly(session, next)))
      await session.reset();
    else if (next !== doc) push({ label: 'reset', doc });
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

/** Takes one of the ways out that were offered. */
export async function followFix(session: Session, fix: Fix): Promise<boolean> {
  const { refusal } = useDocument.getState();
  useDocument.setState({ refusal: undefined });
  await bringImages(session, fix);
  const { doc } = fix;
  if (fix.act === 'reset' || !doc) {
    await session.reset();
    say('The machine was reset: empty memory, empty journal.');
    return true;
  }
  const powerOff = fix.act === 'power-off';
  return edit(session, refusal?.label ?? 'change the machine', () => doc, {
    powerOff,
    ...(refusal?.assist && { assist: true }),
    said: fix.words,
  });
}

async function bringImages(session: Session, { images = [] }: Fix): Promise<void> {
  if (images.length === 0) return;
  const { addStandIns } = await import('./stand-ins.ts');
  addStandIns(session, images);
}

/** Shows what the monitor refused, with the ways out. */
export async function adviseOnMonitor(
  session: Session,
  line: string,
  output: string,
): Promise<void> {
  const command = /^\s*(device_add|device_del)\s+(\S+)/.exec(line);
  const message = output.trim();
  if (!command || message === '') return;
  const { doc } = useDocument.getState();
  const wanted =
    command[1] === 'device_add'
      ? readDocument(
          `${lineOf(doc)} -device '${line.trim().slice(10).trim().replaceAll("'", "'\\''")}'`,
          doc,
        )
      : doc;
  await refuse(session, line.trim(), doc, wanted, { message }, {}, true);
}

/** Closes the refusal. */
export function dismissRefusal(): void {
  useDocument.setState({ refusal: undefined });
}

function exclusively<T>(work: () => Promise<T>): Promise<T> {
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

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
